"""Songs answered in the background: in order, once, as long as they are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import numpy as np
import pytest

from mmc_core import runs
from mmc_core.audio import SR, Audio
from mmc_core.errors import AudioError
from mmc_core.features.embeddings import Frames
from mmc_core.jobs import song_work
from mmc_core.jobs.song_pool import SongPool
from mmc_core.jobs.song_work import SongFile
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.sound import Song
from mmc_core.settings import page_keep_seconds
from mmc_core.ui.predict import visit, worker
from mmc_core.ui.predict.visit import Visit, Visits
from mmc_core.ui.predict.worker import Worker

PATIENCE_S = 20.0


class Desk:
    """In place of decoding and predicting: notes what is done, and waits where it is told to."""

    def __init__(self) -> None:
        self.decoded: list[str] = []
        self.begun: list[str] = []
        self.hold: Event | None = None
        self.at_work = Event()

    def load(self, content: bytes, *, name: str, **_: Any) -> Audio:
        self.decoded.append(name)
        if content == b"bad":
            raise AudioError(f"{name} is bad.")
        return Audio(np.zeros(SR, dtype=np.float32), name)

    def predict(
        self, song: Song, run: runs.Run, progress: Callable[[int, int], None]
    ) -> Prediction:
        self.begun.append(song.name)
        self.at_work.set()
        if song.name == "broken":
            raise RuntimeError("the model is broken")
        if self.hold:
            assert self.hold.wait(PATIENCE_S)
        progress(1, 1)
        return Prediction(song.name, run.name, 1.0, "sad")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk()
    monkeypatch.setattr(song_work, "load_audio", made.load)
    monkeypatch.setattr(song_work, "predict", made.predict)
    yield made
    if made.hold:
        made.hold.set()


@pytest.fixture
def run() -> runs.Run:
    return runs.find("1")


def song(name: str, content: bytes = b"sound") -> SongFile:
    return SongFile(name, content + name.encode() if content == b"sound" else content)


def names(asked: Worker) -> list[str]:
    return [prediction.file for prediction in asked.answers().values()]


def test_songs_are_answered_in_order_and_once(desk: Desk, run: runs.Run) -> None:
    asked = Worker()
    songs = [song("a"), song("b"), song("bad", b"bad")]
    asked.ask(songs, run)
    asked.wait(PATIENCE_S)
    assert names(asked) == ["a", "b", "bad"]
    assert asked.answers()[songs[2].key(run)].error == "bad is bad."
    asked.ask(songs, run)
    assert not asked.is_busy()
    assert desk.begun == ["a", "b"]


def test_another_model_uses_what_was_decoded(desk: Desk, run: runs.Run) -> None:
    asked, other = Worker(), runs.find("2")
    for each in (run, other):
        asked.ask([song("a")], each)
        asked.wait(PATIENCE_S)
    assert desk.decoded == ["a"]
    assert [prediction.model for prediction in asked.answers().values()] == [run.name, other.name]


def test_what_is_asked_beside_comes_after_the_songs(desk: Desk, run: runs.Run) -> None:
    asked, other, songs = Worker(), runs.find("2"), [song("a"), song("b")]
    asked.ask(songs, run, [(songs[0], other)])
    asked.wait(PATIENCE_S)
    answers = list(asked.answers().values())
    assert [(each.file, each.model) for each in answers] == [
        ("a", run.name),
        ("b", run.name),
        ("a", other.name),
    ]
    assert desk.decoded == ["a", "b"]
    assert asked.embedding(songs[0].sha256) is None  # neither model listens with MusiCNN


def test_what_musicnn_heard_is_kept_until_it_is_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MAX_ANSWERS", 2)
    heard = np.arange(3, dtype=np.float32)
    frames = Frames("musicnn", heard[None], np.zeros(1), 3.0)
    monkeypatch.setattr(Song, "frames", lambda *_: frames)
    asked, songs = Worker(), [song("a"), song("b"), song("c")]
    asked.ask(songs, runs.find("best"))
    asked.wait(PATIENCE_S)
    assert asked.embedding(songs[0].sha256) is None  # the oldest gave way
    assert asked.embedding(songs[2].sha256) == pytest.approx(heard)
    asked.forget()
    assert asked.embedding(songs[2].sha256) is None


def test_loaded_songs_are_bounded(
    desk: Desk, run: runs.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(song_work, "MAX_LOADED_BYTES", 2 * 4 * SR)  # two songs of a second
    asked = Worker()
    for name in ("a", "b", "c"):
        asked.ask([song(name)], run)
        asked.wait(PATIENCE_S)
    other = runs.find("2")
    for name in ("c", "a"):
        asked.ask([song(name)], other)
        asked.wait(PATIENCE_S)
    assert desk.decoded == ["a", "b", "c", "a"]


def test_what_is_cancelled_stays_so_until_it_is_resumed(desk: Desk, run: runs.Run) -> None:
    desk.hold = Event()
    asked, songs = Worker(), [song("a"), song("b")]
    asked.ask(songs, run)
    assert desk.at_work.wait(PATIENCE_S)
    share, text = asked.progress()
    assert (share, text) == (0.0, "Analysing a (1 of 2): reading the file")
    asked.cancel()
    desk.hold.set()
    asked.wait(PATIENCE_S)
    asked.ask(songs, run)
    assert not asked.is_busy()
    assert not asked.answers()
    assert asked.cancelled(songs, run) == songs
    asked.resume()
    asked.ask(songs, run)
    asked.wait(PATIENCE_S)
    assert names(asked) == ["a", "b"]


def test_progress_never_begins_again(desk: Desk, run: runs.Run) -> None:
    """The page asks anew with every answer that comes."""
    asked, songs = Worker(), [song(name) for name in "abc"]
    shares, desk.hold = [], Event()
    asked.ask(songs, run)
    for number, each in enumerate(songs, 1):
        assert desk.at_work.wait(PATIENCE_S)
        asked.ask(songs, run)
        share, text = asked.progress()
        assert text.startswith(f"Analysing {each.name} ({number} of 3)")
        shares.append(share)
        desk.at_work.clear()
        desk.hold.set()  # whoever waits goes on; whoever comes next waits at another
        desk.hold = Event()
    desk.hold.set()
    asked.wait(PATIENCE_S)
    assert shares == pytest.approx([0, 1 / 3, 2 / 3])
    asked.ask([*songs, song("d")], run)  # what comes later counts for itself
    asked.wait(PATIENCE_S)
    assert asked.progress()[1].startswith("Analysing d: ")


def test_songs_without_an_answer_are_told_as_waiting(desk: Desk, run: runs.Run) -> None:
    here, songs = Visit(), [song("a"), song("b"), song("c")]
    here.worker.ask(songs[:1], run)
    here.worker.wait(PATIENCE_S)
    assert here.waiting(songs, run) == ["b", "c"]
    desk.hold = Event()
    here.worker.ask(songs, run)
    here.worker.cancel()
    desk.hold.set()
    here.worker.wait(PATIENCE_S)
    assert here.waiting(songs, run) == []


def test_one_content_of_two_names_is_decoded_once(desk: Desk, run: runs.Run) -> None:
    asked = Worker()
    asked.ask([song("a", b"same"), song("b", b"same")], run)
    asked.wait(PATIENCE_S)
    assert names(asked) == desk.begun == ["a", "b"]
    assert desk.decoded == ["a"]


def test_a_song_that_is_not_wanted_any_more_gives_way(desk: Desk, run: runs.Run) -> None:
    desk.hold = Event()
    asked = Worker()
    asked.ask([song("a"), song("b")], run)
    assert desk.at_work.wait(PATIENCE_S)
    asked.ask([song("c")], run)
    desk.hold.set()
    asked.wait(PATIENCE_S)
    assert names(asked) == ["c"]


def test_a_fault_of_the_model_reaches_the_page(desk: Desk, run: runs.Run) -> None:
    asked = Worker()
    asked.ask([song("broken")], run)
    asked.wait(PATIENCE_S)
    with pytest.raises(RuntimeError, match="the model is broken"):
        asked.ask([song("broken")], run)
    asked.ask([song("a")], run)
    asked.wait(PATIENCE_S)
    assert names(asked) == ["a"]


def test_a_visit_remembers_few_songs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "MAX_SONG_BYTES", 30)
    here = Visit()
    assert [s.name for s in here.remember([song(str(i), b"x" * 4) for i in range(7)])] == [
        *("6", "5", "4", "3", "2")
    ]
    assert [s.name for s in here.remember([song("large", b"x" * 20)])] == ["large", "6", "5"]
    assert here.remember([song("too large", b"x" * 31)]) == []


def test_the_sound_of_what_a_visit_does_not_remember_is_dropped(
    desk: Desk, run: runs.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "MAX_SONGS", 1)
    here, old, new = Visit(), song("old"), song("new")
    for each in (old, new):
        here.remember([each])
        here.worker.ask([each], run)
        here.worker.wait(PATIENCE_S)
    here.worker.ask([new, old], runs.find("2"))
    here.worker.wait(PATIENCE_S)
    assert desk.decoded == ["old", "new", "old"]
    assert set(names(here.worker)) == {"old", "new"}


def test_visits_are_few_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(visit, "MAX_VISITS", 2)
    every = Visits(lambda: now)
    first = every.get("first")
    first.remember([song("a")])
    assert every.get("first") is first
    every.get("second")
    every.get("third")
    assert not first.songs
    assert every.get("first") is not first
    third = every.get("third")
    now = page_keep_seconds() + 1
    every.forget_old()
    assert every.get("third") is not third


def test_a_visit_is_forgotten_by_its_name() -> None:
    every = Visits()
    first, second = every.get("first"), every.get("second")
    for here in (first, second):
        here.remember([song("a")])
    every.forget("first")
    every.forget("third")
    assert not first.songs
    assert every.get("first") is not first
    assert every.get("second").songs


def test_visits_take_so_much_memory_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visit, "MAX_BYTES", 10)
    every = Visits()
    first, second = every.get("first"), every.get("second")
    first.remember([song("a", b"x" * 6)])
    second.remember([song("b", b"y" * 6)])
    assert every.get("second") is second
    assert not first.songs
    second.remember([song("c", b"z" * 6)])
    assert every.get("second") is second  # whoever is here is never forgotten
    assert len(second.songs) == 2


def test_a_look_at_one_visit_sums_all_visits_once(monkeypatch: pytest.MonkeyPatch) -> None:
    summed = 0

    def count(visit: Visit) -> int:
        nonlocal summed
        summed += 1
        return 1

    every = Visits()
    for number in range(50):
        every.get(str(number))
    monkeypatch.setattr(Visit, "n_bytes", property(count))
    every.get("25")
    assert summed <= 51


def test_a_song_in_the_queue_is_known_to_wait_until_its_turn(run: runs.Run) -> None:
    class Pool(SongPool):
        """Others' songs come first, for as long as `turn` is not set."""

        turn, told, ended = Event(), Event(), Event()

        def run(self, work: Any, song: SongFile, progress: Any, *arguments: Any) -> Any:
            for step, event in (((2, 0), self.turn), ((0, 1), self.ended)):
                progress(*step)
                self.told.set()
                assert event.wait(PATIENCE_S)
            return Prediction(song.name, run.name, 1.0, "sad"), None, "5" * 64

    pool = Pool(0)
    asked = Worker(pool)
    asked.ask([song("a")], run)
    assert pool.told.wait(PATIENCE_S)
    assert asked.is_queued()
    assert "place 2 in the queue" in asked.progress()[1]
    pool.told.clear()
    pool.turn.set()
    assert pool.told.wait(PATIENCE_S)
    assert not asked.is_queued()
    pool.ended.set()
    asked.wait(PATIENCE_S)
    assert names(asked) == ["a"]
    assert not asked.is_queued()
