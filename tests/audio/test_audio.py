"""Decoding: analytic cases first, then files that lie, break or attack."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmc_core._typing import Float32
from mmc_core.audio import (
    CLIP_SAMPLES,
    SR,
    Audio,
    decode,
    load_audio,
    signal,
)
from mmc_core.errors import (
    AudioError,
    DamagedAudio,
    EmptyFile,
    NoAudioStream,
    NotAudio,
    NotFiniteAudio,
    SilentAudio,
    TooLarge,
    TooLong,
    TooShort,
)
from mmc_core.settings import PROJECT, Limits, decoder_bytes
from mmc_core.wording import CONTROLS, shown
from tests.support.sounds import encode, tone, video

LOSSLESS = ["wav", "wav24", "wavfloat", "aiff", "flac"]
EVERY_KIND = [
    *((kind, rate) for kind in LOSSLESS for rate in (8000, 11_025, 44_100, 48_000, 96_000)),
    *((kind, rate) for kind in ("ogg", "m4a") for rate in (8000, 11_025, 44_100, 48_000, 96_000)),
    *((kind, rate) for kind in ("mp3", "wma") for rate in (11_025, 44_100, 48_000)),
    *((kind, rate) for kind in ("opus", "webm") for rate in (8000, 48_000)),
    *((kind, 96_000) for kind in ("aac", "alac", "mkv")),
]
KINDS = sorted({kind for kind, _ in EVERY_KIND})
GENEROUS = Limits(10**8, 60.0)

usual = settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def spectrum_at(y: Float32, frequency: float) -> float:
    """Amplitude of the sine of a frequency in Hz within the middle second of `y`."""
    middle = y[len(y) // 2 - SR // 2 : len(y) // 2 + SR // 2]
    turns = np.exp(-2j * np.pi * frequency * np.arange(SR) / SR)
    return float(2 * abs(np.dot(middle, turns)) / SR)


def as_librosa_loads(content: bytes) -> Float32:
    """librosa.load's definition: libsndfile, mean of the channels, soxr's HQ."""
    y, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    mono: Float32 = soxr.resample(y.mean(axis=1), rate, SR, quality="HQ")
    return mono


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A valid file of every kind, 1.5 s long."""
    return {kind: encode(tone(1.5, 48_000), 48_000, kind) for kind in KINDS}


# ---- what sounds ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "rate"), EVERY_KIND)
def test_every_kind_and_rate_sounds_as_it_did(kind: str, rate: int) -> None:
    y = load_audio(encode(tone(2.0, rate, (440.0, 1000.0)), rate, kind)).y
    assert y.dtype == np.float32
    assert y.ndim == 1
    assert y.flags.writeable
    assert abs(len(y) / SR - 2.0) < 2 * 2048 / rate  # codecs pad by frames
    assert spectrum_at(y, 440.0) == pytest.approx(0.25, abs=0.02)  # the mean halves each channel
    assert spectrum_at(y, 1000.0) == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize("kind", ["m4a", "flac"])
def test_six_channels_are_averaged(kind: str) -> None:
    y = np.repeat(tone(2.0), 6, axis=1)
    y[:, 3] = 0.0  # the low-frequency channel, which codecs cut
    assert spectrum_at(load_audio(encode(y, 44_100, kind)).y, 440.0) == pytest.approx(
        0.5 * 5 / 6, abs=0.02
    )


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3"])
def test_agrees_with_librosa(kind: str, rate: int) -> None:
    """Over several blocks: read in blocks, libsndfile's mp3 stumbled at each block's end."""
    if (kind, rate) == ("mp3", 96_000):
        rate = 48_000  # mp3's highest
    content = encode(tone(6.0, rate, (440.0, 660.0)), rate, kind)
    expected = as_librosa_loads(content)
    np.testing.assert_allclose(load_audio(content).y, expected, atol=1e-4)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_32", "DOUBLE", "ULAW", "ALAW", "MS_ADPCM"])
def test_every_sort_of_wav(subtype: str) -> None:
    content = encode(tone(1.5), 44_100, "wav", subtype=subtype)
    assert spectrum_at(load_audio(content).y, 440.0) == pytest.approx(0.5, abs=0.02)


def test_mp3_within_wav() -> None:
    content = encode(tone(1.5), 44_100, "mp3wav")
    assert content.startswith(b"RIFF")
    assert spectrum_at(load_audio(content).y, 440.0) == pytest.approx(0.5, abs=0.04)


def test_path_and_content_give_the_same(tmp_path: Path) -> None:
    content = encode(tone(1.2), 44_100, "flac")
    path = tmp_path / "tone.flac"
    path.write_bytes(content)
    loaded = load_audio(path)
    assert loaded.name == "tone.flac"
    np.testing.assert_array_equal(loaded.y, load_audio(content).y)


def test_sound_of_a_video() -> None:
    y = load_audio(video(2.0, tone(2.0))).y
    assert spectrum_at(y, 440.0) == pytest.approx(0.5, abs=0.02)


def test_rate_may_change_within_a_file() -> None:
    content = encode(tone(2.0), 44_100, "aac") + encode(tone(2.0, 22_050), 22_050, "aac")
    loaded = load_audio(content)
    assert loaded.duration_s == pytest.approx(4.0, abs=0.25)
    for start_s in (0.5, 2.7):
        assert spectrum_at(loaded.cut(start_s, 1.0).y, 440.0) == pytest.approx(0.5, abs=0.02)


# ---- what a file is ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["song.wav", "song", "song.mp3.exe", "song.m3u", "😀.txt"])
@pytest.mark.parametrize("kind", ["mp3", "m4a", "ogg"])
def test_name_is_ignored(kind: str, name: str, tmp_path: Path, files: dict[str, bytes]) -> None:
    path = tmp_path / name
    path.write_bytes(files[kind])
    assert load_audio(path).duration_s == pytest.approx(1.5, abs=0.1)


def id3(body: bytes) -> bytes:
    """An ID3v2.3 tag; its size has seven bits a byte."""
    size = bytes(len(body) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + body


COVER = (
    b"APIC"
    + struct.pack(">I", 300_014)
    + b"\0\0\0image/jpeg\0\x03\0"
    + b"\xff\xfb\x90\x00" * 75_000
)


@pytest.mark.parametrize("kind", ["mp3", "aac", "flac", "wav"])
def test_tags_with_a_big_cover_are_passed_over(kind: str, files: dict[str, bytes]) -> None:
    content = id3(COVER + b"\0" * 2000) + id3(b"\0" * 30) + files[kind]
    assert load_audio(content).duration_s == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("beginning", [b"\0" * 40_000, id3(b"") + b"the rest of a frame" * 50])
def test_mp3_may_begin_with_zeros_and_junk(beginning: bytes, files: dict[str, bytes]) -> None:
    assert load_audio(beginning + files["mp3"]).duration_s == pytest.approx(1.5, abs=0.1)


def without_index(mp3: bytes) -> bytes:
    """An mp3 less its first frame, which says how many there are."""
    return mp3[mp3.index(mp3[:2], 4) :]


def test_mp3_of_variable_bitrate_without_index_is_heard_whole() -> None:
    """libsndfile alone guesses the length from the first frames' bitrate and stops there."""
    noise = np.random.default_rng(0).normal(0, 0.2, (5 * 44_100, 1)).astype(np.float32)
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", 44_100, 1, "MPEG_LAYER_III", format="MP3", bitrate_mode="VARIABLE"
    ) as file:
        file.write(np.concatenate([noise, tone(5.0) / 100]))
    content = without_index(buffer.getvalue())
    assert load_audio(content).duration_s == pytest.approx(10.0, abs=0.2)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("song.wav", encode(tone(1.0, 8000), 8000, "wav"))
    return buffer.getvalue()


NOT_AUDIO = {
    "text": b"la la la " * 500,
    "utf-16": "la la la".encode("utf-16") * 500,
    "html": b"<!doctype html><title>song</title>" * 100,
    "json": b'{"mood": "happy"}',
    "pdf": b"%PDF-1.7\n" + bytes(range(256)) * 20,
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 20,
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 20,
    "zip": zipped(),
    "zeros": b"\0" * 10_000,
    "one byte": b"\xff",
    "executable": Path(sys.executable).read_bytes()[:100_000],
    "m3u": b"#EXTM3U\n#EXTINF:10,song\n/etc/passwd\n",
    "hls": b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST",
    "ffconcat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
}


@pytest.mark.parametrize("what", NOT_AUDIO)
def test_what_is_no_sound_is_said_to_be_none(what: str) -> None:
    with pytest.raises(NotAudio, match=r"song\.mp3 is not a sound file"):
        load_audio(NOT_AUDIO[what], name="song.mp3")


def test_kinds_of_unusable_files() -> None:
    with pytest.raises(EmptyFile):
        load_audio(b"")
    with pytest.raises(NoAudioStream, match="holds no sound"):
        load_audio(video(1.5))
    with pytest.raises(TooShort, match=r"lasts 0\.20 s; at least 1 s"):
        load_audio(encode(tone(0.2), 44_100, "wav"))
    with pytest.raises(SilentAudio, match="-80 dB"):
        load_audio(encode(np.zeros((44_100, 2), dtype=np.float32), 44_100, "flac"))


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf, 1e30])
def test_samples_that_are_no_numbers(strange: float) -> None:
    y = tone(3.0, frequencies=(440.0, 440.0))
    y[100_000, 1] = strange
    with pytest.raises(NotFiniteAudio):
        load_audio(encode(y, 44_100, "wavfloat"))


# ---- limits -----------------------------------------------------------------------------------


def test_too_large_is_refused_before_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(b"\0" * 1001)

    def read(*_: object, **__: object) -> None:
        raise AssertionError("it was opened")

    monkeypatch.setattr(Path, "open", read)
    monkeypatch.setattr(decode, "_load", read)
    for source in (path, b"\0" * 1001):
        with pytest.raises(TooLarge):
            load_audio(source, limits=Limits(1000, 60.0))


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "m4a"])
def test_limit_on_duration_is_exact(kind: str) -> None:
    content = encode(tone(2.0, 48_000), 48_000, kind)
    with pytest.raises(TooLong, match=r"longer than 1\.5 s"):
        load_audio(content, limits=Limits(10**8, 1.5))
    assert load_audio(content, limits=Limits(10**8, 2.1))


def test_duration_is_checked_while_decoding() -> None:
    decoded = []

    def endless() -> Iterator[signal.Block]:
        while True:
            decoded.append(1)
            yield 44_100, np.ones((44_100, 1), dtype=np.float32)

    with pytest.raises(TooLong):
        list(signal.to_mono(endless(), "song", 10.0))
    assert len(decoded) == 11


@pytest.mark.parametrize("promised", [0, 44_100, 2**32 - 1])
def test_limit_counts_what_comes_out_not_what_a_header_says(promised: int) -> None:
    content = bytearray(encode(tone(8.0), 44_100, "flac"))
    content[22:26] = struct.pack(">I", promised)  # the number of samples
    with pytest.raises(TooLong):
        load_audio(bytes(content), limits=Limits(10**8, 0.9))


def test_tiny_file_of_an_hour_is_given_up_early(decoded: list[float]) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.full(3600 * 8000, 9, dtype=np.int16), 8000, format="FLAC")
    content = buffer.getvalue()
    assert len(content) < 200_000
    with pytest.raises(TooLong):
        load_audio(content, limits=Limits(10**8, 60.0))
    assert sum(decoded) < 70


# ---- files that lie, break or attack ----------------------------------------------------------


def wav_header(rate: int, channels: int) -> bytes:
    """A 16-bit wav whose header says so; its sound is noise."""
    form = struct.pack(
        "<HHIIHH", 1, channels, rate, rate * 2 & 0xFFFFFFFF, channels * 2 & 0xFFFF, 16
    )
    sound = np.random.default_rng(0).bytes(200_000)
    chunks = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(sound))
    return b"RIFF" + struct.pack("<I", len(chunks) + len(sound)) + chunks + sound


@pytest.mark.parametrize(
    ("rate", "channels"), [(1, 1), (0, 1), (4 * 10**9, 1), (44_100, 0), (44_100, 1000)]
)
def test_absurd_headers(rate: int, channels: int) -> None:
    with pytest.raises(DamagedAudio):
        load_audio(wav_header(rate, channels))


def test_file_without_samples_is_damaged() -> None:
    with pytest.raises(DamagedAudio):
        load_audio(encode(np.empty((0, 1), dtype=np.float32), 44_100, "wav"))


def sounds_or_says_why(content: bytes, name: str = "song") -> None:
    """Raises anything but AudioError, and fails for sound that is none."""
    try:
        y = load_audio(content, name=name, limits=GENEROUS).y
    except AudioError as error:
        assert len(str(error)) < 400
        return
    assert np.isfinite(y).all()
    assert SR <= len(y) <= GENEROUS.duration_s * SR + 1


@pytest.mark.parametrize("share", [0.02, 0.6])
@pytest.mark.parametrize("kind", KINDS)
def test_truncated(kind: str, share: float, files: dict[str, bytes]) -> None:
    content = files[kind][: int(share * len(files[kind]))]
    if share < 0.5:
        with pytest.raises(AudioError):
            load_audio(content)
    else:
        sounds_or_says_why(content)


@pytest.mark.parametrize("kind", ["mp3", "m4a", "aac"])
def test_damaged_packets_are_passed_over(kind: str, files: dict[str, bytes]) -> None:
    middle = len(files[kind]) // 2
    content = files[kind][:middle] + b"\xff" * 1000 + files[kind][middle + 1000 :]
    assert load_audio(content).duration_s == pytest.approx(1.5, abs=0.3)


@usual
@given(data=st.data())
def test_mutated(data: st.DataObject, files: dict[str, bytes]) -> None:
    content = bytearray(files[data.draw(st.sampled_from(KINDS))])
    anywhere = st.integers(0, 200) | st.integers(0, len(content) - 1)
    for position in data.draw(st.lists(anywhere, min_size=1, max_size=8)):
        patch = data.draw(st.binary(min_size=1, max_size=8))
        content[position : position + len(patch)] = patch
    sounds_or_says_why(bytes(content))


BEGINNINGS = [
    b"", b"ID3", b"\xff\xfb\x90", b"\xff\xf1", b"fLaC", b"OggS", b"RIFF\0\0\0\0WAVEfmt ", b"caff",
    b"FORM\0\0\0\0AIFF", b"\0\0\0\x20ftypM4A ", b"\x1a\x45\xdf\xa3", b".snd", b"wvpk", b"MAC ",
    bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), b"riff\x2e\x91\xcf\x11",
]  # fmt: skip


@usual
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=500))
def test_arbitrary_bytes(beginning: bytes, rest: bytes) -> None:
    with pytest.raises(AudioError):
        load_audio(beginning + rest)


def box(kind: bytes, *contents: bytes) -> bytes:
    """A box of an mp4 file."""
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def m4a_that_promises(n_samples: int) -> bytes:
    """An m4a of some 600 bytes whose index FFmpeg makes as long as promised, 24 bytes each."""
    entry = box(b"mp4a", b"\0" * 6, struct.pack(">H8xHHHHI", 1, 1, 16, 0, 0, 44_100 << 16))
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), entry),
        box(b"stts", struct.pack(">IIII", 0, 1, n_samples, 1024)),
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, n_samples, 1)),
        box(b"stsz", struct.pack(">III", 0, 1, n_samples)),
        box(b"stco", struct.pack(">III", 0, 1, 40)),
    )
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, 44_100, 44_100, 0, 0)),
        box(b"hdlr", struct.pack(">II4s13x", 0, 0, b"soun")),
        box(b"minf", box(b"smhd", bytes(8)), table),
    )
    track = box(b"trak", box(b"tkhd", struct.pack(">IIIIII60x", 0, 0, 0, 1, 0, 44_100)), media)
    movie = box(b"mvhd", struct.pack(">IIIIII80x", 0, 0, 0, 44_100, 44_100, 0))
    return box(b"ftyp", b"M4A \0\0\0\0") + box(b"mdat", bytes(100)) + box(b"moov", movie, track)


def test_file_that_swells_in_the_decoder_is_stopped(tmp_path: Path) -> None:
    """Sixty million entries are 2 GB to FFmpeg. A process without other children measures them."""
    pytest.importorskip("resource")
    (tmp_path / "swells.m4a").write_bytes(m4a_that_promises(60_000_000))
    code = (
        "import resource, sys; from mmc_core.audio import decoder, load_audio\n"
        "try: load_audio(sys.argv[1])\n"
        "except Exception as error: print(type(error).__name__)\n"
        "decoder.close()\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "swells.m4a")], capture_output=True, cwd=PROJECT
    )
    kind, kilobytes = done.stdout.split()
    assert kind == b"DamagedAudio"
    assert 1024 * int(kilobytes) <= 1.2 * decoder_bytes()


def test_decoders_print_nothing(files: dict[str, bytes], capfd: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    for valid in (*files.values(), encode(tone(1.5), 44_100, "mp3wav")):
        content = bytearray(valid)
        for position in rng.integers(100, len(content), 50):
            content[position] ^= 0xFF
        sounds_or_says_why(bytes(content))
    assert capfd.readouterr() == ("", "")


# ---- paths and names --------------------------------------------------------------------------


def test_paths_that_hold_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    unusable = ["missing.wav", "a\0b.wav", "x" * 300, "missing/../song.wav"]
    for name in unusable:
        with pytest.raises(AudioError):
            load_audio(tmp_path / name)
    for path in (tmp_path / "pipe", tmp_path, Path("/"), Path()):
        with pytest.raises(AudioError, match="is a folder or a device; choose a file"):
            load_audio(path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_path(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(b"\0")
    path.chmod(0)
    with pytest.raises(AudioError, match="could not be read: Permission denied"):
        load_audio(path)


def test_error_of_the_system_is_an_audio_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(AudioError, match=r"No space left.*TMPDIR"):
        load_audio(b"fLaC")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("song.mp3", "song.mp3"),
        ("../../x", "../../x"),
        ("<b>Ünïcode 😀</b>", "<b>Ünïcode 😀</b>"),  # pages escape it, which know what they are
        ("a\nb\x1b[31m\u202e\udc80", "a�b�[31m�\\x80"),
    ],
)
def test_shown_name(name: str, expected: str) -> None:
    assert shown(name) == expected


@given(st.text(max_size=300))
def test_shown_names_are_short_and_printable(name: str) -> None:
    assert not CONTROLS.search(shown(name))
    assert len(shown(name)) == min(len(name), 60)
    assert shown(shown(name)) == shown(name)
    shown(name).encode()


def test_messages_show_names_and_sound_keeps_them(files: dict[str, bytes]) -> None:
    long = "a" * 10_000 + ".mp3"
    with pytest.raises(NotAudio, match=r"^a{39}…a{16}\.mp3 is not") as raised:
        load_audio(b"no sound", name=long)
    assert len(str(raised.value)) < 250
    assert load_audio(files["mp3"], name=long).name == long
    with pytest.raises(NoAudioStream, match=r"^-x \$\(id\)�\.mp4 holds no sound"):
        load_audio(video(1.5), name="-x $(id)\0.mp4")  # it goes through a command line


# ---- pieces -----------------------------------------------------------------------------------


def test_cut() -> None:
    sound = Audio(np.arange(30 * SR, dtype=np.float32), "song")
    assert len(sound.cut().y) == CLIP_SAMPLES == 562_275
    np.testing.assert_array_equal(sound.cut(2.0, 3.0).y, sound.y[2 * SR : 5 * SR])
    assert sound.cut(28.0, 5.0).duration_s == 2.0
    assert sound.cut(40.0).duration_s == 0.0
    assert sound.cut(2.0).name == "song"


@given(st.floats(0, 4), st.floats(0, 4))
def test_neighbouring_pieces_neither_overlap_nor_leave_a_gap(a: float, b: float) -> None:
    sound = Audio(np.arange(3 * SR, dtype=np.float32))
    first, cut = min(a, b), max(a, b)
    whole = np.concatenate([sound.cut(0, cut).y, sound.cut(cut, 9).y])
    np.testing.assert_array_equal(whole, sound.y)
    assert sound.cut(first, cut).duration_s <= cut + 1 / SR
