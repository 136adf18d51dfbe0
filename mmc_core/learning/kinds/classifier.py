"""The kind of a scikit-learn classifier on the 57 features."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import pandas as pd

from mmc_core._typing import Ints, Objects
from mmc_core.language import N_
from mmc_core.learning.classifiers import classifier, probabilities
from mmc_core.learning.inputs import Clips
from mmc_core.learning.kinds.base import Learner, answers
from mmc_core.learning.splits import Fold


class Classifier(Learner):
    """A scikit-learn classifier on the 57 features."""

    TITLE: ClassVar[str] = N_("Classifier")
    KEY: ClassVar[str] = "classifier"
    DESCRIPTION: ClassVar[str] = "classifier on features"

    kind: Literal["classifier"]
    estimator: Literal["logistic_regression", "svm", "extra_trees"]
    parameters: dict[str, float | int | str] = {}

    def answer_fold(
        self, clips: Clips, fold: Fold, *, seed: int, copied: Ints | None = None
    ) -> pd.DataFrame:
        learned = clips.x[fold.train], clips.mood[fold.train], clips.group[fold.train]
        return answers(probabilities(self, *learned, clips.x[fold.test], seed=seed))

    def unfitted_classifier(self, seed: int, group: Objects) -> Any:
        return classifier(self, seed, group)
