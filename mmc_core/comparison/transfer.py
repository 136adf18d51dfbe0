"""What a model of one dataset is worth on another; on itself, over folds."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np

from mmc_core._typing import Objects
from mmc_core.comparison.draws import CLASSIFIER, DRAWS, FOLDS, SEED, Draws, Scores
from mmc_core.learning import classifiers, recipes
from mmc_core.learning.inputs import Clips
from mmc_core.learning.recipes import CNN1D
from mmc_core.learning.splits import seed_of
from mmc_core.moods import NAMES
from mmc_core.saved.comparison import Transfer

NETWORK_DRAWS = 2
NETWORK = "cnn1d"
ITSELF = "each dataset scaled by itself"  # the classifier once more


def transferred(draws: Draws, right: Mapping[str, Scores]) -> list[Transfer]:
    """Of the classifier, of it with each dataset scaled by itself, and of the 1D network.

    Args:
        right: by dataset, whether its clips were answered rightly over folds.
    """
    results = [
        Transfer(model=model, train=name, test=name, **draws.estimates(name, right[name]))
        for model in (CLASSIFIER, ITSELF)
        for name in draws.tables
    ]
    for one, other in permutations(draws.tables, 2):
        for model in (CLASSIFIER, ITSELF):
            predicted = [_by_classifier(draws, one, other, i, model) for i in range(DRAWS)]
            estimates = draws.estimates(other, draws.right(predicted))
            results.append(Transfer(model=model, train=one, test=other, **estimates))
    return results + _by_network(draws)


def _by_classifier(draws: Draws, one: str, other: str, i: int, model: str) -> Objects:
    train, test = draws.rows[one][i], draws.rows[other][i]
    fitted = classifiers.classifier(draws.recipe, seed_of(SEED, i), draws.group[one][train])
    fitted.fit(draws.x[one][train], draws.mood[one][train])
    x = draws.x[other][test]
    predicted: Objects = (
        fitted[-1].predict(classifiers.ranks(SEED).fit_transform(x))
        if model == ITSELF
        else fitted.predict(x)
    )
    return predicted


def _by_network(draws: Draws) -> list[Transfer]:
    """The same of the original's 1D network."""
    from sklearn.model_selection import StratifiedKFold

    from mmc_core.learning.networks import fit, learn

    recipe = recipes.load(NETWORK)
    assert isinstance(recipe, CNN1D)
    columns = [NAMES.index(mood) for mood in draws.moods]
    predicted: dict[tuple[str, str], list[Objects]] = {}
    for draw in range(NETWORK_DRAWS):
        for one in draws.tables:
            rows = draws.rows[one][draw]
            clips = Clips(draws.tables[one].iloc[rows], draws.x[one][rows])
            every = np.arange(len(rows))
            seed = seed_of(SEED, draw)
            model, _ = learn.learned(recipe, clips, every, seed=seed)
            for other in draws.tables:
                if other != one:
                    p = fit.predict(model, draws.x[other][draws.rows[other][draw]])
                    answer = draws.named(np.argmax(p[:, columns], axis=1))
                    predicted.setdefault((one, other), []).append(answer)
            folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
            answer = np.empty(len(rows), dtype=object)
            for train, test in folds.split(every, draws.labels):
                model, _ = learn.learned(recipe, clips, train, seed=seed)
                p = fit.predict(model, clips.x[test])
                answer[test] = draws.named(np.argmax(p[:, columns], axis=1))
            predicted.setdefault((one, one), []).append(answer)
            del model
            fit.release()
            draws.advance()
    return [
        Transfer(
            model=NETWORK,
            train=one,
            test=other,
            **draws.estimates(other, draws.right(answers)),
        )
        for (one, other), answers in predicted.items()
    ]
