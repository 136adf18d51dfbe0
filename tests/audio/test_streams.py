"""Where sound begins in a file, and streams in a row."""

from __future__ import annotations

import struct
import tempfile
import zipfile
from io import BytesIO

import numpy as np
import pytest

from mmc_core._typing import Float32
from mmc_core.audio import SR, Audio, load_audio
from mmc_core.audio.containers import Part, sniff
from mmc_core.audio.extent import Extent
from mmc_core.audio.frames import chained
from mmc_core.audio.readers import ffmpeg_blocks
from mmc_core.audio.signal import to_mono
from mmc_core.errors import NotAudio, TooLong
from mmc_core.settings import Limits
from tests.support.sounds import encode, tone

LOW, HIGH = 440.0, 880.0  # Hz


def pitch(y: Float32) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(y * np.hanning(len(y))))
    return float(spectrum.argmax() * SR / len(y))


def sound(kind: str, frequency: float = LOW, rate: int = 48_000, channels: int = 2) -> bytes:
    return encode(tone(1.5, rate, (frequency,) * channels), rate, kind)


def by_ffmpeg(content: bytes) -> Audio:
    """What FFmpeg hears of a file, without the cost of another process."""
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(content)
        found = sniff(file)
        assert found
        return Audio(
            np.concatenate([*to_mono(ffmpeg_blocks(file, *found, "song", Extent()), "song", 60)])
        )


# ---- streams in a row -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ogg", "opus", "oggflac", "flac"])
def test_streams_in_a_row_are_all_heard(kind: str) -> None:
    content = sound(kind) + sound(kind, HIGH) + sound(kind)
    for audio in (load_audio(content), by_ffmpeg(content)):
        assert audio.duration_s == pytest.approx(4.5, abs=0.05)
        pitches = [pitch(audio.cut(start_s, 1.0).y) for start_s in (0.25, 1.75, 3.25)]
        assert pitches == [LOW, HIGH, LOW]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ogg", 44_100, 2), ("ogg", 22_050, 1)),
        (("opus", 48_000, 1), ("oggflac", 8000, 2)),
        (("oggflac", 44_100, 1), ("ogg", 48_000, 2)),
    ],
)
def test_streams_may_differ_in_codec_rate_and_channels(
    one: tuple[str, int, int], other: tuple[str, int, int]
) -> None:
    first, second = (
        sound(kind, frequency, rate, channels)
        for (kind, rate, channels), frequency in ((one, LOW), (other, HIGH))
    )
    audio = load_audio(first + second)
    assert audio.duration_s == pytest.approx(3.0, abs=0.05)
    assert pitch(audio.cut(0.25, 1.0).y) == LOW
    assert pitch(audio.cut(1.75, 1.0).y) == HIGH


@pytest.mark.parametrize("kind", ["mp3", "mp2", "aac", "ac3", "webm"])
def test_what_ffmpeg_reads_goes_on_too(kind: str) -> None:
    audio = by_ffmpeg(sound(kind) + sound(kind, HIGH))
    assert audio.duration_s == pytest.approx(3.0, abs=0.15)
    assert pitch(audio.cut(1.9, 1.0).y) == HIGH


def test_a_limit_counts_all_streams() -> None:
    content = sound("ogg") * 3
    assert load_audio(content, limits=Limits(10**8, 4.6))
    with pytest.raises(TooLong, match=r"longer than 4 s"):
        load_audio(content, limits=Limits(10**8, 4.0))


def test_a_stream_that_cannot_be_read_leaves_the_others() -> None:
    cut_off = sound("ogg")[:3000]  # within its head
    assert by_ffmpeg(sound("ogg") + cut_off + sound("ogg")).duration_s == pytest.approx(3, abs=0.05)


def test_a_part_of_a_file_is_a_file() -> None:
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(bytes(range(100)))
        part = Part(file, 10, 20)
        assert part.read() == bytes(range(10, 20))
        assert part.read(5) == b""
        assert part.seek(-3, 2) == part.tell() == 7
        assert part.read(50) == bytes(range(17, 20))
        assert part.seek(2) + part.seek(1, 1) == 5


# ---- where sound begins -----------------------------------------------------------------------

JUNK = np.random.default_rng(0).bytes(30_000)
BEGINNINGS = {
    "ape tag": b"APETAGEX" + struct.pack("<IIII8x", 2000, 30_000, 1, 0xA0000000) + JUNK,
    "ape tag with a wrong size": b"APETAGEX" + struct.pack("<IIII8x", 2000, 2**31, 1, 1 << 31),
    "id3 with a wrong size": b"ID3\x03\0\0\x7f\x7f\x7f\x7f" + JUNK[:1000],
    "old tag": b"TAG" + b"song".ljust(125, b"\0"),
    "answer of a server": b"ICY 200 OK\r\nicy-name: Radio\r\n\r\n",
    "riff of mp3": b"RIFF\xff\xff\xff\0RMP3data\xff\xff\xff\0",
    "junk": b"\x01" + JUNK,
    "zeros, then junk": b"\0" * 5000 + JUNK,
    "junk like mp3": b"\xff\xe4\x22" + JUNK[:100],
    "junk like aac": b"\xff\xf1\x50" + JUNK[:100],
    "junk like ac3": b"\x0b\x77" + JUNK[:100],
}


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize(
    "kind", ["mp3", "aac", "ac3", "ogg", "flac", "wav", "aiff", "m4a", "webm", "wma"]
)
def test_sound_is_looked_for_further_in(kind: str, beginning: str) -> None:
    content = BEGINNINGS[beginning] + sound(kind)
    hear = load_audio if kind in ("ogg", "flac", "wav", "aiff") else by_ffmpeg
    audio = hear(content)
    assert audio.duration_s == pytest.approx(1.5, abs=0.1)
    assert pitch(audio.cut(0.25, 1.0).y) == LOW


@pytest.mark.parametrize("kind", ["mp3", "mp2", "aac", "ac3"])
@pytest.mark.parametrize("at", [1, 150, 333, 1001])
def test_a_file_may_begin_within_a_frame(kind: str, at: int) -> None:
    assert by_ffmpeg(sound(kind)[at:]).duration_s == pytest.approx(1.45, abs=0.15)


@pytest.mark.parametrize("rate", [32_000, 44_100, 48_000])
def test_frames_of_ac3_are_known_at_any_rate(rate: int) -> None:
    assert chained("ac3", JUNK[:777] + sound("ac3", rate=rate)) == 777


def test_sound_further_in_is_heard_by_the_process_of_ffmpeg() -> None:
    audio = load_audio(BEGINNINGS["junk"] + sound("mp3")[700:])
    assert audio.duration_s == pytest.approx(1.45, abs=0.15)


def stored(content: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("song", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        stored(sound("mp3")),
        stored(sound("flac")),
        b"<!DOCTYPE html><p>" + sound("mp3"),
        b"%PDF-1.7\n" + sound("mp3"),
        b"MZ" + JUNK + sound("aac"),
        JUNK,
        b"The wide sky, the skip and the moov. " * 100,
        "Ein Lied über Ägypten, ÿûÿûÿûÿ ".encode("latin-1") * 5000,
        b"\xff\xfb\x90\x00" * 50_000 + b"la la la",
        b"ID3\x03\0\0\0\0\0\x0a" + b"\0" * 10 + b"<html><body>not here</body></html>" * 50,
    ],
    ids=["zip", "zip of flac", "html", "pdf", "program", "junk", "text", "latin", "syncs", "id3"],
)
def test_what_is_no_sound_stays_none(content: bytes) -> None:
    with pytest.raises(NotAudio, match=r"song\.mp3 is not a sound file"):
        load_audio(b"\x01" + content if content.startswith(b"\xff") else content, name="song.mp3")


@pytest.mark.parametrize("kind", ["mov", "avi", "flv", "mpeg", "mpegts", "wv", "tta", "amr"])
def test_further_containers(kind: str) -> None:
    rate, channels = (8000, 1) if kind == "amr" else (48_000, 2)
    audio = by_ffmpeg(sound(kind, rate=rate, channels=channels))
    assert audio.duration_s == pytest.approx(1.5, abs=0.1)
    assert pitch(audio.cut(0.25, 1.0).y) == pytest.approx(LOW, abs=2)
