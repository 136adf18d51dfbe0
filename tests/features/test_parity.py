"""Our features against librosa itself, one plain call a feature."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core.audio import load_audio
from mmc_core.audio.folders import find_audio
from mmc_core.features import reference, scalars
from mmc_core.features.extract import as_table, extract_files
from mmc_core.features.schema import ORIGINAL_57

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # librosa's own


def assert_alike(paths: Sequence[Path], journal: Path) -> None:
    """`extract` with both engines, row for row; one journal does not mix them."""
    ours, theirs = (
        as_table(extract_files(paths, journal=journal, engine=engine))
        for engine in ("mmc", "librosa")
    )
    assert ours.columns.tolist() == theirs.columns.tolist()
    assert theirs[["tonic", "mode", "key_clarity"]].isna().all(axis=None)
    std = datasets.load_dataset("4qaed").table().std(numeric_only=True).to_dict()
    off = pd.DataFrame(
        [
            reference.differences(ours.loc[i], theirs.loc[i], std)  # type: ignore[arg-type]
            for i in range(len(paths))
        ]
    )
    assert off.columns.tolist() == list(ORIGINAL_57)
    worst = off.max()
    assert (worst < reference.LIMIT).all(), worst[worst >= reference.LIMIT].to_dict()


def test_sample_songs(samples: list[Path], tmp_path: Path) -> None:
    assert_alike(samples, tmp_path / "journal")


def test_twenty_real_clips(mirror: Path, tmp_path: Path) -> None:
    clips = find_audio([mirror / "4qaed" / "audio"]).files[7::45][:20]
    assert len(clips) == 20
    assert_alike(clips, tmp_path / "journal")


def test_a_difference_is_seen(samples: list[Path]) -> None:
    """Another sound has other features, and by more than the limit."""
    y = load_audio(samples[0]).cut(duration_s=4).y
    std = dict.fromkeys(ORIGINAL_57, 0.0)
    row, other = scalars.describe(y), reference.describe(y[::-1].copy() * y)
    assert max(reference.differences(row, other, std).values()) > reference.LIMIT
