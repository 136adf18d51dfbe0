"""Datasets drawn to equal size, and what classifiers answer of the clips."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mmc_core._typing import Floats, Objects, Progress
from mmc_core.analysis.statistics import bootstrap_over_groups
from mmc_core.comparison import separability
from mmc_core.errors import DatasetError
from mmc_core.learning import classifiers, inputs, recipes
from mmc_core.learning.recipes import Classifier
from mmc_core.learning.scores import half
from mmc_core.saved.comparison import HALVES, Estimate
from mmc_core.workers.parallel import in_order

SEED = 13
DRAWS = 10
FOLDS = 5
CLASSIFIER = "logistic-regression"

Scores = dict[str, Floats]  # by score, whether each answer is right


class Draws:
    """Of every dataset as many clips a mood, one of each group, drawn again and again.

    Args:
        tables: by dataset.
        moods: those that are compared.
        n_steps: of how many `progress` is called.

    Raises:
        DatasetError: if fewer clips a mood are left than there are folds.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        moods: Sequence[str],
        n_steps: int,
        progress: Progress,
    ) -> None:
        self.tables, self.moods = tables, moods
        self.x = {name: inputs.features(table) for name, table in tables.items()}
        self.mood = {n: table["mood"].to_numpy(dtype=object) for n, table in tables.items()}
        self.group = {n: table["group"].to_numpy(dtype=str) for n, table in tables.items()}
        self.n, self.rows = separability.equal_draws(tables, moods, n_draws=DRAWS, seed=SEED)
        if self.n < FOLDS:
            raise DatasetError(
                f"Taking one clip of each group (artist, song), {self.n} of the rarest mood are "
                f"left; expected at least {FOLDS}, to hold some out. Choose fewer moods, or a "
                "dataset with more groups."
            )
        self.labels = np.repeat(np.arange(len(moods)), self.n)
        self.true = self.named(self.labels)
        recipe = recipes.load(CLASSIFIER)
        assert isinstance(recipe, Classifier)
        self.recipe = recipe
        self._progress, self._done, self._n_steps = progress, 0, n_steps

    def named(self, labels: npt.NDArray[Any]) -> Objects:
        """Moods by their numbers."""
        return np.array(self.moods, dtype=object)[labels]

    def advance(self) -> None:
        """Another step is done."""
        self._done += 1
        self._progress(self._done, self._n_steps)

    def in_parallel(self, function: Callable[..., Any], jobs: Sequence[Any]) -> Iterator[Any]:
        """What a function of the recipe and more gives for each job, a step each."""
        from joblib import delayed

        work = (delayed(function)(self.recipe, *job) for job in jobs)
        for result in in_order(work):
            self.advance()
            yield result

    def right(self, predicted: Sequence[Objects]) -> Scores:
        """Whether each clip of each draw was answered rightly, the draws one after another."""
        by_draw = [right(answer, self.true) for answer in predicted]
        return {s: np.concatenate([scores[s] for scores in by_draw]) for s in by_draw[0]}

    def groups(self, name: str) -> npt.NDArray[Any]:
        """The group of each clip of each draw, in the order of `right`."""
        return self.group[name][np.concatenate(self.rows[name])]

    def estimates(self, name: str, scores: Scores) -> dict[str, Estimate]:
        """The share right by each score, with its interval over groups."""
        groups = self.groups(name)
        estimates = {}
        for score, values in scores.items():
            low, high = bootstrap_over_groups(values, groups[: len(values)], seed=SEED)
            estimates[score] = Estimate(value=float(values.mean()), low=low, high=high)
        return estimates


def right(predicted: Objects, true: Objects) -> Scores:
    """Whether each answer is right, in all and in either half of the plane."""
    halves = HALVES if len(np.unique(true)) > 2 else ()
    return {
        "accuracy": (predicted == true).astype(float),
        **{h: (half(predicted, h) == half(true, h)).astype(float) for h in halves},
    }


def cross_validated(
    recipe: Classifier,
    x: Floats,
    mood: Objects,
    seed: int,
    columns: Sequence[int] = classifiers.NUMBERS,
) -> Objects:
    """Each clip's mood as predicted by the fold that held it out."""
    from sklearn.model_selection import StratifiedKFold

    predicted = np.empty(len(mood), dtype=object)
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(x, mood):
        each = train.astype(object)  # a draw has one clip of each group
        fitted = classifiers.classifier(recipe, seed, each, columns).fit(x[train], mood[train])
        predicted[test] = fitted.predict(x[test])
    return predicted
