"""Decoders are processes that are used again, can do little, and are not trusted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from mmc_core.audio import SR, decoder, load_audio
from mmc_core.errors import AudioError, DamagedAudio, NotAudio, TooLong
from mmc_core.settings import PROJECT, Limits
from tests.support.odd_decoder import SAID
from tests.support.sounds import encode, tone

SONG = encode(tone(1.5), 44_100, "mp3")


@pytest.fixture(autouse=True)
def none_waits() -> Iterator[None]:
    decoder.close()
    yield
    decoder.close()


def waiting() -> list[int]:
    return [each._process.pid for each in decoder._idle]


def test_one_decoder_reads_one_file_after_the_other() -> None:
    first = load_audio(SONG)
    (pid,) = waiting()
    for kind in ("wav", "flac", "ogg", "m4a"):
        assert load_audio(encode(tone(1.5), 44_100, kind)).duration_s == pytest.approx(1.5, abs=0.1)
    with pytest.raises(NotAudio):
        load_audio(b"no sound" * 100)
    with pytest.raises(TooLong):
        load_audio(SONG, limits=Limits(10**8, 0.5))
    np.testing.assert_array_equal(load_audio(SONG).y, first.y)
    assert waiting() == [pid]


def test_threads_have_decoders_of_their_own_and_few_wait() -> None:
    ready = threading.Barrier(8)

    def load(_: int) -> int:
        ready.wait()
        return load_audio(SONG).n_samples

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(load, range(8)))) == 1
    assert 1 <= len(waiting()) <= decoder.MAX_IDLE


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows ends processes otherwise")
def test_one_that_ended_while_it_waited_is_replaced() -> None:
    load_audio(SONG)
    (pid,) = waiting()
    os.kill(pid, signal.SIGKILL)
    assert load_audio(SONG).duration_s == pytest.approx(1.5, abs=0.1)
    assert waiting() != [pid]


def test_none_reads_files_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "MAX_FILES", 2)
    load_audio(SONG)
    assert waiting()
    load_audio(SONG)
    assert not waiting()


def test_one_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMC_DECODER_SECONDS", "0.000001")
    with pytest.raises(DamagedAudio, match="too long"):
        load_audio(SONG)
    assert not waiting()


def test_one_that_cannot_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(DamagedAudio, match="its decoder ended over it"):
        load_audio(SONG)
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    with pytest.raises(AudioError, match="could not be read"):
        load_audio(SONG)


@pytest.mark.parametrize("odd", [*SAID, "a long message", "sound without end"])
def test_one_that_a_file_took_over_is_ended(odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "PROCESS", "tests.support.odd_decoder")
    monkeypatch.setenv("ODD", odd)
    expected = "lasts longer" if odd == "sound without end" else "its decoder ended over it"
    with pytest.raises(AudioError, match=expected):
        load_audio(SONG)
    assert not waiting()


def test_a_disk_that_is_full_leaves_no_decoder_in_the_middle_of_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    monkeypatch.setattr("tempfile.TemporaryFile", lambda *_, **__: full.open("w+b", buffering=0))
    path = tmp_path / "song.mp3"
    path.write_bytes(SONG)
    with pytest.raises(AudioError, match="No space left"):
        load_audio(path)
    assert not waiting()


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are Unix's")
@pytest.mark.parametrize(
    "deed", ["open('/etc/hostname')", "__import__('socket').socket()", "bytes(2**31)"]
)
def test_one_can_do_little(deed: str) -> None:
    code = (
        "import socket; from mmc_core.audio.decoder_process import limit; "
        f"limit(2**30); print('limited', flush=True); {deed}"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True)
    assert b"limited" in done.stdout
    assert re.search(rb"Too many open files|Operation not permitted|MemoryError", done.stderr)


def test_one_that_was_interrupted_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(decoder, "_piece", interrupted)
        load_audio(SONG)
    assert not waiting()
    assert load_audio(SONG).y.dtype == np.float32
    assert load_audio(SONG).n_samples == pytest.approx(1.5 * SR, abs=0.1 * SR)
