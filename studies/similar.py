"""How good a search for clips that sound alike is: whether neighbours share moods and genres, and
whether another file of the same recording finds its clip.

Everything is fitted on clips of other groups than those that are asked about, and no clip of the
asked one's group (artist, song, known duplicates) is among the neighbours that are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mmc_core import datasets
from mmc_core._typing import Bools, Float32, Float64, Floats, Ints, Progress
from mmc_core.analysis.statistics import bootstrap_over_groups
from mmc_core.datasets import Dataset
from mmc_core.datasets.neighbours import unit
from mmc_core.features.embeddings import axes as shipped
from mmc_core.learning import inputs
from mmc_core.learning.familiarity import standardising
from mmc_core.learning.splits import inner_folds
from studies import axes

TOP = 10
FOLDS = 5
COPIES = {"degraded": "cut, equalised, encoded or limited", "loud": "mastered louder"}
NETWORKS = ("musicnn", "audioset")
SHIPPED = f"{shipped.NETWORK}/axes"

Projection = Callable[[Floats], Floats]


class Heard(NamedTuple):
    """A dataset's clips as one network hears them, and other files of the same music."""

    clips: Float32
    copies: dict[str, Float32]

    def of(self, rows: Ints) -> axes.Pairs:
        return self.clips[rows], self.copies[axes.COPY][rows]


def study(progress: Progress) -> dict[str, Any]:
    """Ways to compare clips, on 4QAED and EMOPIA.

    Raises:
        DatasetError: if the audio is not on this machine.
        MissingNetwork: if a pretrained network is not.
    """
    every = [datasets.get(name) for name in axes.SOURCES]
    rows: list[dict[str, Any]] = []
    for network in NETWORKS:
        sounds = [_heard(dataset, network) for dataset in every]
        for name, fitted in WAYS.items():
            of_way = _measured(every, sounds, fitted)
            rows += [{"network": network, "way": name} | row for row in of_way]
            progress(len(rows), len(NETWORKS) * len(WAYS) * len(every))
    return {
        "command": "python -m studies similar",
        "top": TOP,
        "ways": TITLES,
        "copies": COPIES,
        "shipped": SHIPPED,
        "rows": rows,
    }


# ---- ways to compare ------------------------------------------------------------------------


def _raw(pairs: list[axes.Pairs]) -> Projection:
    mean = np.concatenate([clips for clips, _ in pairs]).mean(axis=0)
    return lambda x: x - mean


def _standardised(pairs: list[axes.Pairs]) -> Projection:
    mean, scale = standardising(np.concatenate([clips for clips, _ in pairs]))
    return lambda x: (x - mean) * scale


def _components(pairs: list[axes.Pairs], *, whiten: bool = False) -> Projection:
    from sklearn.decomposition import PCA

    x = np.concatenate([clips for clips, _ in pairs])
    mean, scale = standardising(x)
    pca = PCA(shipped.N, whiten=whiten, svd_solver="randomized", random_state=axes.SEED)
    pca.fit((x - mean) * scale)
    return lambda x: pca.transform((x - mean) * scale)


def _whitened(pairs: list[axes.Pairs]) -> Projection:
    return _components(pairs, whiten=True)


def _on_axes(pairs: list[axes.Pairs]) -> Projection:
    mean, weights = axes.fit(pairs)
    return lambda x: (x - mean) @ weights


WAYS: dict[str, Callable[[list[axes.Pairs]], Projection]] = {
    "raw": _raw,
    "standardised": _standardised,
    "components": _components,
    "whitened": _whitened,
    "axes": _on_axes,
}
TITLES = {
    "raw": "the embedding, its mean taken away",
    "standardised": "the embedding, standardised",
    "components": f"{shipped.N} principal components",
    "whitened": f"{shipped.N} principal components, whitened",
    "axes": f"{shipped.N} axes on which copies agree",
}


# ---- how good they are ----------------------------------------------------------------------


def _heard(dataset: Dataset, network: str) -> Heard:
    table = dataset.table()
    every = [inputs.embeddings(dataset, table, network, copy) for copy in ("", *COPIES)]
    return Heard(every[0], dict(zip(COPIES, every[1:], strict=True)))


def _measured(
    every: list[Dataset],
    sounds: list[Heard],
    fitted: Callable[[list[axes.Pairs]], Projection],
) -> list[dict[str, Any]]:
    """A row a dataset: what its clips find, in folds that the way was not fitted on."""
    tables = [dataset.table() for dataset in every]
    folds = [list(inner_folds(table, np.arange(len(table)), axes.SEED, FOLDS)) for table in tables]
    answers: list[list[pd.DataFrame]] = [[] for _ in every]
    for fold in range(FOLDS):
        trained = [heard.of(of[fold][0]) for heard, of in zip(sounds, folds, strict=True)]
        project = fitted(trained)
        for i, (table, heard) in enumerate(zip(tables, sounds, strict=True)):
            answers[i].append(_asked(table, every[i], heard, project, folds[i][fold][1]))
    return [
        {"dataset": dataset.id} | _scores(pd.concat(asked))
        for dataset, asked in zip(every, answers, strict=True)
    ]


def _asked(
    table: pd.DataFrame, dataset: Dataset, heard: Heard, project: Projection, rows: Ints
) -> pd.DataFrame:
    """What some clips find among all of their dataset, a row a clip."""
    here = unit(project(heard.clips))
    similarity = here[rows] @ here.T
    group = table["group"].to_numpy(dtype=object)
    others = group[rows][:, None] != group
    nearest = _nearest(np.where(others, similarity, -2))
    found: dict[str, Any] = {
        "group": group[rows],
        "other": np.where(others, similarity, -2).max(axis=1),
    }
    for what, (alike, known) in _alike(table, dataset).items():
        asked = known[rows]
        hits, possible = alike[rows], known & others
        near = np.take_along_axis(hits, nearest, 1)
        usable = np.take_along_axis(possible, nearest, 1)
        found[what] = np.where(asked, _share(near, usable), np.nan)
        found[f"{what}_chance"] = np.where(asked, _share(hits, possible), np.nan)
    itself = np.zeros_like(others)
    itself[np.arange(len(rows)), rows] = True
    ten = _nearest(np.where(itself, -2, similarity))
    for copy, sound in heard.copies.items():
        to = unit(project(sound))[rows] @ here.T
        found[copy] = (to.argmax(axis=1) == rows).astype(float)
        found[f"{copy}_similarity"] = to[itself]
        again = _nearest(np.where(itself, -2, to))
        found[f"{copy}_in_common"] = np.array(
            [len(set(one) & set(other)) / TOP for one, other in zip(ten, again, strict=True)]
        )
    return pd.DataFrame(found)


def _alike(table: pd.DataFrame, dataset: Dataset) -> dict[str, tuple[Bools, Bools]]:
    """Which clips share a mood, and a genre where these are known; and of which that is known."""
    mood = table["mood"].to_numpy(dtype=object)
    alike = {"mood": (mood[:, None] == mood, np.ones(len(mood), dtype=bool))}
    about = dataset.about_clips()
    if "genres" in about:
        genres = about["genres"].reindex(table["clip"]).fillna("").str.get_dummies("; ")
        member = genres.to_numpy(dtype=np.float32)
        alike["genre"] = (member @ member.T > 0, member.sum(axis=1) > 0)
    return alike


def _share(hits: Bools, possible: Bools) -> Float64:
    share: Float64 = (hits & possible).sum(axis=1) / np.maximum(1, possible.sum(axis=1))
    return share


def _nearest(similarity: Floats) -> Ints:
    nearest: Ints = np.argpartition(-similarity, TOP, axis=1)[:, :TOP]
    return nearest


def _scores(asked: pd.DataFrame) -> dict[str, Any]:
    row: dict[str, Any] = {"n": len(asked)}
    for what in ("mood", "genre"):
        if what in asked:
            known = asked.dropna(subset=[what])
            share, groups = known[what].to_numpy(), known["group"].to_numpy(dtype=object)
            row[what] = {
                "precision": float(share.mean()),
                "interval": list(bootstrap_over_groups(share, groups, seed=axes.SEED)),
                "chance": float(known[f"{what}_chance"].mean()),
                "clips": len(known),
            }
    row["copies"] = {
        copy: {
            "first": float(asked[copy].mean()),
            "ten_in_common": float(asked[f"{copy}_in_common"].mean()),
            "similarity": _quantiles(asked[f"{copy}_similarity"]),
        }
        for copy in COPIES
    }
    row["nearest_of_another_group"] = _quantiles(asked["other"])
    return row


def _quantiles(values: pd.Series[float]) -> dict[str, float]:
    return {
        name: float(values.quantile(at))
        for name, at in {"lowest_5": 0.05, "median": 0.5, "highest_5": 0.95, "highest": 1}.items()
    }
