"""What every kind of model is: a recipe, and what is done differently for each kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from mmc_core._typing import Float64, Floats, Ints, Objects
from mmc_core.datasets import Dataset
from mmc_core.learning import scores
from mmc_core.learning.inputs import Clips, features
from mmc_core.learning.splits import Fold
from mmc_core.moods import NAMES
from mmc_core.saved.run import Confidence

Count = Annotated[int, Field(gt=0, le=100_000)]
Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Size = Annotated[list[Count], Field(min_length=2, max_length=2)]  # width, height

MOST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Setting:
    """A number of a recipe that the page Training lets a person change."""

    name: str
    label: str
    low: float
    high: float
    step: float | None = None
    format: str | None = None


@dataclass(frozen=True)
class FittedModel:
    """A model that was fitted on all clips of a dataset, ready to be written."""

    n_parameters: int
    confidence: Confidence
    export: Callable[[Path], None]


class Learner(BaseModel, ABC):
    """A recipe: all that decides a result, but for the data. Each kind of model is a subclass.

    A kind has a field `kind`, whose `Literal` is what recipe files call it, and must say how it
    answers a fold. Everything else has a default that suits a model on the 57 features.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    TITLE: ClassVar[str]  # of the kind, in lists of runs
    KEY: ClassVar[str]  # of the kind, in addresses
    DESCRIPTION: ClassVar[str]  # of the kind, in tables of results
    PACKAGES: ClassVar[tuple[str, ...]] = ("numpy", "scikit-learn")  # whose versions a run records
    # Values of settings that the recipes of older runs do not have.
    FORMER: ClassVar[Mapping[str, Any]] = {}
    TRAINS_BY_EPOCHS: ClassVar[bool] = False  # a network, which can be stopped and resumed
    # Scored by an evaluation over folds, and then fitted on all clips.
    FITS_ALL_CLIPS: ClassVar[bool] = False

    name: str
    title: str
    dataset: str
    seed: Annotated[int, Field(ge=0, lt=2**32)]

    @property
    def inputs(self) -> list[str]:
        """What is learned from: "features", kinds of image, or pretrained networks."""
        return ["features"]

    @property
    def needs_audio(self) -> bool:
        """Whether the feature table is not enough."""
        return False

    @property
    def learns_from_copies(self) -> bool:
        """Whether altered copies of the training clips are learned from too."""
        return False

    @property
    def other_datasets(self) -> list[str]:
        """The other datasets whose clips are learned from too."""
        return []

    @property
    def parts(self) -> list[str]:
        """The recipes that an ensemble combines; of any other kind, none."""
        return []

    @property
    def is_offered(self) -> bool:
        """Whether the page Training can train the recipe on this machine."""
        return False

    @property
    def training_note(self) -> str:
        """A sentence about its training for the page Training, or ""."""
        return ""

    def settings(self) -> list[Setting]:
        """Return the settings that the page Training offers, half of them for each column."""
        return []

    def settings_for(self, dataset: str) -> dict[str, object]:
        """Return the settings that a training on a dataset needs changed."""
        return {}

    def is_brought_by(self, dataset: Dataset) -> bool:
        """Return whether a dataset has all inputs that would otherwise be made of audio."""
        return False

    def load_clips(self, dataset: Dataset) -> Clips:
        """Return a dataset's clips with the inputs of this kind.

        Raises:
            DatasetError: if the table, or audio that is needed, is not on this machine.
        """
        table = dataset.table()
        return Clips(table, features(table))

    @abstractmethod
    def answer_fold(
        self, clips: Clips, fold: Fold, *, seed: int, copied: Ints | None = None
    ) -> pd.DataFrame:
        """Fit on a fold's training clips and return the answers for its test clips.

        Args:
            copied: rows whose copies are learned from, if not those of the training clips.

        Returns:
            One row per test clip; see `answers`.
        """

    def fit_all(self, clips: Clips) -> FittedModel:
        """Fit on all clips; called only for kinds with `FITS_ALL_CLIPS`."""
        raise NotImplementedError

    def unfitted_classifier(self, seed: int, group: Objects) -> Any | None:
        """Return an unfitted classifier of features for the baseline of shuffled moods, or None.

        Args:
            group: the group of each clip that it will be fitted on. (n,)
        """
        return None

    def select(self, losses: Sequence[float]) -> list[int]:
        """Return the places of the parts that answer, from their losses on inner folds."""
        return list(range(len(losses)))

    def combine(self, probabilities: Sequence[Floats]) -> tuple[Float64, Objects]:
        """Return probabilities (n, 4) and moods (n,) from those of several parts, each (n, 4)."""
        mean: Float64 = np.stack(probabilities).mean(axis=0, dtype=np.float64)
        return mean, scores.most_likely(mean)

    @staticmethod
    def limit_threads() -> None:
        """Limit the libraries of this kind to one thread, in a process that trains one fold."""

    @staticmethod
    def describe_layers(recipe: Mapping[str, Any]) -> str:
        """Return the layers of a network as they are listed, from the recipe of its run, or ""."""
        return ""


def answers(p: Floats, predicted: Objects | None = None, loss: float = np.inf) -> pd.DataFrame:
    """Return a table of answers: a column per mood, `predicted` and `inner_loss`.

    Args:
        p: probabilities of the moods. (n, 4)
        predicted: mood names, by default the most likely. (n,)
        loss: the loss on inner folds; infinite if there are none.
    """
    predicted = scores.most_likely(p) if predicted is None else predicted
    return pd.DataFrame(p, columns=list(NAMES)).assign(predicted=predicted, inner_loss=loss)
