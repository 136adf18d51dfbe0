"""Files with several audio streams at once: the one that the file prefers is read."""

from __future__ import annotations

import io
from typing import Any

import av
import numpy as np
import pytest
from av.stream import Disposition

from mmc_core._typing import Float32
from mmc_core.audio import SR, load_audio
from mmc_core.audio.notes import in_words
from mmc_core.errors import SilentAudio
from tests.support.sounds import encode, tone

RATE = 48_000
FREQUENCIES = (440.0, 880.0, 1_760.0)
DEFAULT, COMMENT = Disposition.default, Disposition.comment
NONE = Disposition(0)


def streams(container: str, codec: str, dispositions: list[Disposition], silent: int = -1) -> bytes:
    """A file with a tone in each stream, of `FREQUENCIES`."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as media:
        packets = []
        for i, disposition in enumerate(dispositions):
            stream = media.add_stream(codec, rate=RATE, layout="mono")
            stream.disposition = disposition
            stream.metadata.update(title=f"Take {i + 1}", language="deu")
            packets.append((stream, (i != silent) * tone(1.5, RATE, FREQUENCIES[i : i + 1])))
        encoded = [packet for stream, y in packets for packet in packets_of(stream, y)]
        for packet in sorted(encoded, key=lambda packet: float(packet.pts * packet.time_base)):
            media.mux(packet)
    return buffer.getvalue()


def packets_of(stream: Any, y: Float32) -> list[Any]:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(y.T), format="fltp", layout="mono")
    frame.sample_rate, frame.pts = RATE, 0
    return [*stream.encode(frame), *stream.encode(None)]


def frequency(y: Float32) -> float:
    return float(np.abs(np.fft.rfft(y)).argmax() * SR / len(y))


@pytest.mark.parametrize(
    ("container", "codec"),
    [("matroska", "flac"), ("matroska", "libopus"), ("webm", "libopus"), ("mp4", "aac")],
)
@pytest.mark.parametrize(
    ("dispositions", "number"),
    [
        ([NONE, DEFAULT], 2),
        ([DEFAULT, NONE], 1),
        ([NONE, NONE, DEFAULT], 3),
        ([NONE, DEFAULT, DEFAULT], 2),
        ([DEFAULT, DEFAULT], 1),
    ],
)
def test_the_default_stream_is_read_and_named(
    container: str, codec: str, dispositions: list[Disposition], number: int
) -> None:
    audio = load_audio(streams(container, codec, dispositions))
    assert frequency(audio.y) == pytest.approx(FREQUENCIES[number - 1], abs=3)
    (note,) = audio.notes
    assert note.startswith(f"Of the {len(dispositions)} audio streams of the file, number {number}")
    assert "deu" in note
    assert in_words(note) == note


def test_a_comment_is_read_only_if_nothing_else_is_there() -> None:
    audio = load_audio(streams("matroska", "flac", [COMMENT, NONE]))
    assert frequency(audio.y) == pytest.approx(880, abs=3)


@pytest.mark.parametrize(
    ("container", "codec"),
    [("ogg", "libopus"), ("ogg", "flac"), ("mpegts", "aac"), ("avi", "libmp3lame")],
)
def test_the_first_is_read_where_the_file_prefers_none(container: str, codec: str) -> None:
    audio = load_audio(streams(container, codec, [NONE, NONE]))
    assert frequency(audio.y) == pytest.approx(440, abs=3)
    assert "2 audio streams of the file, number 1" in audio.notes[0]


def test_a_silent_default_stream_is_named() -> None:
    with pytest.raises(SilentAudio, match=r"Of the 2 audio streams .* number 2 \(Take 2, deu\)"):
        load_audio(streams("matroska", "flac", [NONE, DEFAULT], silent=1))


@pytest.mark.parametrize("codec", [b"A_NONE", b"A_OPUS"])
def test_another_is_read_where_the_default_one_cannot_be_decoded(codec: bytes) -> None:
    before, second = streams("matroska", "flac", [NONE, DEFAULT]).rsplit(b"A_FLAC", 1)
    audio = load_audio(before + codec + second)
    assert frequency(audio.y) == pytest.approx(440, abs=3)
    assert "number 1" in audio.notes[0]


def test_one_stream_needs_no_note() -> None:
    for kind in ("m4a", "mkv", "ogg"):
        assert load_audio(encode(tone(1.5), 44_100, kind)).notes == ()
