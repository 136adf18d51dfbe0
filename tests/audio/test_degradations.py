"""Other files of the same music: what a rate and a codec change."""

from __future__ import annotations

import numpy as np
import pytest

from mmc_core.audio.degradations import coded, through
from tests.support.sounds import tone


def test_a_lower_rate_loses_what_is_above_its_half() -> None:
    high = tone(2.0, 22_050, (9000.0,))[:, 0]
    assert np.abs(through(high, 16_000)[2000:-2000]).max() < 0.01
    low = tone(2.0, 22_050, (440.0,))[:, 0]
    assert np.abs(through(low, 16_000)[2000:-2000] - low[2000:-2000]).max() < 0.01


def test_a_codec_leaves_a_tone_nearly_as_it_was() -> None:
    """LAME turns it down by a twentieth, the others by nothing."""
    y = tone(3.0, 22_050, (440.0,))[:, 0]
    for share, how in (
        (0.95, ("mp3", "libmp3lame", 44_100, 128_000)),
        (1.0, ("adts", "aac", 44_100, 64_000)),
        (1.0, ("ogg", "libopus", 48_000, 32_000)),
    ):
        again = coded(y, *how)
        loudness = np.sqrt(np.mean(again[11_025:44_100] ** 2))
        assert loudness == pytest.approx(share * 0.5 / np.sqrt(2), rel=0.01)
