"""Clips that sound alike: planted ones are found, whatever the order; what is shipped holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core import datasets
from mmc_core.datasets import DATASETS, embeddings, neighbours
from mmc_core.datasets.neighbours import ALIKE, SAME, Library, library
from mmc_core.errors import DatasetError, UnknownName
from mmc_core.features.embeddings import axes
from mmc_core.moods import NAMES
from mmc_core.saved import study_files

N = 60
WITH_AUDIO = ("4qaed", "emopia")


def made(n: int = N, seed: int = 1) -> Library:
    rng = np.random.default_rng(seed)
    clips = pd.DataFrame(
        {
            "dataset": "made",
            "clip": [f"clip {i:03}" for i in range(n)],
            "name": [f"Clip {i}" for i in range(n)],
            "mood": [NAMES[i % 4] for i in range(n)],
            "group": [f"group {i // 2}" for i in range(n)],
        }
    )
    return Library(clips, rng.normal(size=(n, axes.N)).astype(np.float32))


def test_a_clip_is_like_itself_and_a_planted_copy_comes_first() -> None:
    every = made()
    every.vectors[17] = 3 * every.vectors[5]  # louder, say: the direction counts
    itself = every.nearest(every.vectors[5], 3)
    assert set(itself["clip"][:2]) == {"clip 005", "clip 017"}
    assert itself["similarity"][:2].to_numpy() == pytest.approx(1)
    assert itself["same_recording"].tolist() == [True, True, False]
    others = every.nearest(every.vectors[5], 3, but=5)
    assert others["clip"][0] == "clip 017" and "clip 005" not in set(others["clip"])


@given(st.permutations(range(N)), st.integers(0, N - 1))
def test_the_order_of_the_clips_does_not_matter(order: list[int], asked: int) -> None:
    every = made()
    turned = Library(every.clips.iloc[order].reset_index(drop=True), every.vectors[order])
    found = [each.nearest(every.vectors[asked])["clip"].tolist() for each in (every, turned)]
    assert found[0] == found[1]


@given(st.integers(0, N - 1), st.integers(0, N - 1))
def test_similarity_is_symmetric(one: int, other: int) -> None:
    every = made()
    there, back = (
        every.nearest(every.vectors[a], N).set_index("clip")["similarity"][f"clip {b:03}"]
        for a, b in ((one, other), (other, one))
    )
    assert there == pytest.approx(back, abs=1e-6)
    assert -1 <= there <= 1


def test_percentiles_are_shares_of_random_pairs() -> None:
    every = made()
    found = every.nearest(every.vectors[0], N, but=0)
    assert found["percentile"].between(0, 100).all()
    assert found["percentile"].is_monotonic_decreasing
    # Of unrelated directions, half the pairs are nearer than nought.
    middle = found.iloc[(found["similarity"] - 0).abs().argmin()]
    assert middle["percentile"] == pytest.approx(50, abs=8)
    assert every.share(NAMES[0]) == pytest.approx(0.25)


def test_an_unknown_clip_is_refused() -> None:
    with pytest.raises(UnknownName, match="There is no clip 'x' of 'made'"):
        made().row("made", "x")
    assert made().row("made", "clip 003") == 3


# ---- what is shipped ------------------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_AUDIO)
def test_shipped_embeddings_are_of_all_clips_and_small(name: str) -> None:
    dataset = DATASETS[name]
    table = embeddings.read(dataset)
    assert table.index.tolist() == dataset.table()["clip"].tolist()
    assert list(table) == axes.COLUMNS and len(axes.COLUMNS) == 32
    assert (table.dtypes == "float32").all() and np.isfinite(table.to_numpy()).all()
    assert dataset.file(embeddings.NAME).stat().st_size < 200_000


def test_axes_are_in_order_and_the_clips_around_them() -> None:
    """Of what is shipped; its numbers move with the processor by less than 1 %."""
    every = library(DATASETS[name] for name in WITH_AUDIO)
    assert every.vectors.mean(axis=0) == pytest.approx(np.zeros(32), abs=0.01)
    assert every.vectors.std(axis=0)[[0, 1, 31]] == pytest.approx([19.2, 10.3, 2.27], rel=0.02)
    assert every.notes == [] and len(every.clips) == 898 + 1078


def test_the_thresholds_are_those_of_the_study() -> None:
    study = study_files.load(study_files.SIMILAR)
    rows = {(row["network"], row["way"], row["dataset"]): row for row in study["rows"]}
    for name in WITH_AUDIO:
        row = rows["musicnn", "axes", name]
        assert row["nearest_of_another_group"]["highest"] < SAME
        assert row["copies"]["degraded"]["similarity"]["median"] == pytest.approx(SAME, abs=0.002)
        assert row["copies"]["degraded"]["similarity"]["lowest_5"] >= ALIKE


def test_a_known_duplicate_is_the_nearest() -> None:
    every = library([DATASETS["4qaed"]])
    for pair in pd.read_csv(DATASETS["4qaed"].duplicates_path).itertuples():
        row = every.row("4qaed", str(pair.clip))
        found = every.nearest(every.vectors[row], 1, but=row)
        assert found["clip"][0] == pair.other
        assert found["similarity"][0] > ALIKE


def test_embeddings_of_other_axes_are_refused_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    before = axes.load()
    other = axes.Axes(before.mean, before.weights, "other")
    monkeypatch.setattr(axes, "load", lambda: other)
    with pytest.raises(DatasetError, match=r"expected 'other'.*datasets embeddings 4qaed"):
        embeddings.read(DATASETS["4qaed"])
    with pytest.raises(DatasetError, match="No dataset has embeddings of its clips"):
        library(DATASETS.values())


def test_a_dataset_without_audio_has_none(tmp_path: Path) -> None:
    assert not embeddings.has(DATASETS["turkish"])
    with pytest.raises(DatasetError, match="datasets embeddings turkish"):
        embeddings.read(DATASETS["turkish"])
    assert set(library(datasets.every().values()).clips["dataset"]) == set(WITH_AUDIO)


def test_no_direction_is_no_error() -> None:
    assert (neighbours.unit(np.zeros((2, 3))) == 0).all()


def test_clips_lead_to_their_songs_on_the_web() -> None:
    addresses = {
        ("emopia", "Q1_0vLPYiPN7qY_0"): "https://www.youtube.com/watch?v=0vLPYiPN7qY",
        ("emopia", "Q1_a&b_0"): None,
        ("4qaed", "MT0000004637"): "https://www.allmusic.com/song/mt0000004637",
        ("4qaed", "other"): None,
        ("turkish", "any"): None,
    }
    for (dataset, clip), address in addresses.items():
        assert DATASETS[dataset].web_address(clip) == address
