"""The study of the search for clips that sound alike: on made clips it finds what was planted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mmc_core.moods import NAMES
from mmc_core.saved import study_files
from mmc_core.saved.study import SIMILAR
from studies import similar
from tests.support.dataset import Made

N, WIDTH = 240, 40


def table() -> pd.DataFrame:
    """Two clips a group, both of its mood."""
    moods = [NAMES[i // 2 % 4] for i in range(N)]
    groups = [f"group {i // 2:03}" for i in range(N)]
    clips = [f"clip {i:03}" for i in range(N)]
    return pd.DataFrame({"clip": clips, "mood": moods, "group": groups})


def asked(place: Callable[[int], int], noise: float = 0.01) -> pd.DataFrame:
    """What clips find where each lies near a direction of its own kind."""
    rng = np.random.default_rng(4)
    directions = rng.normal(size=(N, WIDTH))
    clips = directions[[place(i) for i in range(N)]] + noise * rng.normal(size=(N, WIDTH))
    copies = clips + noise / 10 * rng.normal(size=clips.shape)
    heard = similar.Heard(
        clips.astype(np.float32), dict.fromkeys(similar.COPIES, copies.astype(np.float32))
    )
    rows = np.arange(0, N, 3)
    return similar._asked(table(), Made(), heard, lambda x: x, rows)


def test_clips_in_heaps_of_their_mood_find_it() -> None:
    found = asked(lambda i: i // 2 % 4)
    assert found["mood"].mean() == 1
    assert found["mood_chance"].mean() == pytest.approx(0.25, abs=0.02)
    for copy in similar.COPIES:
        assert found[copy].mean() == 1
        assert found[f"{copy}_similarity"].min() > 0.99


def test_clips_of_the_own_group_do_not_count() -> None:
    found = asked(lambda i: i // 2)  # only the other clip of a group is near
    assert found["mood"].mean() == pytest.approx(0.25, abs=0.1)
    assert found["other"].max() < 0.9


def test_scores_are_means_with_an_interval() -> None:
    row = similar._scores(asked(lambda i: i // 2))
    low, high = row["mood"]["interval"]
    assert low < row["mood"]["precision"] < high
    assert row["n"] == row["mood"]["clips"] == N // 3 and "genre" not in row
    quantiles = list(row["nearest_of_another_group"].values())
    assert quantiles == sorted(quantiles)


def test_the_axes_that_are_used_keep_moods_and_find_copies() -> None:
    """What docs/similar.md says of them."""
    study = study_files.load(study_files.SIMILAR)
    rows = {(row["network"], row["way"], row["dataset"]): row for row in study["rows"]}
    assert len(rows) == len(similar.NETWORKS) * len(similar.WAYS) * 2
    used = rows["musicnn", "axes", "4qaed"]
    read = study_files.read(SIMILAR, study_files.SIMILAR).shipped_on("4qaed")
    assert read.mood.precision == used["mood"]["precision"]
    for way in similar.WAYS:
        other = rows["musicnn", way, "4qaed"]
        assert used["mood"]["precision"] >= other["mood"]["precision"] - 0.005
        assert used["copies"]["degraded"]["first"] >= other["copies"]["degraded"]["first"]
    assert used["mood"]["interval"][0] > 2 * used["mood"]["chance"]
    assert used["genre"]["interval"][0] > 2 * used["genre"]["chance"]
