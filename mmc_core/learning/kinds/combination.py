"""The kind of an ensemble of several recipes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from mmc_core._typing import Float64, Floats, Ints, Objects
from mmc_core.language import N_
from mmc_core.learning import voting
from mmc_core.learning.inputs import Clips
from mmc_core.learning.kinds.base import Learner
from mmc_core.learning.recipe_files import load
from mmc_core.learning.splits import Fold
from mmc_core.moods import NAMES


class Combination(Learner):
    """Several recipes on the same clips. `vote`: each names a mood, and the mood of the highest
    mean probability wins. `mean`: their mean probabilities. `best`: in each fold the member with
    the lowest loss on an inner fold.
    """

    TITLE: ClassVar[str] = N_("Ensemble")
    KEY: ClassVar[str] = "combination"
    DESCRIPTION: ClassVar[str] = "ensemble"
    PACKAGES: ClassVar[tuple[str, ...]] = ("tensorflow", "keras", "numpy")

    kind: Literal["vote", "mean", "best"]
    members: Annotated[list[str], Field(min_length=2)]  # names of recipes that are none of these

    @property
    def inputs(self) -> list[str]:
        return list(dict.fromkeys(i for member in self.members for i in load(member).inputs))

    @property
    def needs_audio(self) -> bool:
        return any(load(member).needs_audio for member in self.members)

    @property
    def parts(self) -> list[str]:
        return self.members

    def answer_fold(
        self, clips: Clips, fold: Fold, *, seed: int, copied: Ints | None = None
    ) -> pd.DataFrame:
        raise NotImplementedError("An ensemble answers by the saved predictions of its parts.")

    def select(self, losses: Sequence[float]) -> list[int]:
        return [int(np.argmin(losses))] if self.kind == "best" else super().select(losses)

    def combine(self, probabilities: Sequence[Floats]) -> tuple[Float64, Objects]:
        mean, predicted = super().combine(probabilities)
        if self.kind == "vote":
            winners = voting.soft_vote(np.stack(probabilities))
            predicted = np.array(NAMES, dtype=object)[winners]
        return mean, predicted
