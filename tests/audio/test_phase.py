"""Stereo whose channels cancel in their mean."""

from __future__ import annotations

import numpy as np
import pytest

from mmc_core import language
from mmc_core._typing import Float32, Floats
from mmc_core.audio import SR, load_audio
from mmc_core.audio.notes import in_words
from mmc_core.errors import SilentAudio
from tests.support.sounds import encode, tone

RATE = 44_100
RNG = np.random.default_rng(0)


def level(y: Float32) -> float:
    return float(np.sqrt(np.mean(np.square(y[SR // 4 : -SR // 4]))))


def stereo(left: Floats, right: Floats) -> Float32:
    return np.stack([left, right], axis=1).astype(np.float32)


def noise(seconds: float = 2.0) -> Float32:
    return (0.1 * RNG.standard_normal(round(seconds * RATE))).astype(np.float32)


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
def test_one_channel_is_read_where_they_cancel(kind: str) -> None:
    left = tone(2.0, RATE)[:, 0]
    audio = load_audio(encode(stereo(left, -left), RATE, kind))
    assert level(audio.y) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)
    assert audio.duration_s == pytest.approx(2.0, abs=0.1)
    (note,) = audio.notes
    assert "out of phase" in note
    assert "only channel 1 was read" in note


def test_a_note_is_shown_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    left = tone(2.0, RATE)[:, 0]
    (note,) = load_audio(encode(stereo(left, -left), RATE, "wav")).notes
    assert in_words(note) == note
    monkeypatch.setattr(language, "_chosen", lambda: "tr")
    assert "yalnızca 1. kanal okundu" in in_words(note)
    assert in_words("another") == "another"


def test_a_loud_one_is_read_of_several() -> None:
    y = noise()
    six = np.stack([0 * y, 0.5 * y, -0.5 * y, y, -y, 0 * y], axis=1)
    audio = load_audio(encode(six, RATE, "wav"))
    assert "only channel 4 was read" in audio.notes[0]
    assert level(audio.y) > 0.05


@pytest.mark.parametrize(
    ("name", "cancel"),
    [
        ("a voice in the middle, all else opposite", True),
        ("opposite in one half", True),
        ("opposite, one softer", True),
        ("nothing in common", False),
        ("one side only", False),
        ("wide", False),
        ("opposite in a tenth", False),
        ("opposite below -80 dB", False),
    ],
)
def test_what_cancels_in_part(name: str, cancel: bool) -> None:
    y, other = noise(10.0), noise(10.0)
    half, tenth = (np.where(np.arange(len(y)) < share * len(y), -1, 1) for share in (0.5, 0.1))
    sides = {
        "a voice in the middle, all else opposite": (y + 0.2 * other, -y + 0.2 * other),
        "opposite in one half": (y, half * y),
        "opposite, one softer": (y, -0.7 * y),
        "nothing in common": (y, other),
        "one side only": (y, 0 * y),
        "wide": (y + other, -0.5 * y + other),
        "opposite in a tenth": (y, tenth * y),
        "opposite below -80 dB": (1e-4 * y, -1e-4 * y),
    }[name]
    content = encode(stereo(*sides), RATE, "wavfloat")
    if "-80" in name:
        with pytest.raises(SilentAudio):
            load_audio(content)
        return
    assert bool(load_audio(content).notes) == cancel


def test_the_mean_stays_what_is_read_of_usual_stereo() -> None:
    y, other = noise(), noise()
    mean = load_audio(encode(stereo((y + other) / 2, (y + other) / 2), RATE, "wavfloat"))
    audio = load_audio(encode(stereo(y, other), RATE, "wavfloat"))
    np.testing.assert_allclose(audio.y, mean.y, atol=1e-5)
    assert audio.notes == ()
