"""Datasets set against each other: which is easier, by how much, because of which features.

On identical features and equal numbers: as many clips of every mood, and one of a group. A
comparison is kept as JSON, in `data/comparisons` where it is of the project's datasets and all
moods, else in the cache.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mmc_core import datasets
from mmc_core._typing import Floats, Objects, Progress
from mmc_core.analysis import effects
from mmc_core.analysis.statistics import (
    bootstrap_over_groups,
    bootstrapped,
    middle_95,
    permutation_p,
)
from mmc_core.comparison import separability, studies
from mmc_core.comparison.shift import Shift, shifts, with_intervals
from mmc_core.datasets import DATASETS, Dataset
from mmc_core.errors import DatasetError, MMCError
from mmc_core.features.schema import BY_NAME, GROUPS, ORIGINAL_57
from mmc_core.learning import classifiers, inputs, recipes
from mmc_core.learning.inputs import Clips
from mmc_core.learning.recipes import CNN1D, Classifier
from mmc_core.learning.scores import half
from mmc_core.learning.splits import seed_of
from mmc_core.moods import NAMES
from mmc_core.settings import DATA, cache_dir

VERSION = 2  # raise when a change of code changes a number
SEED = 13
DRAWS = 10
NETWORK_DRAWS = 2
FOLDS = 5
SHUFFLES = 200
ACCURACY_SHUFFLES = 100
PLAIN, NETWORK = "logistic-regression", "cnn1d"
ITSELF = "each dataset scaled by itself"  # the plain one once more

HALVES = ("arousal", "valence")  # two moods alone leave nothing of them to tell
MEASURES = {
    "accuracy": "Accuracy over folds",
    "arousal": "Arousal right",
    "valence": "Valence right",
    "purity": "Neighbours of the same mood",
    "silhouette": "Silhouette",
    "fisher": "Fisher ratio",
}


def compare(ids: Sequence[str], moods: Sequence[str], progress: Progress) -> dict[str, Any]:
    """All there is to say of two or more datasets; see `docs/interfaces.md` for the keys.

    What needs the table of a dataset that is not on this machine is left out, and said in
    `missing`.

    Raises:
        MMCError: if there are fewer than two datasets or moods, or a dataset lacks a mood.
    """
    found = from_summaries(ids, moods)
    tables = {
        id_: datasets.get(id_).table() for id_ in found["datasets"] if id_ not in found["missing"]
    }
    if len(tables) > 1:
        shifted = [Shift(**shift) for shift in found["shift"]]
        found["shift"] = [asdict(s) for s in with_intervals(shifted, tables, found["moods"])]
        found |= _Judged(tables, found["moods"], progress).everything()
    rounded: dict[str, Any] = _rounded(found)
    return rounded


def from_summaries(ids: Sequence[str], moods: Sequence[str]) -> dict[str, Any]:
    """What can be said at once, without the tables: how features shift and separate one by one.

    Raises:
        MMCError: as `compare`.
    """
    chosen = check(ids, moods)
    moods = [mood for mood in NAMES if mood in moods]
    summaries = {d.id: d.summary() for d in chosen}
    moved = studies.moved_by_extraction()
    return {
        "command": command(ids, moods),
        "of": identity(chosen),
        "datasets": [d.id for d in chosen],
        "moods": moods,
        "missing": {d.id: why for d in chosen if (why := missing(d))},
        "effects": _effects(chosen),
        "shift": [
            asdict(shift)
            for one, other in combinations(summaries, 2)
            for shift in shifts(summaries, one, other, moods, moved)
        ],
    }


# ---- what is kept ---------------------------------------------------------------------------


def kept_path(ids: Sequence[str], moods: Sequence[str] = NAMES) -> Path:
    """Where a comparison is kept."""
    name = "-".join(sorted(ids))
    if set(moods) == set(NAMES):
        if set(ids) <= set(DATASETS):
            return DATA / "comparisons" / f"{name}.json"
    else:
        name += "--" + "-".join(mood for mood in NAMES if mood in moods)
    return cache_dir() / "comparisons" / f"{name}.json"


def kept(ids: Sequence[str], moods: Sequence[str] = NAMES) -> dict[str, Any] | None:
    """A kept comparison, if it is of the datasets as they are now."""
    path = kept_path(ids, moods)
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = found.get("of") == identity([datasets.get(id_) for id_ in sorted(ids)])
    return found if same else None


def keep(found: dict[str, Any]) -> Path:
    path = kept_path(found["datasets"], found["moods"])
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    part.replace(path)
    return path


def identity(chosen: Sequence[Dataset]) -> dict[str, str]:
    """What a comparison was made of: a hash of every dataset's summary, and of the method."""
    hashes = {
        d.id: hashlib.sha256(d.summary_path.read_bytes()).hexdigest()[:16]
        for d in sorted(chosen, key=lambda d: d.id)
    }
    return {**hashes, "version": str(VERSION)}


def command(ids: Sequence[str], moods: Sequence[str] = NAMES) -> str:
    """What makes a comparison."""
    some = f" --moods {','.join(moods)}" if set(moods) != set(NAMES) else ""
    return f"python -m mmc_core compare {' '.join(sorted(ids))}{some}"


# ---- how it is made -------------------------------------------------------------------------


class _Judged:
    """Separability and transfer of datasets whose tables are here."""

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], moods: Sequence[str], progress: Progress
    ) -> None:
        self.moods = moods
        self.tables = tables
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
        self.code = np.repeat(np.arange(len(moods)), self.n)
        recipe = recipes.load(PLAIN)
        assert isinstance(recipe, Classifier)
        self.recipe = recipe
        self.progress = progress
        self.done = 0
        networks = NETWORK_DRAWS * len(tables)
        self.to_do = len(tables) * (DRAWS * (1 + len(GROUPS)) + ACCURACY_SHUFFLES) + networks

    def everything(self) -> dict[str, Any]:
        answered = self._answered()
        right = {name: self._right(name, said) for name, (said, _) in answered.items()}
        measured = {name: self._measured(name, right[name]) for name in self.tables}
        for name, (_, null) in answered.items():
            for measure in null:
                measured[name][measure] |= _null(
                    float(right[name][measure][: len(self.code)].mean()), null[measure]
                )
        return {
            "n": self.n,
            "draws": DRAWS,
            "folds": FOLDS,
            "model": self.recipe.title,
            "features": [n for i, n in enumerate(ORIGINAL_57) if i in classifiers.NUMBERS],
            "separability": measured,
            "differences": [
                self._difference(one, other, right) for one, other in combinations(self.tables, 2)
            ],
            "effects": self._effects(),
            "by_group": self._by_group(),
            "transfer": self._transfer(right),
        }

    def _answered(self) -> dict[str, tuple[list[Objects], dict[str, Floats]]]:
        """By dataset, moods said out of fold in each draw; and the scores of shuffled moods."""
        true = np.array(self.moods, dtype=object)[self.code]
        found = {}
        for name in self.tables:
            x = [self.x[name][rows] for rows in self.rows[name]]
            codes = separability.shuffled(self.code, ACCURACY_SHUFFLES, seed=SEED)
            jobs = [(x[r], true, seed_of(SEED, r)) for r in range(DRAWS)]
            jobs += [(x[0], np.array(self.moods, dtype=object)[c], SEED) for c in codes]
            said = list(self._parallel(_cross_validated, jobs))
            null = [_scores(said[DRAWS + i], jobs[DRAWS + i][1]) for i in range(len(codes))]
            found[name] = (
                said[:DRAWS],
                {m: np.array([score[m].mean() for score in null]) for m in null[0]},
            )
        return found

    def _parallel(self, what: Callable[..., Any], jobs: Sequence[Any]) -> Iterator[Any]:
        from joblib import Parallel, delayed

        work = (delayed(what)(self.recipe, *job) for job in jobs)
        for one in Parallel(n_jobs=-1, return_as="generator")(work):
            self._advance()
            yield one

    def _advance(self) -> None:
        self.done += 1
        self.progress(self.done, self.to_do)

    def _right(self, name: str, said: Sequence[Objects]) -> dict[str, Floats]:
        """Whether each clip of each draw was answered rightly, the draws one after another."""
        true = np.array(self.moods, dtype=object)[self.code]
        by_draw = [_scores(answer, true) for answer in said]
        return {m: np.concatenate([scores[m] for scores in by_draw]) for m in by_draw[0]}

    def _groups(self, name: str) -> npt.NDArray[Any]:
        """The group of each clip of each draw, in the order of `_right`."""
        return self.group[name][np.concatenate(self.rows[name])]

    def _measured(self, name: str, right: dict[str, Floats]) -> dict[str, dict[str, float]]:
        """Each measure with its interval, and the null of those that are quick."""
        found = self._judged(name, right)
        spaces = [separability.Space.of(self.x[name][rows]) for rows in self.rows[name]]
        by_draw = [self.group[name][rows] for rows in self.rows[name]]
        shuffled = separability.shuffled(self.code, SHUFFLES, seed=SEED)
        for measure, statistic in separability.CHEAP.items():
            observed = [float(statistic(space, self.code[None, :])[0]) for space in spaces]
            low, high = separability.interval(measure, spaces, self.code, by_draw)
            found[measure] = {"value": float(np.mean(observed)), "low": low, "high": high}
            found[measure] |= _null(observed[0], statistic(spaces[0], shuffled))
        found["purity"]["chance"] = (self.n - 1) / (len(self.code) - 1)
        found["accuracy"]["chance"] = 1 / len(self.moods)
        return found

    def _difference(
        self, one: str, other: str, right: dict[str, dict[str, Floats]]
    ) -> dict[str, Any]:
        """Accuracy of one dataset minus another's, with its interval."""
        found: dict[str, Any] = {"one": one, "other": other}
        for measure in right[one]:
            samples = [
                bootstrapped(right[name][measure], self._groups(name), seed=seed_of(SEED, i))
                for i, name in enumerate((one, other))
            ]
            low, high = middle_95(samples[0] - samples[1])
            value = float(right[one][measure].mean() - right[other][measure].mean())
            found[measure] = {"value": value, "low": low, "high": high}
        return found

    def _by_group(self) -> dict[str, dict[str, float]]:
        """Accuracy from each kind of feature alone."""
        true = np.array(self.moods, dtype=object)[self.code]
        found: dict[str, dict[str, float]] = {}
        for name in self.tables:
            found[name] = {}
            for group in GROUPS:
                columns = [i for i in classifiers.NUMBERS if BY_NAME[ORIGINAL_57[i]].group == group]
                jobs = [
                    (self.x[name][rows], true, seed_of(SEED, r), columns)
                    for r, rows in enumerate(self.rows[name])
                ]
                said = self._parallel(_cross_validated, jobs)
                found[name][group] = float(np.mean([(s == true).mean() for s in said]))
        return found

    def _effects(self) -> dict[str, dict[str, float]]:
        """Epsilon-squared of each feature of numbers, over the draws."""
        names = [name for name in ORIGINAL_57 if not BY_NAME[name].categories]
        columns = [ORIGINAL_57.index(name) for name in names]
        by_dataset = {
            dataset: np.mean(
                [separability.epsilon_squared(x[rows][:, columns], self.code) for rows in drawn],
                axis=0,
            )
            for (dataset, drawn), x in zip(self.rows.items(), self.x.values(), strict=True)
        }
        best = np.argsort(-np.max(list(by_dataset.values()), axis=0), kind="stable")
        return {
            names[i]: {dataset: float(effect[i]) for dataset, effect in by_dataset.items()}
            for i in best
        }

    # ---- from one to another --------------------------------------------------------------

    def _transfer(self, right: dict[str, dict[str, Floats]]) -> list[dict[str, Any]]:
        """Trained on one dataset, tested on another; on itself, over folds."""
        found = [
            {"model": model, "train": name, "test": name, **self._judged(name, right[name])}
            for model in (PLAIN, ITSELF)
            for name in self.tables
        ]
        for one, other in permutations(self.tables, 2):
            for model in (PLAIN, ITSELF):
                said = [self._plain(one, other, draw, model) for draw in range(DRAWS)]
                judged = self._judged(other, self._right(other, said))
                found.append({"model": model, "train": one, "test": other, **judged})
        return found + self._networks()

    def _plain(self, one: str, other: str, draw: int, model: str) -> Objects:
        train, test = self.rows[one][draw], self.rows[other][draw]
        fitted = classifiers.classifier(self.recipe, seed_of(SEED, draw))
        fitted.fit(self.x[one][train], self.mood[one][train])
        if model == ITSELF:
            x = classifiers.ranks(SEED).fit_transform(self.x[other][test])
            said: Objects = fitted[-1].predict(x)
        else:
            said = fitted.predict(self.x[other][test])
        return said

    def _networks(self) -> list[dict[str, Any]]:
        """The same of the original's 1D network."""
        from sklearn.model_selection import StratifiedKFold

        from mmc_core.learning.networks import fit, learn

        recipe = recipes.load(NETWORK)
        assert isinstance(recipe, CNN1D)
        columns = [NAMES.index(mood) for mood in self.moods]
        names = np.array(self.moods, dtype=object)
        said: dict[tuple[str, str], list[Objects]] = {}
        for draw in range(NETWORK_DRAWS):
            for one in self.tables:
                rows = self.rows[one][draw]
                clips = Clips(self.tables[one].iloc[rows], self.x[one][rows])
                every = np.arange(len(rows))
                seed = seed_of(SEED, draw)
                model, _ = learn.learned(recipe, clips, every, seed=seed)
                for other in self.tables:
                    if other != one:
                        p = fit.predict(model, self.x[other][self.rows[other][draw]])
                        answer = names[np.argmax(p[:, columns], axis=1)]
                        said.setdefault((one, other), []).append(answer)
                folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
                answer = np.empty(len(rows), dtype=object)
                for train, test in folds.split(every, self.code):
                    model, _ = learn.learned(recipe, clips, train, seed=seed)
                    p = fit.predict(model, clips.x[test])
                    answer[test] = names[np.argmax(p[:, columns], axis=1)]
                said.setdefault((one, one), []).append(answer)
                del model
                fit.release()
                self._advance()
        return [
            {
                "model": NETWORK,
                "train": one,
                "test": other,
                **self._judged(other, self._right(other, answers)),
            }
            for (one, other), answers in said.items()
        ]

    def _judged(self, name: str, right: dict[str, Floats]) -> dict[str, dict[str, float]]:
        """The share right of each measure, with its interval over groups."""
        found = {}
        groups = self._groups(name)
        for measure, values in right.items():
            low, high = bootstrap_over_groups(values, groups[: len(values)], seed=SEED)
            found[measure] = {"value": float(values.mean()), "low": low, "high": high}
        return found


def _cross_validated(
    recipe: Classifier,
    x: Floats,
    mood: Objects,
    seed: int,
    columns: Sequence[int] = classifiers.NUMBERS,
) -> Objects:
    """Each clip's mood as said by the fold that held it out."""
    from sklearn.model_selection import StratifiedKFold

    said = np.empty(len(mood), dtype=object)
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(x, mood):
        fitted = classifiers.classifier(recipe, seed, columns).fit(x[train], mood[train])
        said[test] = fitted.predict(x[test])
    return said


def _scores(said: Objects, true: Objects) -> dict[str, Floats]:
    """Whether each answer is right, in all and in either half of the plane."""
    halves = HALVES if len(np.unique(true)) > 2 else ()
    return {
        "accuracy": (said == true).astype(float),
        **{h: (half(said, h) == half(true, h)).astype(float) for h in halves},
    }


def _null(observed: float, null: Floats) -> dict[str, float]:
    """What shuffled moods give, and how often they reach what was observed in the same draw."""
    return {
        "null": float(null.mean()),
        "null_high": float(np.quantile(null, 0.95)),
        "p": permutation_p(observed, null),
    }


def _effects(chosen: Sequence[Dataset]) -> dict[str, dict[str, float]]:
    """Epsilon-squared of each feature of numbers in each dataset, from all its clips and moods."""
    found = {d.id: d.separation() for d in chosen}
    common = set.intersection(*(set(separations) for separations in found.values()))
    ranked = [one.feature for one in effects.ranking(found[chosen[0].id])]
    return {
        name: {id_: separations[name].effect for id_, separations in found.items()}
        for name in ranked
        if name in common
    }


def check(ids: Sequence[str], moods: Sequence[str]) -> list[Dataset]:
    """The datasets, by id, if they can be compared in these moods.

    Raises:
        MMCError: if there are fewer than two datasets or moods, or a dataset lacks a mood.
    """
    if len(set(ids)) < 2 or len(set(ids)) < len(ids):
        raise MMCError(f"Got the datasets {', '.join(ids)}; expected at least two different ones.")
    if len(set(moods)) < 2 or set(moods) - set(NAMES):
        raise MMCError(
            f"Got the moods {', '.join(moods)}; expected at least two of {', '.join(NAMES)}."
        )
    chosen = [datasets.get(id_) for id_ in sorted(ids)]
    for dataset in chosen:
        if without := [mood for mood in moods if not dataset.clips().get(mood)]:
            raise DatasetError(
                f"{dataset.title} has no clips that are {' or '.join(without)}; choose other moods."
            )
    return chosen


def missing(dataset: Dataset) -> str:
    """Why a dataset's clips cannot be looked at; nothing if they can."""
    if not dataset.has_table():
        how = f"fetch {dataset.id}" if dataset.download else f"build {dataset.id} --audio DIR"
        return (
            f"The feature table of {dataset.title} is not on this machine: what needs its single "
            f"clips leaves it out. Get it with: python -m mmc_core datasets {how}"
        )
    described = dataset.separation()  # quicker to read than the table
    if lacking := [name for name in ORIGINAL_57 if name not in described]:
        return (
            f"The table of {dataset.title} lacks {len(lacking)} of the 57 features, such as "
            f"{lacking[0]!r}: how its moods lie apart cannot be compared on identical ones."
        )
    return ""


def _rounded(content: Any) -> Any:
    """Numbers to six digits that count: the last ones differ between machines."""
    if isinstance(content, float):
        return float(f"{content:.6g}")
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    return [_rounded(value) for value in content] if isinstance(content, list) else content
