"""The first clip of a file, of which no more is decoded than it takes."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mmc_core.audio import CLIP_S, SR, load_audio, open_audio
from mmc_core.audio.clip import first_clip, open_clip
from mmc_core.audio.decode import open_beginning
from mmc_core.errors import SilentAudio, TooLong, TooShort
from mmc_core.features import extract
from mmc_core.settings import Limits
from tests.support.sounds import encode, tone

LENGTH_S = 4.0
# The most that the length of a file of codecs with frames may be off, in seconds.
FRAME_S = {"mp3": 0.06, "m4a": 0.06}
SLOW = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("m4a", "wma", "webm")]


def minute(subtype: str = "PCM_16", kind: str = "FLAC") -> bytes:
    """A minute of noise, 8 kHz."""
    buffer = io.BytesIO()
    y = np.random.default_rng(0).normal(0, 0.1, 60 * 8000)
    soundfile.write(buffer, y, 8000, subtype, format=kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["wav", "aiff", "flac", "ogg", "opus", "mp3", *SLOW])
def test_the_beginning_is_that_of_the_whole(kind: str) -> None:
    content = encode(tone(LENGTH_S, 48_000), 48_000, kind)
    whole = load_audio(content)
    sound, length_s = open_beginning(content, 1.5)
    assert length_s == pytest.approx(whole.duration_s, abs=FRAME_S.get(kind, 1e-4))
    np.testing.assert_array_equal(sound.samples(0, SR), whole.y[:SR])
    if kind not in ("wma", "webm"):  # whose packets last a rounded number of milliseconds
        assert sound.duration_s < LENGTH_S - 1


def test_no_more_is_decoded_than_the_clip(decoded: list[float]) -> None:
    clip = open_clip(minute())
    assert CLIP_S < sum(decoded) < CLIP_S + 10
    assert (clip.audio.duration_s, clip.file_s) == (CLIP_S, 60.0)


def test_a_short_file_is_decoded_once(decoded: list[float]) -> None:
    clip = open_clip(encode(tone(2.0), 44_100, "wav"))
    assert sum(decoded) == pytest.approx(2.0)
    assert clip.file_s == 2.0


def test_streams_in_a_row_are_all_counted() -> None:
    content = encode(tone(2.0, 48_000), 48_000, "ogg") + encode(tone(3.0), 44_100, "ogg")
    _, length_s = open_beginning(content, 1.0)
    assert length_s == pytest.approx(5.0, abs=0.001)


@pytest.mark.parametrize("promised", [0, 8000, 30 * 8000])
def test_a_length_that_lies_is_not_believed(promised: int) -> None:
    content = bytearray(minute())
    content[22:26] = struct.pack(">I", promised)  # the number of samples
    whole = open_audio(bytes(content))
    clip = open_clip(bytes(content))
    assert clip.file_s == pytest.approx(
        promised / 8000 if promised == 240_000 else whole.duration_s
    )


@pytest.mark.parametrize("silence_s", [2.0, 5.0, 30.0])
def test_what_is_silence_the_whole_file_decides(silence_s: float) -> None:
    y = np.r_[np.zeros(round(silence_s * 8000)), 0.5 * tone(40.0, 8000, (440.0,))[:, 0]]
    content = io.BytesIO()
    soundfile.write(content, y, 8000, format="FLAC")
    start_s, expected = first_clip(load_audio(content.getvalue()))
    clip = open_clip(content.getvalue())
    assert clip.start_s == start_s == pytest.approx(0 if silence_s < 3 else silence_s, abs=0.05)
    assert clip.file_s == pytest.approx(silence_s + 40)
    np.testing.assert_array_equal(clip.audio.y, expected.y)


def test_channels_that_cancel_in_the_beginning() -> None:
    y = tone(40.0, 8000, (440.0,))
    clip = open_clip(encode(np.hstack([y, -y]), 8000, "wav"))
    assert clip.file_s == 40.0
    assert "cancel" in clip.audio.notes[0]
    assert np.abs(clip.audio.y).max() > 0.4


def test_damage_after_the_clip_is_not_seen(tmp_path: Path) -> None:
    content = bytearray(minute("FLOAT", "WAV"))
    middle = len(content) * 3 // 4
    content[middle : middle + 4] = struct.pack("<f", np.inf)
    (tmp_path / "good.wav").write_bytes(minute("FLOAT", "WAV"))
    (tmp_path / "bad.wav").write_bytes(content)
    good, bad = (extract.extract_file(tmp_path / name) for name in ("good.wav", "bad.wav"))
    assert bad | {"path": ""} == good | {"path": ""}
    assert bad["error"] is bad["note"] is None


def test_what_cannot_be_used_is_told_as_ever() -> None:
    with pytest.raises(TooLong, match="longer than 30 s"):
        open_clip(minute(), limits=Limits(10**8, 30.0))
    with pytest.raises(TooShort):
        open_clip(encode(tone(0.5), 44_100, "wav"))
    with pytest.raises(SilentAudio):
        open_clip(encode(0 * tone(40.0), 44_100, "flac"))
