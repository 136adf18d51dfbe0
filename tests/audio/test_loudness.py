"""Sound at one level: BS.1770's own test tone, gain, silence."""

from __future__ import annotations

import numpy as np
import pytest

from mmc_core._typing import Float32
from mmc_core.audio import SR, Audio
from mmc_core.audio.loudness import LEVEL_LUFS, Levelled, levelled, loudness

TONE = np.sin(2 * np.pi * 997 * np.arange(10 * SR) / SR).astype(np.float32)


def all_of(sound: Levelled) -> Float32:
    return sound.samples(0, sound.n_samples)


def test_a_full_scale_tone_of_997_hz_has_the_loudness_that_bs_1770_states() -> None:
    assert loudness(Audio(TONE)) == pytest.approx(-3.01, abs=0.1)


def test_pauses_do_not_count() -> None:
    with_pause = np.concatenate([TONE, np.zeros(10 * SR, dtype=np.float32)])
    assert loudness(Audio(with_pause)) == pytest.approx(loudness(Audio(TONE)), abs=0.2)


@pytest.mark.parametrize("gain", [1.0, 0.25, 1e-3, 1e-5, 3.0, 100.0, 1e4, 1e9])
def test_any_gain_comes_to_one_level(gain: float) -> None:
    sound = levelled(Audio(TONE * np.float32(gain)))
    assert loudness(sound) == pytest.approx(LEVEL_LUFS, abs=0.01)


def test_what_is_too_short_to_measure_is_brought_to_its_mean_square() -> None:
    for gain in (1, 1e-5, 100):
        level = all_of(levelled(Audio(TONE[: SR // 4] * np.float32(gain))))
        assert 10 * np.log10(np.mean(level**2)) == pytest.approx(LEVEL_LUFS + 0.691, abs=0.1)


def test_silence_at_either_end_is_passed_over_and_told() -> None:
    silence = np.zeros(2 * SR, dtype=np.float32)
    heard = levelled(Audio(np.concatenate([silence, TONE, silence])))
    assert heard.start_s == pytest.approx(2.0, abs=1e-3)
    assert heard.duration_s == pytest.approx(10.0, abs=1e-3)
    click = silence.copy()
    click[-9] = 1  # a second is kept, so that there is something to look at
    heard = levelled(Audio(click))
    assert (heard.start_s, heard.duration_s) == (1.0, 1.0)
    heard = levelled(Audio(silence))
    assert (heard.start_s, heard.duration_s) == (0.0, 2.0)
