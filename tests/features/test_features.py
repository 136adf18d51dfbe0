"""Features of sounds whose answer is known, then golden values."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mmc_core._typing import Float32
from mmc_core.audio import CLIP_SAMPLES, SR, load_audio
from mmc_core.features import filters, spectra, transforms
from mmc_core.features.pitch import estimate_tuning
from mmc_core.features.scalars import KEY_PROFILES, PITCH_CLASSES, describe, key_and_mode
from mmc_core.features.schema import BY_NAME, FEATURES, ORIGINAL_57
from mmc_core.features.spectra import Spectra

GOLDEN = Path(__file__).parent / "golden" / "features.json"
TIME = np.arange(5 * SR) / SR


def tone(hz: float, seconds: float = 5.0, amplitude: float = 0.5) -> Float32:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * SR)) / SR)).astype("f")


def chord(*hz: float) -> Float32:
    return np.sum([tone(f, 2.0, 0.2) for f in hz], axis=0, dtype=np.float32)


def pitch(name: str, octave: int = 4) -> float:
    return 440.0 * 2.0 ** ((PITCH_CLASSES.index(name) - 9) / 12 + octave - 4)


@pytest.mark.parametrize("hz", [220.0, 1000.0, 4000.0])
def test_centroid_and_rolloff_of_a_tone_are_its_frequency(hz: float) -> None:
    s = Spectra(tone(hz))
    inside = slice(4, -4)  # the padded ends are no longer a tone
    bin_hz = SR / transforms.N_FFT
    assert np.allclose(s.centroid[inside], hz, atol=bin_hz)
    assert np.all(np.abs(s.rolloff[inside] - hz) <= 2 * bin_hz)


@pytest.mark.parametrize("amplitude", [0.01, 0.5])
def test_rms_of_a_sine(amplitude: float) -> None:
    rms = Spectra(tone(1000, amplitude=amplitude)).rms
    assert np.allclose(rms[4:-4], amplitude / np.sqrt(2), rtol=5e-3)


@pytest.mark.parametrize("hz", [100.0, 441.0, 2000.0])
def test_zero_crossings_of_a_tone_are_twice_its_frequency(hz: float) -> None:
    assert np.mean(Spectra(tone(hz)).zcr[4:-4]) == pytest.approx(2 * hz / SR, rel=0.01)


def test_zero_crossing_rate_of_constant_sound_is_nought() -> None:
    assert not Spectra(np.full(SR, 0.1, dtype=np.float32)).zcr.any()


@pytest.mark.parametrize("bpm", [90.0, 120.0, 150.0])
def test_tempo_of_a_click_train(bpm: float) -> None:
    y = np.zeros(20 * SR, dtype=np.float32)
    rng = np.random.default_rng(0)
    for start in np.arange(0, len(y) - 500, SR * 60 / bpm).astype(int):
        y[start : start + 400] = rng.normal(0, 0.3, 400) * np.linspace(1, 0, 400)
    assert Spectra(y).tempo == pytest.approx(bpm, rel=0.03)


@pytest.mark.parametrize("name", PITCH_CLASSES)
def test_chroma_of_a_note_is_that_note(name: str) -> None:
    s = Spectra(tone(pitch(name), 2.0))
    assert PITCH_CLASSES[int(s.chroma.sum(axis=1).argmax())] == name
    assert PITCH_CLASSES[int(s.chroma_cqt.sum(axis=1).argmax())] == name


@pytest.mark.parametrize("cents", [-30, -10, 0, 20, 40])
def test_tuning_of_a_detuned_note(cents: int) -> None:
    S = Spectra(tone(880 * 2 ** (cents / 1200))).magnitude
    assert estimate_tuning(S, bins_per_octave=12) == pytest.approx(cents / 100, abs=0.03)


@pytest.mark.parametrize("tonic", ["C", "F#", "A"])
@pytest.mark.parametrize(("mode", "third"), [("major", 4), ("minor", 3)])
def test_key_of_a_cadence(tonic: str, mode: str, third: int) -> None:
    """I IV V I: the fourth has the key's own third, the fifth is major in both modes."""
    i = PITCH_CLASSES.index(tonic)

    def triad(root: int, middle: int) -> Float32:
        return chord(*(pitch(PITCH_CLASSES[(i + root + n) % 12]) for n in (0, middle, 7)))

    home, fourth, fifth = triad(0, third), triad(5, third), triad(7, 4)
    row = describe(np.concatenate([home, home, fourth, fifth, home, home]))
    assert (row["tonic"], row["mode"]) == (tonic, mode)
    assert float(row["key_clarity"]) > 0.6


def test_a_key_profile_is_its_own_key() -> None:
    for mode, profile in KEY_PROFILES.items():
        for i, tonic in enumerate(PITCH_CLASSES):
            result = key_and_mode(np.roll(profile, i))
            assert result[:2] == (tonic, mode)
            assert result[2] == pytest.approx(1)


def test_a_flat_chroma_has_no_key() -> None:
    assert key_and_mode(np.ones(12)) == ("C", "major", 0.0)


def test_the_originals_scale_is_no_mode() -> None:
    """A minor triad on A: loudest note without a sharp, so the original calls it major."""
    row = describe(np.concatenate([chord(pitch("A"), pitch("C", 5), pitch("E", 5), 220)] * 2))
    assert row["key"] == "A"
    assert row["scale"] == "major"
    assert row["mode"] == "minor"


def test_tonnetz_of_a_fifth_and_its_inverse_agree_on_the_fifths_circle() -> None:
    """C and G are next to each other on the circle of fifths, C and F# opposite."""
    matrix = filters.tonal_centroid_matrix()
    c, g, f_sharp = matrix[:2, 0], matrix[:2, 7], matrix[:2, 6]
    assert c @ g == pytest.approx(np.cos(np.pi / 6), abs=1e-6)
    assert c @ f_sharp == pytest.approx(-1, abs=1e-6)


def test_mel_filters_have_equal_area() -> None:
    """Slaney's normalisation: each triangle integrates to one over frequency."""
    area = filters.mel_filters().sum(axis=1) * SR / transforms.N_FFT
    assert np.allclose(area[40:], 1, atol=0.05)  # lower ones are narrower than a few bins


def test_decibels_span_80() -> None:
    db = spectra.power_to_db(np.array([[1.0, 1e-3, 0.0]], dtype=np.float32))
    assert db[0] == pytest.approx([0, -30, -80])
    relative = spectra.power_to_db(np.array([[100.0, 1.0]], dtype=np.float32), relative=True)
    assert relative[0] == pytest.approx([0, -20])


def test_frames_of_a_clip_are_the_originals() -> None:
    s = Spectra(np.random.default_rng(0).normal(0, 0.1, CLIP_SAMPLES).astype(np.float32))
    for picture in (s.stft, s.mfcc, s.chroma, s.tonnetz, s.rms[None], s.zcr[None], s.rolloff[None]):
        assert picture.shape[1] == 1099
    assert s.onset_strength.shape == (1099,)


@pytest.mark.parametrize("seconds", [1.0, 2.7, 25.5])
def test_every_length_has_all_features(seconds: float) -> None:
    y = np.random.default_rng(1).normal(0, 0.1, round(seconds * SR)).astype(np.float32)
    row = describe(y)
    assert list(row) == [feature.name for feature in FEATURES]
    for name, value in row.items():
        categories = BY_NAME[name].categories
        assert value in categories if categories else np.isfinite(float(value)), name


def test_description_is_deterministic_and_leaves_the_sound_alone() -> None:
    y = tone(300)
    before = y.copy()
    assert describe(y) == describe(y)
    assert np.array_equal(y, before)


def test_the_57_are_the_originals_columns() -> None:
    """Facts of the original system; its `roll_off_var` is our `rolloff_var`."""
    pairs = ["rms", "chroma", "centroid", "rolloff", "zcr", "tonnetz", "mel"]
    columns = ["scale", "key", "tempo", *(f"{p}_{k}" for p in pairs for k in ("mean", "var"))]
    columns += [f"mfcc_{kind}_{i}" for i in range(1, 21) for kind in ("mean", "var")]
    assert list(ORIGINAL_57) == columns
    assert len(columns) == 57


def golden() -> dict[str, dict[str, float | str]]:
    content: dict[str, dict[str, float | str]] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("name", golden())
def test_golden_values(name: str, samples: list[Path]) -> None:
    """Plain librosa's values of the sample songs (`tests/golden/make.py`), within 1e-4."""
    row = describe(load_audio(next(path for path in samples if path.name == name)).cut().y)
    for feature, expected in golden()[name].items():
        if isinstance(expected, str):
            assert row[feature] == expected, feature
        else:
            assert row[feature] == pytest.approx(expected, rel=1e-4, abs=1e-6), feature
