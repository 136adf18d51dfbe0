"""Cells taken out of a sound: what is left, and what is not touched."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import ShortTimeFFT

from mmc_core._typing import Float32
from mmc_core.audio import SR, Audio
from mmc_core.features.masking import FLOOR, Grid, Maskable
from mmc_core.features.transforms import HOP_LENGTH, N_FFT, hann
from tests.support.sounds import white_noise

LOW_HZ, HIGH_HZ = 250.0, 3000.0  # in the first and in the fourth band of six


def tones(seconds: float = 4.0) -> Audio:
    """Two tones, each sounding half of every half second."""
    t = np.arange(round(seconds * SR)) / SR
    y = np.sin(2 * np.pi * LOW_HZ * t) + np.sin(2 * np.pi * HIGH_HZ * t)
    return Audio((0.2 * y * (t % 0.5 < 0.25)).astype(np.float32), "tones")


def level(y: Float32, hz: float) -> float:
    """Magnitude of one frequency in a sound."""
    t = np.arange(len(y)) / SR
    return float(abs(np.mean(y * np.exp(-2j * np.pi * hz * t))))


def band_of(grid: Grid, hz: float) -> int:
    return int(np.searchsorted(grid.band_edges_hz, hz)) - 1


def test_nothing_taken_out_leaves_the_sound() -> None:
    sound = white_noise(2.0)
    grid = Grid(sound.duration_s)
    left = Maskable(sound, grid).without(np.zeros(grid.shape, dtype=bool))
    assert len(left.y) == len(sound.y)
    np.testing.assert_allclose(left.y, sound.y, atol=1e-6)


@pytest.mark.parametrize("seconds", [1.003, 2.0])
def test_what_is_left_is_what_the_whole_inverse_transform_gives(seconds: float) -> None:
    sound = white_noise(seconds)
    grid, transform = Grid(sound.duration_s), ShortTimeFFT(hann(N_FFT), HOP_LENGTH, SR)
    spectrum, n = transform.stft(sound.y), len(sound.y)
    magnitude = np.abs(spectrum)
    floor = np.percentile(magnitude, FLOOR, axis=1, keepdims=True)
    fall = np.minimum(1, floor / magnitude)
    rng = np.random.default_rng(0)
    for removed in (*np.eye(48, dtype=bool)[[0, 20, 47]], rng.random(48) > 0.5, np.ones(48, bool)):
        cells = removed.reshape(grid.shape)
        weights = grid.weights(cells, transform.f, transform.t(n))
        expected = transform.istft(spectrum * (1 - weights * (1 - fall)), k1=n)
        left = Maskable(sound, grid).without(cells).y
        np.testing.assert_allclose(left, expected, atol=1e-6)


def test_only_the_band_that_is_taken_out_falls_silent() -> None:
    sound = tones()
    grid = Grid(sound.duration_s)
    removed = np.zeros(grid.shape, dtype=bool)
    removed[band_of(grid, HIGH_HZ)] = True
    left = Maskable(sound, grid).without(removed)
    assert level(left.y, HIGH_HZ) < 0.1 * level(sound.y, HIGH_HZ)
    assert level(left.y, LOW_HZ) == pytest.approx(level(sound.y, LOW_HZ), rel=0.02)


def test_only_the_time_that_is_taken_out_falls_silent() -> None:
    sound = tones()
    grid = Grid(sound.duration_s, n_times=4)
    removed = np.zeros(grid.shape, dtype=bool)
    removed[:, 1] = True
    left = Maskable(sound, grid).without(removed)
    before, inside = slice(0, round(0.8 * SR)), slice(round(1.2 * SR), round(1.8 * SR))
    np.testing.assert_allclose(left.y[before], sound.y[before], atol=1e-4)
    assert np.square(left.y[inside]).mean() < 0.05 * np.square(sound.y[inside]).mean()


def test_cells_reach_from_end_to_end_and_from_0_to_8_khz() -> None:
    grid = Grid(10.0, n_times=5, n_bands=4)
    assert grid.time_edges_s.tolist() == [0, 2, 4, 6, 8, 10]
    assert grid.band_edges_hz[[0, -1]] == pytest.approx([0, 8000])
    np.testing.assert_allclose(grid.place(grid.band_edges_hz), np.arange(5), atol=0.02)


def test_the_level_of_a_cell_is_the_power_in_it() -> None:
    sound = tones()
    grid = Grid(sound.duration_s)
    levels = Maskable(sound, grid).levels().mean(axis=1)
    loudest = {int(band) for band in np.argsort(levels)[-2:]}
    assert loudest == {band_of(grid, LOW_HZ), band_of(grid, HIGH_HZ)}
