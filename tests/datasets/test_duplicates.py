"""Clips that are one: nearly the same features, or names alike."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mmc_core.datasets import duplicates
from mmc_core.datasets.duplicates import like_name
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.moods import NAMES


def test_names_that_are_alike() -> None:
    for one, other in (
        ("mustafa_sandal_aya_benzer", "aya_benzer_mustafa_sandal"),
        ("kara_sevda_dizi_muzigi1", "kara_sevda_dizi_muzigi2"),
        ("dizi_2sezon", "dizi_3sezon"),
        ("song-part", "song"),
    ):
        assert like_name(one) == like_name(other)
        assert like_name(one) != like_name("another_song")


def test_names_without_letters_stay_apart() -> None:
    assert like_name("01") != like_name("02")


def test_duplicates_are_grouped() -> None:
    """a and b are the same, b and c share a name, e is near f, d is alone."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(6, 57))
    features[1] = features[0]
    features[5] = features[4] + 0.01
    table = pd.DataFrame(features, columns=ORIGINAL_57)
    table["clip"] = ["a", "song_1", "song_2", "d", "e", "f"]
    table["mood"] = NAMES[0]
    groups = duplicates.groups(table)
    assert groups[0] == groups[1] == groups[2] != groups[3]
    assert groups[4] == groups[5] != groups[3]
    pairs = duplicates.pairs(table)
    assert list(zip(pairs["clip"], pairs["other"], pairs["why"], strict=True)) == [
        ("a", "song_1", duplicates.EXACT),
        ("e", "f", duplicates.NEARLY),
        ("song_1", "song_2", duplicates.NAMES),
    ]


def test_groups_of_one_recording_are_joined() -> None:
    """b and c are one, and so are c and d; each is alone in its group, but for a beside b."""
    table = pd.DataFrame({"clip": list("abcde"), "group": ["4", "4", "3", "2", "1"]})
    same = pd.DataFrame({"clip": ["b", "c"], "other": ["c", "d"]})
    assert duplicates.joined(table, same) == ["2", "2", "2", "2", "1"]
