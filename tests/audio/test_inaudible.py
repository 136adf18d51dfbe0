"""Offsets, rumble and wrong scales that nobody hears."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mmc_core import Song, predict, sample
from mmc_core._typing import Float32, Floats
from mmc_core.audio import SR, Audio, load_audio
from mmc_core.audio.clip import open_clip
from mmc_core.audio.inaudible import Audible, audible
from mmc_core.audio.notes import in_words
from mmc_core.errors import SilentAudio
from tests.support.sounds import encode, tone

RATE = 44_100
TONE = tone(4.0, RATE, (440.0, 440.0)) / 2
T = np.arange(len(TONE))[:, None] / RATE
OFFSET, RUMBLE, SCALE = "An offset of the samples", "Rumble below 15 Hz", "times full scale"

Change = Callable[[Float32], Floats]
CHANGES: dict[str, tuple[Change, list[str]]] = {
    "an offset": (lambda y: y + 0.1, [OFFSET]),
    "a negative offset": (lambda y: y - 0.3, [OFFSET]),
    "in one channel": (lambda y: y + np.array([0.2, 0]), [OFFSET]),
    "opposite in the channels": (lambda y: y + np.array([0.2, -0.2]), []),
    "from the middle on": (lambda y: y + 0.1 * (T > 2), [RUMBLE]),
    "drifting": (lambda y: y + 0.1 * T, [RUMBLE]),
    "rumble": (lambda y: y + 0.2 * np.sin(2 * np.pi * 5 * T), [RUMBLE]),
    "a hundred times": (lambda y: 100 * y, [SCALE]),
    "integers of 32 bits": (lambda y: 2.0**31 * y, [SCALE]),
    "a thousandth": (lambda y: 1e-3 * y, [SCALE]),
    "a hundred times, with an offset": (lambda y: 100 * (y + 0.1), [OFFSET, SCALE]),
}


def changed(change: Change, y: Floats = TONE) -> bytes:
    return encode(change(y.astype(np.float32)).astype(np.float32), RATE, "wavfloat")


def inner_of(sound: Audible) -> Floats:
    """Return a sound's inner part, its peak brought to 1."""
    y = sound.samples(SR // 2, SR)
    return y / np.abs(y).max()


@pytest.mark.parametrize("name", CHANGES)
def test_what_nobody_hears_is_left_out_and_told(name: str) -> None:
    change, notes = CHANGES[name]
    heard = audible(load_audio(changed(change)))
    plain = audible(load_audio(changed(lambda y: y)))
    atol = 0.15 if RUMBLE in notes else 0.02  # a high-pass turns phases
    np.testing.assert_allclose(inner_of(heard), inner_of(plain), atol=atol)
    assert len(heard.notes) == len(notes)
    assert all(note in told for note, told in zip(notes, heard.notes, strict=True))


@pytest.mark.parametrize("share", [0.001, 0.03, 0.5])
def test_an_offset_of_any_size_changes_nothing(share: float) -> None:
    y = TONE[::2, 0].astype(np.float32)
    plain, heard = audible(Audio(y)), audible(Audio(y + np.float32(share)))
    for start, end in ((0, SR), (SR, 3 * SR), (3 * SR, len(y))):
        np.testing.assert_allclose(heard.samples(start, end), plain.samples(start, end), atol=1e-6)


def test_rumble_is_the_same_in_whatever_pieces_a_sound_is_read() -> None:
    heard = audible(load_audio(changed(CHANGES["rumble"][0])))
    whole = heard.samples(0, heard.n_samples)
    np.testing.assert_allclose(heard.samples(2 * SR, 3 * SR), whole[2 * SR : 3 * SR], atol=1e-5)


def test_features_are_of_the_sound_as_it_is() -> None:
    y = (TONE[::2, 0] + 0.1).astype(np.float32)
    content = encode(y[:, None], SR, "wavfloat")
    np.testing.assert_array_equal(load_audio(content).y, y)
    np.testing.assert_array_equal(open_clip(content).audio.y, y)


@pytest.mark.parametrize("gain", [0.3, 1.0, 7.0])
def test_a_usual_recording_has_no_notes(gain: float) -> None:
    assert audible(Audio((gain * (TONE[:, 0] + 0.005)).astype(np.float32))).notes == ()


def test_bass_is_no_rumble() -> None:
    bass = np.sin(2 * np.pi * 41.2 * np.arange(4 * SR) / SR)  # the lowest tone of a bass guitar
    assert audible(Audio(bass.astype(np.float32))).notes == ()


@pytest.mark.parametrize("gain", [1.0, 100.0])
def test_silence_with_an_offset_is_silence(gain: float) -> None:
    with pytest.raises(SilentAudio, match=r"-80 dB\."):
        load_audio(changed(lambda y: np.full_like(y, 0.1 * gain)))


def test_silent_ends_with_an_offset_are_silent() -> None:
    silence = np.zeros((4 * RATE, 2), dtype=np.float32)
    y = np.concatenate([silence, TONE, silence])
    content = changed(lambda y: y + 0.1, y)
    assert Song(load_audio(content)).windows[0][0] == pytest.approx(4.0, abs=0.2)


def test_channels_that_cancel_are_found_under_an_offset() -> None:
    y = np.stack([TONE[:, 0], -TONE[:, 0]], axis=1)
    heard = audible(load_audio(changed(lambda y: y + 0.3, y)))
    assert "only channel 1 was read" in heard.notes[0]
    assert OFFSET in heard.notes[1]
    assert heard.peak == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("name", ["an offset", "a hundred times", "a thousandth"])
def test_the_answer_is_that_of_the_recording_as_it_was(name: str) -> None:
    y = np.repeat(load_audio(sample("joplin-entertainer")).cut(0, 12).y[:, None], 2, axis=1)
    before, after = (
        predict(encode(each.astype(np.float32), SR, "wavfloat"), "1", features=False)
        for each in (y, CHANGES[name][0](y))
    )
    assert after.mood == before.mood
    assert after.probabilities == pytest.approx(before.probabilities, abs=0.01)
    assert after.notes


def test_notes_have_words_in_the_readers_language() -> None:
    for name in ("an offset", "rumble", "a hundred times"):
        for note in audible(load_audio(changed(CHANGES[name][0]))).notes:
            assert in_words(note) == note
