"""Classifiers on the 57 features, as scikit-learn pipelines; what any network must beat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mmc_core._typing import Float32, Float64, Objects
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.learning.recipes import Classifier
from mmc_core.moods import NAMES

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


def classifier(recipe: Classifier, seed: int, columns: Sequence[int] = NUMBERS) -> Any:
    """An unfitted pipeline that takes features (n, 57) and mood names.

    Args:
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
        return CalibratedClassifierCV(machine, cv=5, ensemble=False)
    return make_pipeline(scaling, LogisticRegression(max_iter=5000, random_state=seed, **settings))


def probabilities(
    recipe: Classifier,
    x: Float32,
    mood: Objects,
    other: Float32,
    *,
    seed: int,
) -> Float64:
    """Fitted on some clips, probabilities of other clips. (n, 4)"""
    fitted = classifier(recipe, seed).fit(x, mood)
    columns = {name: i for i, name in enumerate(fitted.classes_)}
    p = fitted.predict_proba(other)
    return np.stack([p[:, columns[name]] for name in NAMES], axis=1)
