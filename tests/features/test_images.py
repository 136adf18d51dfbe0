"""Images of sounds whose place in them is known, then librosa's own values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mmc_core.audio import CLIP_SAMPLES, SR, load_audio
from mmc_core.features import images
from mmc_core.features.images import CLIP_FRAMES, IMAGES, draw
from mmc_core.features.spectra import Spectra
from mmc_core.features.transforms import HOP_LENGTH
from tests.support.sounds import tone

each = pytest.mark.parametrize("kind", IMAGES)
NATIVE = {"spectrogram": 1025, "mfcc": 20, "mel": 128}  # rows before resizing


def sine(hz: float, seconds: float = 25.5) -> Spectra:
    return Spectra(tone(seconds, SR, (hz,))[:, 0])


def click(at_s: float, seconds: float = 25.5) -> Spectra:
    y = np.zeros(round(seconds * SR), dtype=np.float32)
    y[round(at_s * SR)] = 0.9
    return Spectra(y)


def made(kind: str, values: npt.NDArray[Any]) -> Spectra:
    """Spectra of which one picture is given."""
    spectra = Spectra(np.zeros(SR, dtype=np.float32))
    name = {"mfcc": "mfcc", "mel": "mel_amplitude_db"}[kind]
    spectra.__dict__[name] = values.astype(np.float32)
    return spectra


@each
@pytest.mark.parametrize("seconds", [1.0, 25.5, 40.0])
def test_every_length_gives_the_original_size(kind: str, seconds: float) -> None:
    size = IMAGES[kind]
    image = draw(sine(440, seconds), kind, width=size.width, height=size.height)
    assert image.shape == (size.height, size.width)
    assert image.dtype == np.float32
    assert np.isfinite(image).all()


@pytest.mark.parametrize("hz", [100.0, 1000.0, 5000.0, 10_000.0])
def test_a_sine_lights_its_row_of_the_spectrogram(hz: float) -> None:
    image = draw(sine(hz), "spectrogram", width=300, height=300)
    assert image.mean(axis=1).argmax() == pytest.approx(hz / (SR / 2) * 300, abs=1.5)


def test_higher_sines_light_higher_rows_of_the_mel_image() -> None:
    """Row of a mel by Slaney's scale: linear to 1 kHz, of 128 bands over 300 rows."""
    rows = [
        draw(sine(hz), "mel", width=40, height=300).mean(axis=1).argmax()
        for hz in (200.0, 1000.0, 4000.0, 10_000.0)
    ]
    assert rows == sorted(rows)
    assert rows[0] < 30
    assert rows[1] / rows[0] == pytest.approx(5, rel=0.15)
    assert rows[3] > 280


def test_loudness_is_the_first_row_of_the_mfccs() -> None:
    """The zeroth coefficient is the mean in decibels, over the root of the number of bands."""
    spectra = sine(1000)
    image = draw(spectra, "mfcc", width=50, height=120)
    assert image[0, 25] == pytest.approx(spectra.mel_db[:, 500].mean() * np.sqrt(128), rel=0.01)


@each
@pytest.mark.parametrize("at_s", [2.0, 12.75, 20.0])
def test_a_click_lights_its_column(kind: str, at_s: float) -> None:
    """Time goes from left to right."""
    image = draw(click(at_s), kind, width=100, height=20)
    changes = np.abs(image - image[:, :1]).sum(axis=0)
    assert changes.argmax() == pytest.approx(at_s / 25.5 * 100, abs=1)


@each
def test_short_sound_is_repeated_not_stretched(kind: str) -> None:
    image = draw(click(1.0, 4.0), kind, width=CLIP_FRAMES, height=NATIVE[kind])
    period = 1 + 4 * SR // HOP_LENGTH
    assert np.array_equal(image[:, period:], image[:, :-period])
    first = image[:, :period]
    lit = np.flatnonzero(np.abs(first - first[:, :1]).sum(axis=0) > 1)
    assert abs(lit.mean() - SR / HOP_LENGTH) < 1  # at its second, as in a clip


def test_only_a_clips_length_is_seen() -> None:
    y = np.random.default_rng(0).normal(0, 0.1, 30 * SR).astype(np.float32)
    values = Spectra(y).mfcc
    assert np.array_equal(
        draw(Spectra(y), "mfcc", width=CLIP_FRAMES, height=20), values[:, :CLIP_FRAMES]
    )


# ---- resizing -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mfcc", "mel"])
@pytest.mark.parametrize("value", [-80.0, 0.0, 3.7])
def test_resizing_keeps_constants(kind: str, value: float) -> None:
    spectra = made(kind, np.full((NATIVE[kind], CLIP_FRAMES), value))
    assert draw(spectra, kind, width=61, height=47) == pytest.approx(np.float32(value), abs=1e-4)


def test_resizing_averages_where_it_shrinks() -> None:
    """Stripes finer than a pixel become their mean, and a slope stays the same slope."""
    stripes = np.tile(np.arange(CLIP_FRAMES) % 2, (20, 1))
    shrunk = draw(made("mfcc", stripes), "mfcc", width=50, height=20)
    assert np.allclose(shrunk, 0.5, atol=0.05)
    slope = np.tile(np.arange(CLIP_FRAMES), (20, 1))
    shrunk = draw(made("mfcc", slope), "mfcc", width=100, height=20)
    centres = (np.arange(100) + 0.5) * CLIP_FRAMES / 100 - 0.5
    assert np.allclose(shrunk[:, 2:-2], centres[2:-2], atol=0.05)


def test_resizing_blends_between_rows_where_it_enlarges() -> None:
    rows = np.repeat(np.arange(20.0)[:, None], CLIP_FRAMES, axis=1)
    enlarged = draw(made("mfcc", rows), "mfcc", width=10, height=120)
    assert np.all(np.diff(enlarged[:, 5]) >= 0)
    assert enlarged[3:117, 5] == pytest.approx((np.arange(3, 117) + 0.5) / 6 - 0.5, abs=0.01)


# ---- what they are made with ------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # librosa's own
def test_unresized_images_are_librosas(samples: list[Path]) -> None:
    import librosa

    y = load_audio(samples[0]).cut().y
    assert len(y) == CLIP_SAMPLES
    expected = {
        "spectrogram": librosa.amplitude_to_db(np.abs(librosa.stft(y)), ref=1),
        "mfcc": librosa.feature.mfcc(y=y, sr=SR),
        "mel": librosa.amplitude_to_db(librosa.feature.melspectrogram(y=y, sr=SR), ref=np.max),
    }
    for kind, values in expected.items():
        assert values.shape == (NATIVE[kind], CLIP_FRAMES)
        ours = draw(Spectra(y), kind, width=CLIP_FRAMES, height=NATIVE[kind])
        assert ours == pytest.approx(values, abs=1e-3), kind


@pytest.mark.parametrize(
    "setting",
    ["IMAGES_VERSION", "SR", "CLIP_S", "N_FFT", "HOP_LENGTH", "N_MELS", "N_MFCC", "TOP_DB"],
)
def test_whatever_decides_a_value_decides_the_fingerprint(
    setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = images.fingerprint()
    assert before == images.fingerprint()
    monkeypatch.setattr(images, setting, getattr(images, setting) + 1)
    assert images.fingerprint() != before
