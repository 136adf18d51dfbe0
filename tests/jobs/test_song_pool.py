"""Songs of several visitors in processes: shared fairly, lost one at a time, gone in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from mmc_core import runs
from mmc_core._typing import no_progress
from mmc_core.audio import load_audio
from mmc_core.errors import NotAudio, ProcessEnded
from mmc_core.jobs import song_work
from mmc_core.jobs.song_pool import SongPool
from mmc_core.jobs.song_process import Cancelled, SongProcess
from mmc_core.jobs.song_work import SongFile
from mmc_core.prediction.song import predict
from mmc_core.prediction.sound import Song
from mmc_core.settings import PROJECT
from mmc_core.ui.predict.worker import Worker
from tests.support import song_work as work
from tests.support.sounds import encode, tone

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals as Unix has them"),
]
PATIENCE_S = 60.0
TONE = SongFile("tone.wav", encode(tone(2.0), 44_100, "wav"))
OTHER = SongFile("other.wav", encode(tone(3.0), 44_100, "wav"))
PARENT = """
import time
from mmc_core import runs
from mmc_core.jobs.song_pool import SongPool
pool = SongPool(1)
pool.warm_up(runs.find("1"))
print(pool._idle[0].pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[SongPool]:
    """Of one process."""
    made = SongPool(1)
    yield made
    made.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.02)


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or only waits to be counted."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_process_answers_as_this_one_does(pool: SongPool) -> None:
    run = runs.find("1")
    steps: list[tuple[int, int]] = []
    answer, embedding, sound_sha256 = pool.run(
        song_work.answer, TONE, lambda *step: steps.append(step), runs.Run(run.path)
    )
    expected = predict(TONE.content, run)
    assert answer.probabilities == pytest.approx(expected.probabilities, abs=1e-6)
    assert answer.file == TONE.name
    assert embedding is None
    assert sound_sha256 == Song(load_audio(TONE.content)).sound_sha256
    assert steps[0] == (0, 1)


def test_what_was_loaded_is_used_again_until_it_is_to_be_forgotten(pool: SongPool) -> None:
    assert not pool.run(work.is_known, OTHER, no_progress)
    assert pool.run(work.is_known, OTHER, no_progress)
    pool.forget([OTHER.sha256])
    assert not pool.run(work.is_known, OTHER, no_progress)


def test_errors_come_back_by_kind(pool: SongPool) -> None:
    pid = pool.run(work.process_id, TONE, no_progress)
    with pytest.raises(NotAudio, match=r"text\.mp3 is not a sound file"):
        pool.run(work.process_id, SongFile("text.mp3", b"no song " * 100), no_progress)
    with pytest.raises(RuntimeError, match="the model is broken"):
        pool.run(work.fail, TONE, no_progress)
    with pytest.raises(RuntimeError, match="lambda"):
        pool.run(work.unsendable, TONE, no_progress)
    assert pool.run(work.process_id, TONE, no_progress) == pid


def test_what_is_cancelled_leaves_its_process_to_others(pool: SongPool, tmp_path: Path) -> None:
    pid = pool.run(work.process_id, TONE, no_progress)

    def stop(done: int, total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        pool.run(work.wait_for, TONE, stop, tmp_path / "never")
    assert pool.run(work.process_id, TONE, no_progress) == pid


def test_a_process_that_ends_costs_one_song(pool: SongPool) -> None:
    pid = pool.run(work.process_id, TONE, no_progress)
    with pytest.raises(ProcessEnded, match=r"tone\.wav could not be analysed: the process"):
        pool.run(work.end, TONE, no_progress)
    other = pool.run(work.process_id, TONE, no_progress)
    assert other != pid
    os.kill(other, signal.SIGKILL)  # while it is idle: that costs none
    until(lambda: has_ended(other))
    assert pool.run(work.process_id, TONE, no_progress) not in (pid, other)


def test_a_process_that_ends_unseen_costs_none(
    pool: SongPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = pool.run(work.process_id, TONE, no_progress)
    assert pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: has_ended(pid))
    with monkeypatch.context() as patch:  # as the system may say for a moment
        patch.setattr(SongProcess, "pid", pid)
        assert pool.run(work.process_id, TONE, no_progress) != pid


def test_a_visitor_may_try_again_what_ended_a_process(
    pool: SongPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, asked = runs.find("1"), Worker(pool)
    with monkeypatch.context() as patch:
        patch.setattr(song_work, "answer", work.end)
        asked.ask([TONE], run)
        asked.wait(PATIENCE_S)
    (prediction,) = asked.answers().values()
    assert "could not be analysed" in (prediction.error or "")
    asked.ask([TONE], run)
    assert not asked.is_busy()  # not by itself
    assert asked.cancelled([TONE], run) == [TONE]
    asked.resume()
    asked.ask([TONE], run)
    asked.wait(PATIENCE_S)
    (prediction,) = asked.answers().values()
    assert prediction.error is None


def test_many_songs_of_one_visitor_do_not_keep_another_waiting(
    pool: SongPool, tmp_path: Path
) -> None:
    done: list[str] = []
    held, first = tmp_path / "held", tmp_path / "first"
    held.touch()

    def visitor(*paths: Path) -> None:
        for path in paths:
            name = f"{path.name} of {len(paths)}"
            song = SongFile(name, TONE.content)
            done.append(pool.run(work.wait_for, song, no_progress, path))

    many = Thread(target=visitor, args=(first, held, held))
    many.start()
    until(lambda: len(pool._busy) == 1)
    waits: list[tuple[int, int]] = []
    one = Thread(
        target=lambda: done.append(
            pool.run(
                work.wait_for,
                SongFile("one", TONE.content),
                lambda *step: waits.append(step),
                held,
            )
        )
    )
    one.start()
    until(lambda: (1, 0) in waits)
    first.touch()
    many.join(PATIENCE_S)
    one.join(PATIENCE_S)
    assert done == ["first of 3", "one", "held of 3", "held of 3"]


def test_who_waits_is_told_without_the_lock(pool: SongPool, tmp_path: Path) -> None:
    """One visitor's page that takes its time to draw the queue keeps nobody else from the pool."""
    told, go_on, path = Event(), Event(), tmp_path / "path"
    threads = [Thread(target=pool.run, args=(work.wait_for, TONE, no_progress, path))]
    threads[0].start()
    until(lambda: len(pool._busy) == 1)

    def slow(done: int, of: int) -> None:
        told.set()
        go_on.wait(PATIENCE_S)

    threads.append(Thread(target=pool.run, args=(work.wait_for, TONE, slow, path)))
    threads[1].start()
    assert told.wait(PATIENCE_S)
    threads.append(Thread(target=pool.forget, args=[["another song"]]))
    threads[2].start()
    threads[2].join(5)
    assert not threads[2].is_alive()
    go_on.set()
    path.touch()
    for thread in threads:
        thread.join(PATIENCE_S)


def test_two_visitors_are_answered_at_once_and_keep_their_process(tmp_path: Path) -> None:
    both, path = SongPool(2), tmp_path / "path"
    try:
        pid = both.run(work.process_id, TONE, no_progress)
        holding = Thread(target=both.run, args=(work.wait_for, TONE, no_progress, path))
        holding.start()
        until(lambda: len(both._busy) == 1)
        other = both.run(work.process_id, OTHER, no_progress)
        assert other != pid
        path.touch()
        holding.join(PATIENCE_S)
        assert both.run(work.process_id, TONE, no_progress) == pid
        assert both.run(work.process_id, OTHER, no_progress) == other
    finally:
        both.close()
    until(lambda: has_ended(pid) and has_ended(other))


def test_no_process_outlives_the_server() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        assert not has_ended(pid)
        parent.kill()
    until(lambda: has_ended(pid))
