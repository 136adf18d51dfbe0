"""Our features against librosa itself, one plain call a feature."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.parity import LIMIT, measure
from mmc_core.features.extract import find_audio

pytestmark = pytest.mark.filterwarnings("ignore")  # librosa's own


def assert_alike(paths: Sequence[Path]) -> None:
    rows, _, _ = measure(paths)
    worst = rows.max()
    assert (worst < LIMIT).all(), worst[worst >= LIMIT].to_dict()


@pytest.mark.slow
def test_sample_songs(samples: list[Path]) -> None:
    assert_alike(samples)


@pytest.mark.slow
def test_twenty_real_clips(mirror: Path) -> None:
    clips = find_audio([mirror / "4qaed" / "audio"])[7::45][:20]
    assert len(clips) == 20
    assert_alike(clips)
