"""Hostile sound files: each is made by arithmetic, seeded, when it is written."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np

from benchmarks.hostile import forged
from benchmarks.hostile.case import Case, numbered
from tests.support.sounds import Samples, encode, tone

KINDS = ("wav", "flac", "ogg", "mp3", "m4a", "opus")
SHARES = (0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999)
FLIPS = (1, 1, 4, 16, 64, 256, 1024, 4096)  # bytes of a file that are changed
MB = 1_000_000
BOMB_BYTES = 25 * MB

Made = tuple[str, str, Callable[[], bytes]]


@cache
def whole(kind: str) -> bytes:
    """A file of 4 s in two channels, at a rate that the codec knows."""
    rate = 48_000 if kind == "opus" else 44_100
    return encode(tone(4.0, rate, (440.0, 660.0)), rate, kind)


def cases() -> list[Case]:
    """All of them, with names of their own."""
    made = [
        *_cut(),
        *_flipped(),
        *_renamed(),
        *_forged(),
        *_odd_formats(),
        *_odd_samples(),
        *_tagged(),
        *_others(),
        *_bombs(),
    ]
    return numbered(made) + _named()


def _cut() -> Iterator[Made]:
    for kind in KINDS:
        content = whole(kind)
        for share in SHARES:
            end = max(1, round(share * len(content)))
            yield "truncated", f"to-{end}-bytes.{kind}", partial(_part, kind, 0, end)
        yield "truncated", f"without-beginning.{kind}", partial(_part, kind, 700, len(content))


def _part(kind: str, start: int, end: int) -> bytes:
    return whole(kind)[start:end]


def _flipped() -> Iterator[Made]:
    for kind in KINDS:
        for seed, n in enumerate(FLIPS):
            yield "bits flipped", f"{n}-bytes-{seed}.{kind}", partial(_flip, kind, n, seed)
        yield "bits flipped", f"beginning.{kind}", partial(_flip, kind, 24, 99, 200)
        yield "stretches", f"zeros-inside.{kind}", partial(_zeros, kind)
        yield "stretches", f"halves-swapped.{kind}", partial(_swapped, kind)
        yield "stretches", f"twice.{kind}", partial(_twice, kind)


def _flip(kind: str, n: int, seed: int, end: int | None = None) -> bytes:
    content = np.frombuffer(whole(kind), np.uint8).copy()
    rng = np.random.default_rng(seed)
    at = rng.integers(0, min(len(content), end or len(content)), n)
    content[at] ^= rng.integers(1, 256, n).astype(np.uint8)
    return content.tobytes()


def _zeros(kind: str) -> bytes:
    content = whole(kind)
    third = len(content) // 3
    return content[:third] + bytes(third) + content[2 * third :]


def _swapped(kind: str) -> bytes:
    content = whole(kind)
    half = len(content) // 2
    return content[half:] + content[:half]


def _twice(kind: str) -> bytes:
    return whole(kind)[: len(whole(kind)) // 2] + whole(kind)


def _renamed() -> Iterator[Made]:
    for kind, other in zip(KINDS, (*KINDS[1:], KINDS[0]), strict=True):
        yield "wrong name", f"really-{kind}.{other}", partial(whole, kind)
        yield "wrong name", f"song.{kind}.exe.{kind}", partial(whole, kind)
        yield "wrong name", f"song.{kind}.", partial(whole, kind)


def _forged() -> Iterator[Made]:
    files = [
        *forged.wavs(),
        *forged.flacs(whole("flac")),
        *forged.oggs(whole("ogg"), "ogg"),
        *forged.oggs(whole("opus"), "opus"),
        *forged.m4as(whole("m4a")),
        *forged.mp3s(whole("mp3")),
    ]
    for name, content in files:
        yield "forged header", name, partial(bytes, content)


def _odd_formats() -> Iterator[Made]:
    for rate in (2_000, 4_000, 8_000, 11_025, 96_000, 192_000, 384_000, 768_000):
        yield "rate", f"{rate}-hz.wav", partial(_sine, rate, 1)
    for channels in (1, 3, 8, 64):
        yield "channels", f"{channels}-channels.wav", partial(_sine, 22_050, channels)
    for subtype in ("PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "IMA_ADPCM", "GSM610"):
        yield "sample format", f"{subtype.lower()}.wav", partial(_sine, 8_000, 1, subtype)


def _sine(rate: int, channels: int, subtype: str = "PCM_16") -> bytes:
    return encode(tone(2.0, rate, (440.0,) * channels), rate, "wav", subtype=subtype)


def _odd_samples() -> Iterator[Made]:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, 44_100).astype(np.float32)
    with_nan, with_inf = noise.copy(), noise.copy()
    with_nan[1000], with_inf[1000] = np.nan, np.inf
    signals = {
        "nan": np.full(44_100, np.nan),
        "one-nan": with_nan,
        "infinite": np.full(44_100, np.inf),
        "one-infinite": with_inf,
        "denormal": np.full(44_100, 1e-42),
        "dc": np.full(44_100, 0.5),
        "silent": np.zeros(44_100),
        "clipped": np.sign(noise),
        "huge": noise * 1e30,
        "one-sample": np.ones(1),
        "none": np.zeros(0),
        "under-a-second": noise[:20_000],
        "one-click": np.eye(1, 44_100, 22_000)[0],
        "very-soft": noise * 1e-3,
        "silence-then-sound": np.concatenate([np.zeros(4 * 22_050), noise]),
        "channels-cancel": noise,
    }
    for name, y in signals.items():
        other = -y if name == "channels-cancel" else y
        stereo = np.stack([y, other], axis=1).astype(np.float32)
        yield "odd samples", f"{name}.wav", partial(_float_wav, stereo)


def _float_wav(y: Samples) -> bytes:
    return forged.wav(y.tobytes(), rate=22_050, channels=2, bits=32, code=3)


def id3(size: int, said: int | None = None) -> bytes:
    """An ID3 tag of so many bytes, that says it has `said`."""
    length = size if said is None else said
    sizes = bytes(length >> 7 * i & 127 for i in (3, 2, 1, 0))
    return b"ID3\4\0\0" + sizes + bytes(size)


def _tagged() -> Iterator[Made]:
    for kind in KINDS:
        yield "tags", f"5-mb-before.{kind}", partial(_between, id3(5 * MB), kind, b"")
        yield "tags", f"tag-that-lies.{kind}", partial(_between, id3(10, 2**28 - 1), kind, b"")
        yield "junk", f"noise-before.{kind}", partial(_between, _noise(50_000), kind, b"")
        yield "junk", f"noise-after.{kind}", partial(_between, b"", kind, _noise(500_000))
    cover = b"\x89PNG\r\n\x1a\n" + bytes(5 * MB)
    frame = b"APIC" + bytes(len(cover) >> 7 * i & 127 for i in (3, 2, 1, 0)) + b"\0\0" + cover
    yield "tags", "cover-of-5-mb.mp3", partial(_between, id3(0, len(frame)) + frame, "mp3", b"")
    yield "tags", "tag-in-tag-in-tag.mp3", partial(_between, id3(100) * 5_000, "mp3", b"")
    yield "tags", "tag-alone.mp3", partial(id3, MB)


def _between(before: bytes, kind: str, after: bytes) -> bytes:
    return before + whole(kind) + after


def _noise(n: int) -> bytes:
    return np.random.default_rng(n).integers(0, 256, n, dtype=np.uint8).tobytes()


def _others() -> Iterator[Made]:
    """What is no sound, or points at other files."""
    elsewhere = "/etc/passwd"
    hls = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{0}\n#EXT-X-ENDLIST\n"
    texts = {
        "html": "<!doctype html><script>alert(1)</script>",
        "empty": "",
        "spaces": " " * 10_000,
        "svg": '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "json": "[[[[[[" * 99,
        "m3u": f"#EXTM3U\n#EXTINF:1,x\nfile://{elsewhere}\n",
        "hls": hls.format(f"file://{elsewhere}"),
        "hls-http": hls.format("http://127.0.0.1:9/x.ts"),
        "hls-crypto": hls.format("crypto:file:///etc/hostname"),
        "pls": f"[playlist]\nFile1=file://{elsewhere}\nNumberOfEntries=1\n",
        "ffconcat": f"ffconcat version 1.0\nfile {elsewhere}\n",
        "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>'
        f"file://{elsewhere}</BaseURL></Period></MPD>",
        "xxe": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file://{elsewhere}">]><a>&x;</a>',
        "sdp": "v=0\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
        "cue": 'FILE "/etc/passwd" WAVE\n',
        "smil": f'<smil><body><audio src="file://{elsewhere}"/></body></smil>',
        "python": "import os; os.abort()",
        "shell": "#!/bin/sh\nkill -9 $PPID\n",
    }
    for name, text in texts.items():
        yield "no sound", f"{name}.mp3", partial(str.encode, text)
    yield "no sound", "zip.mp3", partial(_zip, 10)
    yield "no sound", "gzip.mp3", partial(gzip.compress, bytes(MB), mtime=0)
    for name, beginning in {
        "png": b"\x89PNG\r\n\x1a\n",
        "pdf": b"%PDF-1.7\n",
        "elf": b"\x7fELF\2\1\1",
        "exe": b"MZ\x90\0",
        "sqlite": b"SQLite format 3\0",
        "midi": b"MThd\0\0\0\6\0\1\0\1\0\x60",
        "hdf5": b"\x89HDF\r\n\x1a\n",
        "pickle": b"\x80\4\x95cposix\nsystem\n",
        "webp": b"RIFF\x24\0\0\0WEBPVP8 ",
        "one-byte": b"",
    }.items():
        yield (
            "no sound",
            f"{name}.mp3",
            partial(bytes, beginning + _noise(1 + 2_000 * bool(beginning))),
        )
    for name, beginning in {
        "mp3": b"\xff\xfb\x90\x64",
        "ogg": b"OggS\0\2",
        "flac": b"fLaC\0\0\0\x22",
        "wma": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9",
        "m4a": b"\0\0\0\x20ftypM4A ",
        "webm": b"\x1a\x45\xdf\xa3",
        "aac": b"\xff\xf1\x50\x80",
        "aiff": b"FORM\0\0\0\x20AIFFCOMM",
        "amr": b"#!AMR\n",
        "ac3": b"\x0b\x77",
        "w64": b"riff\x2e\x91\xcf\x11",
        "tta": b"TTA1",
        "ape": b"MAC \x96\x0f",
        "wv": b"wvpk",
        "caf": b"caff\0\1\0\0",
        "au": b".snd\0\0\0\x18",
        "avi": b"RIFF\xff\xff\0\0AVI LIST",
        "flv": b"FLV\1\4\0\0\0\x09",
        "mpeg": b"\0\0\1\xba\x44",
    }.items():
        yield "beginning, then noise", f"{name}.{name}", partial(bytes, beginning + _noise(60_000))


def _zip(n: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(n):
            archive.writestr(zipfile.ZipInfo(f"../../{i}.wav"), bytes(MB))
    return buffer.getvalue()


def _bombs() -> Iterator[Made]:
    """Small files of much sound, and files that promise gigabytes."""
    yield "bomb", "hours-of-opus.opus", _opus_of_hours
    yield "bomb", "hour-of-silence.flac", partial(_long, 3_600, "flac")
    yield "bomb", "eight-hours-at-8-khz.mp3", partial(_repeated_mp3, 8 * 3_600)
    yield "bomb", "64-channels-for-a-minute.wav", _many_channels
    boxes = forged.replaced(whole("m4a"), whole("m4a").find(b"stsz") + 12, b"\x0f\xff\xff\xff")
    yield "bomb", "millions-of-frames.m4a", partial(bytes, boxes)
    header = forged.wav(b"", rate=768_000, channels=64, bits=64, code=3, length=forged.FULL)
    yield "bomb", "gigabytes-promised.wav", partial(bytes, header + bytes(MB))


def _opus_of_hours() -> bytes:
    """Streams in a row of ten minutes of silence each, as many as `BOMB_BYTES` hold."""
    rate = 8_000
    y = np.zeros((600 * rate, 1), np.float32)
    y[::rate] = 0.5  # a click a second, lest it is told to be silent
    content = encode(y, rate, "opus")
    return content * (BOMB_BYTES // len(content))


def _long(seconds: int, kind: str) -> bytes:
    y = np.zeros((seconds * 8_000, 1), np.float32)
    y[::8_000] = 0.5
    return encode(y, 8_000, kind)


def _repeated_mp3(seconds: int) -> bytes:
    minute = encode(tone(60.0, 8_000), 8_000, "mp3")
    return minute * (seconds // 60)


def _many_channels() -> bytes:
    y = np.zeros((60 * 8_000, 64), np.float32)
    y[::100] = 0.3
    return encode(y, 8_000, "wav")


def _named() -> list[Case]:
    """Sound that is well, under names that are not."""
    texts = [
        "line\nbreak",
        "carriage\rreturn",
        "tab\there",
        "bell\7 and escape\x1b[31m",
        "-rf",
        "--model=1",
        "right\N{RIGHT-TO-LEFT OVERRIDE}3pm.exe",
        "zero\N{ZERO WIDTH SPACE}width",
        "café",
        "~",
        "#",
        "cafe\N{COMBINING ACUTE ACCENT}",
        "\N{MUSICAL SYMBOL G CLEF}\N{GRINNING FACE}",
        "null",
        "CON",
        "long-" + "n" * 246,
        "..%2f..%2fetc%2fpasswd",
        "..\\..\\windows",
        "$(reboot)",
        "`reboot`",
        "; reboot ;",
        "| cat",
        "%s%n%d",
        "{0}",
        "<script>alert(1)<script>",
        "=1+1",
        "@SUM(1)",
        "aux ",
        '"><img src=x onerror=alert(1)>',
        "[link](javascript:x)",
        "**bold** _it_ # $x^2$ :red[r]",
        "'; DROP TABLE songs; --",
        "dot.",
        " space before",
    ]
    names = [*(f"{text}.mp3".encode() for text in texts), b"not-unicode-\xff\xfe\x80.mp3"]
    return [Case("name", name, partial(whole, "mp3")) for name in [*names, b"song.mp3 "]]
