"""Two systems on the same held-out clips, and the kinds of music on which one fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mmc_core._typing import Bools, Float64, Floats, Ints, Objects
from mmc_core.analysis.statistics import holm
from mmc_core.datasets import Dataset
from mmc_core.errors import RunError
from mmc_core.language import N_
from mmc_core.learning import scores
from mmc_core.runs import Run

LEAST = 20  # clips in a slice, and outside it
ROUGHLY = (N_("low"), N_("middle"), N_("high"))


def evaluations(every: Sequence[Run]) -> list[Run]:
    """Those of some runs that are finished evaluations with their predictions."""
    return [
        run for run in every if not run.is_training and run.is_finished and run.has_predictions()
    ]


def best(evaluated: Sequence[Run]) -> Run:
    """The most accurate where groups are held apart, else the most accurate."""
    apart = [run for run in evaluated if run.info.protocol.name != "published"]
    return max(apart or evaluated, key=lambda run: run.scores.accuracy)


def side_by_side(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """What two systems predict of each clip, over the folds that both have.

    Args:
        one, other: their held-out clips; see `learning.scores`.

    Returns:
        `clip`, `mood`, `group`, and of each system the share of its tries that were right, `one`
        and `other`; those that only one gets right are furthest apart, and come first.

    Raises:
        RunError: if they share no fold, or held out other clips in it.
    """
    first, second = _shared(one, other)
    tries = first[["clip", "mood", "group"]].assign(
        one=scores.is_right(first).astype(float), other=scores.is_right(second).astype(float)
    )
    by_clip = tries.groupby("clip", sort=True)
    table = by_clip[["mood", "group"]].first().join(by_clip[["one", "other"]].mean()).reset_index()
    apart = (table["one"] - table["other"]).abs()
    return table.loc[apart.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def mcnemar(one: pd.DataFrame, other: pd.DataFrame) -> dict[str, Any]:
    """McNemar's exact test on the first repeat that both have, where each clip is tried once.

    It takes the two systems as they are; `learning.scores.compare` asks of systems trained on other
    clips, too. Clips of one group count as if they were unrelated.

    Returns:
        `only_one` and `only_other` (clips that only one gets right), `p`, `clips`.

    Raises:
        RunError: as `side_by_side`.
    """
    from scipy.stats import binomtest

    first, second = _shared(one, other)
    repeat = first["repeat"].min()
    first, second = first[first["repeat"] == repeat], second[second["repeat"] == repeat]
    right, other_right = scores.is_right(first), scores.is_right(second)
    only_one, only_other = int((right & ~other_right).sum()), int((other_right & ~right).sum())
    differing = only_one + only_other
    p = float(binomtest(only_one, differing).pvalue) if differing else 1.0
    return {"only_one": only_one, "only_other": only_other, "p": p, "clips": len(first)}


def facets(table: pd.DataFrame, about: pd.DataFrame) -> dict[str, dict[str, Bools]]:
    """Ways to slice a dataset's clips: by mood, thirds of tempo and loudness, mode, genre.

    Args:
        table: the feature table.
        about: what is known of clips besides; see `Dataset.about_clips`.

    Returns:
        By facet and slice, which rows of the table are in it. A clip may have several genres.
    """
    sliced: dict[str, dict[str, Bools]] = {N_("mood"): _equal(table["mood"])}
    for name, column in ((N_("tempo"), "tempo"), (N_("loudness"), "rms_mean")):
        if column in table:
            sliced[name] = _thirds(table[column].to_numpy(dtype=float))
    if "mode" in table:
        sliced[N_("mode")] = _equal(table["mode"])
    if "genres" in about:
        genres = about["genres"].reindex(table["clip"]).fillna("").str.split("; ").tolist()
        names = sorted({genre for each in genres for genre in each if genre})
        sliced[N_("genre")] = {
            name: np.array([name in each for each in genres], dtype=bool) for name in names
        }
    return sliced


def slices(
    right: Floats, group: Objects, sliced: Mapping[str, Mapping[str, Bools]]
) -> pd.DataFrame:
    """How much lower a number is on each kind of music than on the rest, the lowest first.

    The difference of means is tested by its score, which keeps groups whole (D. D. Boos, "On
    generalized score tests", The American Statistician 46, 1992); the interval has the same error.
    P values are corrected for the number of slices (Holm).

    Args:
        right: share of each clip's tries that were right, or the difference of two systems'. (n,)
        group: of each clip. (n,)
        sliced: what `facets` gives; slices of fewer than 20 clips, or all but so few, are left out.

    Returns:
        `facet`, `slice`, `clips`, `mean`, `difference` from the rest with `low` and `high`
        (95 %), `p` and `p_corrected`.
    """
    rows = [
        {"facet": facet, "slice": name, **_slice(right, group, inside)}
        for facet, each in sliced.items()
        for name, inside in each.items()
        if min(inside.sum(), (~inside).sum()) >= LEAST
    ]
    found = pd.DataFrame(
        rows, columns=["facet", "slice", "clips", "mean", "difference", "low", "high", "p"]
    )
    found["p_corrected"] = holm(found["p"].tolist())
    return found.sort_values("difference", kind="stable").reset_index(drop=True)


def right_by_clip(predictions: pd.DataFrame) -> pd.Series[float]:
    """The share of each clip's tries that were right, by clip."""
    right = pd.Series(scores.is_right(predictions).astype(float))
    by_clip: pd.Series[float] = right.groupby(predictions["clip"].to_numpy()).mean()
    return by_clip


def of_clips(values: pd.Series[float], dataset: Dataset) -> pd.DataFrame:
    """`slices` of a number by clip, over a dataset's `facets`.

    Raises:
        DatasetError: if its table is not on this machine.
    """
    table = dataset.table()
    table = table[table["clip"].isin(values.index)].reset_index(drop=True)
    return slices(
        values.reindex(table["clip"]).to_numpy(dtype=np.float64),
        table["group"].to_numpy(dtype=object),
        facets(table, dataset.about_clips()) if len(table) else {},
    )


def _slice(right: Floats, group: Objects, inside: Bools) -> dict[str, Any]:
    from scipy.stats import t

    difference = right[inside].mean() - right[~inside].mean()
    # As if there were no difference: else a small slice that is all right would have no error.
    covariance = (inside - inside.mean()) * (right - right.mean()) / (len(right) * inside.var())
    by_group = np.bincount(pd.factorize(group)[0], covariance)
    n_groups = len(by_group)
    error = np.sqrt(np.square(by_group).sum() * n_groups / (n_groups - 1))
    half = t.ppf(0.975, n_groups - 1) * error
    p = 2 * t.sf(abs(difference) / error, n_groups - 1) if error > 0 else float(difference == 0)
    return {
        "clips": int(inside.sum()),
        "mean": float(right[inside].mean()),
        "difference": float(difference),
        "low": float(max(-1, difference - half)),
        "high": float(min(1, difference + half)),
        "p": float(p),
    }


def _shared(one: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tries of the folds that both have, in one order."""
    keys = ["repeat", "fold", "clip"]
    folds = [set(map(tuple, each[keys[:2]].to_numpy().tolist())) for each in (one, other)]
    common = folds[0] & folds[1]
    if not common:
        raise RunError("The two runs share no fold; expected the same protocol and folds.")
    parts = [
        each[pd.MultiIndex.from_frame(each[keys[:2]]).isin(common)].sort_values(keys)
        for each in (one, other)
    ]
    if parts[0]["clip"].tolist() != parts[1]["clip"].tolist():
        raise RunError("The two runs held out other clips in the same folds; train one again.")
    return parts[0].reset_index(drop=True), parts[1].reset_index(drop=True)


def _equal(values: pd.Series[Any]) -> dict[str, Bools]:
    named = values.astype(str)
    return {name: (named == name).to_numpy() for name in sorted(named.unique())}


def _thirds(values: Float64) -> dict[str, Bools]:
    third: Ints = np.searchsorted(np.nanquantile(values, [1 / 3, 2 / 3]), values)
    return {name: third == i for i, name in enumerate(ROUGHLY)}
