"""Classifiers on the 57 features, as scikit-learn pipelines; what any network must beat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mmc_core._typing import Float32, Float64, Ints, Objects
from mmc_core.errors import DatasetError
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.moods import NAMES

if TYPE_CHECKING:
    from mmc_core.learning.kinds.classifier import Classifier

N_INNER = 5  # folds
# The number that stands for a "key" means nothing; for distances and weights it is left out.
NUMBERS = [i for i, name in enumerate(ORIGINAL_57) if name != "key"]


def ranks(seed: int, columns: Sequence[int] = NUMBERS) -> Any:
    """Unfitted scaling of features (n, 57) to standardised normal scores of their ranks: many have
    long tails, and their ranks are learned from, not their sizes.
    """
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from mmc_core.learning.ranks import Ranks

    normal = Ranks(n_quantiles=100, output_distribution="normal", random_state=seed)
    return make_column_transformer((make_pipeline(normal, StandardScaler()), list(columns)))


class InnerFolds:
    """Folds of training clips, groups whole, for scikit-learn to choose or calibrate by: five, or
    as many fewer as leave every mood to learn from.
    """

    def __init__(self, group: Objects, seed: int) -> None:
        self.group, self.seed = group, seed

    def split(self, x: Any, mood: Objects, groups: Any = None) -> Iterator[tuple[Ints, Ints]]:
        """Row numbers to learn from, and of those held out.

        Raises:
            DatasetError: if a mood is of one group alone.
        """
        from sklearn.model_selection import StratifiedGroupKFold

        groups_of = {name: len(set(self.group[mood == name])) for name in np.unique(mood)}
        for n_folds in range(min(N_INNER, *groups_of.values()), 1, -1):
            folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=self.seed)
            parts = list(folds.split(mood, mood, self.group))
            if all(len(set(mood[train])) == len(groups_of) for train, _ in parts):
                yield from parts
                return
        rarest = min(groups_of, key=groups_of.__getitem__)
        raise DatasetError(
            f"Got clips of too few groups to fit an SVM's probabilities: {groups_of[rarest]} of "
            f"{rarest} in a training part. Expected at least two per mood: use fewer folds, or add "
            "clips."
        )

    def get_n_splits(self, x: Any, mood: Objects, groups: Any = None) -> int:
        """How many there are."""
        return sum(1 for _ in self.split(x, mood))


def classifier(
    recipe: Classifier, seed: int, group: Objects, columns: Sequence[int] = NUMBERS
) -> Any:
    """An unfitted pipeline that takes features (n, 57) and mood names.

    Args:
        group: of the clips that it is going to be fitted on. (n,)
        columns: which of the 57 are learned from; trees take all.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import SVC

    settings = dict(recipe.parameters)
    if recipe.estimator == "extra_trees":
        return ExtraTreesClassifier(random_state=seed, n_jobs=1, **settings)
    scaling = ranks(seed, columns)
    if recipe.estimator == "svm":
        # A machine has no probabilities: Platt's are fitted on inner folds.
        machine = make_pipeline(scaling, SVC(random_state=seed, **settings))
        return CalibratedClassifierCV(machine, cv=InnerFolds(group, seed), ensemble=False)
    return make_pipeline(scaling, LogisticRegression(max_iter=5000, random_state=seed, **settings))


def probabilities(
    recipe: Classifier,
    x: Float32,
    mood: Objects,
    group: Objects,
    other: Float32,
    *,
    seed: int,
) -> Float64:
    """Fitted on some clips, probabilities of other clips; 0 of a mood that was not there. (n, 4)"""
    fitted = classifier(recipe, seed, group).fit(x, mood)
    p = np.zeros((len(other), len(NAMES)))
    p[:, [NAMES.index(name) for name in fitted.classes_]] = fitted.predict_proba(other)
    return p
