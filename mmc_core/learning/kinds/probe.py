"""The kind of a probe of pretrained networks."""

from __future__ import annotations

from functools import partial
from typing import Annotated, ClassVar, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from mmc_core._typing import Ints
from mmc_core.datasets import Dataset
from mmc_core.features.embeddings import is_here
from mmc_core.language import N_, _
from mmc_core.learning import familiarity, probes
from mmc_core.learning.inputs import Clips, embeddings, sources
from mmc_core.learning.kinds.base import (
    MOST_SEED,
    Count,
    FittedModel,
    Learner,
    Positive,
    Setting,
    answers,
)
from mmc_core.learning.scores import one_hot
from mmc_core.learning.splits import Fold


class Probe(Learner):
    """Kernel logistic regression on the embeddings of pretrained networks; see `learning.probes`.

    It learns from the clips of all `sources` that are not its dataset too, the datasets weighing
    alike; it is tested on its dataset alone.
    """

    TITLE: ClassVar[str] = N_("Probe")
    KEY: ClassVar[str] = "probe"
    DESCRIPTION: ClassVar[str] = "probe of pretrained networks"
    FITS_ALL_CLIPS: ClassVar[bool] = True

    kind: Literal["probe"]
    networks: Annotated[list[Literal["musicnn", "audioset"]], Field(min_length=1)]
    C: Positive  # of scikit-learn's logistic regression
    gamma: Positive  # of the RBF kernel, on squared distance over the number of responses
    landmarks: Count  # clips that stand for all in the kernel
    sources: list[str] = []
    # Of training clips: other files of the same music.
    copies: list[Literal["degraded", "loud"]] = []

    @property
    def inputs(self) -> list[str]:
        return list(self.networks)

    @property
    def needs_audio(self) -> bool:
        return True

    @property
    def learns_from_copies(self) -> bool:
        return bool(self.copies)

    @property
    def other_datasets(self) -> list[str]:
        return self.sources

    @property
    def is_offered(self) -> bool:
        return all(map(is_here, self.networks))

    @property
    def training_note(self) -> str:
        return _("Embeddings are computed once; the rest takes seconds.")

    def settings(self) -> list[Setting]:
        return [Setting("seed", _("Seed"), 0, MOST_SEED)]

    def settings_for(self, dataset: str) -> dict[str, object]:
        """Return the settings to learn from a dataset of one's own alone, without copies."""
        return {} if dataset in self.sources else {"sources": [], "copies": []}

    def is_brought_by(self, dataset: Dataset) -> bool:
        return set(self.networks) <= set(dataset.embedded)

    def load_clips(self, dataset: Dataset) -> Clips:
        table = dataset.table()
        # Copies, other files of the same music, are made of audio.
        copies = [] if self.is_brought_by(dataset) else self.copies
        x, *altered = (
            np.concatenate([embeddings(dataset, table, name, c) for name in self.networks], axis=1)
            for c in ["", *copies]
        )
        alone = self.model_copy(update={"sources": []})
        others = [alone.load_clips(other) for other in sources(dataset, self)]
        return Clips(table, x, altered, others)

    def answer_fold(
        self, clips: Clips, fold: Fold, *, seed: int, copied: Ints | None = None
    ) -> pd.DataFrame:
        fitted = probes.fit(self, clips, fold.train, seed=seed)
        p = fitted.probabilities(clips.x[fold.test])
        sets = fitted.sets(p)
        in_set = sets[np.arange(len(p)), one_hot(clips.mood[fold.test]).argmax(axis=1)]
        return answers(p).assign(in_set=in_set, set_size=sets.sum(axis=1))

    def fit_all(self, clips: Clips) -> FittedModel:
        fitted = probes.fit(self, clips, np.arange(len(clips.table)), seed=self.seed)
        known = familiarity.fit(clips, seed=self.seed)
        return FittedModel(
            fitted.n_parameters,
            fitted.confidence(known.limit),
            partial(probes.export, fitted, known),
        )
