"""The page Library in all its states, as Streamlit runs it."""

from __future__ import annotations

import os
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mmc_core._typing import Progress
from mmc_core.datasets.user import corrections
from mmc_core.figures.style import mood_label
from mmc_core.jobs.song_process import Cancelled
from mmc_core.jobs.song_work import SongFile
from mmc_core.library.browse import NO_MOOD, Selection
from mmc_core.library.browse import table as browse_table
from mmc_core.library.journal import Journal, LibrarySong
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.ui.library import figures, learned, playlist, song, views
from mmc_core.ui.library.source import HEARD
from tests.support.corrections import add_some
from tests.support.library import made_song, song_of
from tests.support.pages import frame, page, words
from tests.support.sounds import write_tone

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own
ASK = learned.Places.ask


def place_of(value: Any) -> Future[Any]:
    """Return the place of a song that is known already."""
    done: Future[Any] = Future()
    done.set_result(value)
    return done


@pytest.fixture(autouse=True)
def _no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no thread work on songs beside a test."""
    monkeypatch.setattr(learned.Places, "ask", lambda *_: place_of(None))


def fill(n: int, *more: LibrarySong, folder: Path = Path("/music")) -> None:
    with Journal() as journal:
        for song in [*(made_song(i) for i in range(n)), *more]:
            journal.save(song)
        journal.note_scan(folder, "4qaed-probe-musicnn")


def table(app: AppTest) -> Any:
    return frame(app.dataframe[0])


def test_without_a_scan_it_names_the_command() -> None:
    assert "mmc library scan FOLDER" in words(page("library"))


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    fill(3)
    monkeypatch.setenv("MMC_PAGE_LIBRARY", "0")
    app = page("library")
    assert views.OFF in words(app)
    assert not app.dataframe


def test_songs_are_counted_and_paged() -> None:
    fill(120)
    app = page("library")
    assert "120 songs" in words(app)
    assert len(table(app)) == song.PAGE
    app = page("library", page="3")
    assert len(table(app)) == 20
    assert app.number_input(key="page").value == 3


def test_search_mood_and_probability_are_in_the_address() -> None:
    fill(40)
    app = page("library", find="song 0031")
    assert table(app)["name"].tolist() == ["Artist 1 – Song 31"]
    app = page("library", mood=NAMES[1])
    assert set(table(app)["mood"]) == {mood_label(BY_NAME[NAMES[1]])}
    assert "10 of 40 songs" in words(app)
    app = page("library", least="80")
    assert "0 of 40 songs" in words(app)
    assert "No song is in this selection." in words(app)


def test_a_new_search_begins_at_the_first_page() -> None:
    fill(120)
    app = page("library", page="2")
    app.text_input(key="find").set_value("artist").run()
    assert app.number_input(key="page").value == 1


def test_a_scan_that_goes_on_is_seen() -> None:
    fill(3)
    app = page("library")
    fill(5)
    app.run()
    assert "5 songs" in words(app)


def test_one_of_several_folders_is_chosen() -> None:
    fill(4)
    fill(0, made_song(0, path=Path("/other/a.mp3")), folder=Path("/other"))
    assert "5 songs" in words(page("library"))
    assert "**1 song**" in words(page("library", folder="/other"))


def test_songs_without_a_mood_and_files_with_errors_are_shown() -> None:
    unsure = replace(made_song(0), path=Path("/music/x.mp3"), mood=None, abstained=True)
    broken = LibrarySong(Path("/music/no.mp3"), 1, 1, error_kind="empty", error="no.mp3 is empty.")
    fill(4, unsure, broken)
    text = words(page("library"))
    assert "**5 songs**" in text
    assert "cannot tell <b>1</b>" in text
    assert "besides, 1 file that could not be used" in text
    assert "In the bars: 4 of 5 songs. Left out: 1 whose mood the model cannot tell." in text
    app = page("library", mood=NO_MOOD)
    assert table(app)["mood"].tolist() == ["cannot tell"]
    assert app.expander[0].label == "Files that could not be used (1)"
    assert frame(app.dataframe[1])["error"].tolist() == ["no.mp3 is empty."]


def fill_several() -> None:
    """Fill the library with a sad song, two that are sad or relaxed, and one of no mood."""
    several = [
        replace(made_song(i), mood="sad", mood_set=["sad", "relaxed"], title=f"Either {i}")
        for i in (4, 5)
    ]
    unsure = replace(made_song(6), mood=None, mood_set=list(NAMES), abstained=True)
    fill(0, replace(made_song(2), title="Sad"), *several, unsure)


def test_songs_of_several_moods_are_counted_apart_and_found_under_each() -> None:
    fill_several()
    text = words(page("library"))
    for part in ("sad <b>1</b>", "relaxed <b>0</b>", "several moods <b>2</b>"):
        assert part in text
    assert "cannot tell <b>1</b>" in text
    app = page("library", mood="relaxed")
    assert sorted(table(app)["name"]) == ["Artist 0 – Either 5", "Artist 4 – Either 4"]
    assert "2 of 4 songs" in words(app)
    assert "3 of 4 songs" in words(page("library", mood="sad"))
    assert "1 of 4 songs" in words(page("library", mood=NO_MOOD))


def test_the_mood_that_a_person_heard_stands_in_place_of_the_models() -> None:
    fill_several()
    add_some(1, sha256=made_song(4).sha256, mood="happy")
    app = page("library", mood="happy")
    assert table(app)["mood"].tolist() == [f"{HEARD} {mood_label(BY_NAME['happy'])}"]
    assert f"{HEARD} 1 of these corrected by a person" in words(app)
    text = words(page("library"))
    for part in ("happy <b>1</b>", "sad <b>1</b>", "several moods <b>1</b>"):
        assert part in text
    assert "1 of 4 songs" in words(page("library", mood="relaxed"))
    app = page("library", mood="happy", playlist="happy")
    assert "1 of 1 song (M3U)" in [each.proto.label for each in app.get("download_button")]


def test_a_mood_is_corrected_under_the_player(tmp_path: Path) -> None:
    write_tone(tmp_path / "song.wav", 440.0, 3.0)
    scanned = song_of(tmp_path / "song.wav", model="4qaed-cnn1d")
    fill(0, scanned, folder=tmp_path)
    (key,) = table(page("library"))["key"]
    answered = scanned.mood
    assert answered
    other = next(name for name in NAMES if name != answered)
    app = page("library", song=key, mood=answered)

    def pressed(label: str) -> None:
        (button,) = [each for each in app.button if each.label == label]
        button.click().run()
        assert not app.exception

    (pills,) = [each for each in app.button_group if each.label == "Which mood do you hear?"]
    pills.set_value(other).run()
    app.checkbox[0].check().run()
    pressed("Save correction")
    (saved,) = corrections.every()
    assert (saved.sha256, saved.mood, saved.answered) == (scanned.sha256, other, answered)
    assert saved.name == "song.wav"  # no folder
    assert "0 of 1 song" in words(app)  # whose mood was asked for
    app = page("library", song=key)
    assert table(app)["mood"].tolist() == [f"{HEARD} {mood_label(BY_NAME[other])}"]
    assert "Saved on this machine" in app.success[0].value
    pressed("Undo")
    assert table(app)["mood"].tolist() == [mood_label(BY_NAME[answered])]


def test_a_chosen_song_is_heard_on_when_it_leaves_the_selection(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        write_tone(tmp_path / name, 440.0)
    fill(0, *(song_of(tmp_path / name, title=name) for name in ("a.wav", "b.wav")), folder=tmp_path)
    (here, _) = table(page("library", sort="name"))["key"]
    app = page("library", song=here, find="b.wav")
    assert table(app)["key"].tolist() != [here]
    assert len(app.get("audio")) == 1
    assert "This song is not in the selection." in words(app)


@pytest.mark.parametrize("place", [np.zeros(32, np.float32), None])
def test_a_song_that_the_model_learned_from_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Any
) -> None:
    write_tone(tmp_path / "song.wav", 440.0)
    fill(0, song_of(tmp_path / "song.wav"), folder=tmp_path)
    (key,) = table(page("library"))["key"]
    same = pd.DataFrame({"name": ["A: B"], "dataset": ["4qaed"], "same_recording": [True]})
    library = SimpleNamespace(nearest=lambda *_: same)
    monkeypatch.setattr("mmc_core.ui.common.neighbours.clips", lambda: library)
    monkeypatch.setattr(learned.Places, "ask", lambda *_: place_of(place))
    text = words(page("library", song=key))
    said = "The model learned from this recording (A\\: B). How often its answers are right"
    assert (said in text) == (place is not None)


def test_a_place_is_worked_out_once_and_gives_way_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    begun, goes_on = Event(), Event()

    def run(_: Any, song: SongFile, progress: Progress) -> Any:
        asked.append(song.name)
        if song.name == "first":
            begun.set()
            assert goes_on.wait(60)
        progress(1, 2)
        return song.name

    monkeypatch.setattr(learned.Places, "ask", ASK)
    pool = SimpleNamespace(shared=lambda: SimpleNamespace(run=run))
    monkeypatch.setattr(learned, "song_pool", pool)
    places = learned.Places()
    first = places.ask(SongFile("first", b""), "1")
    assert begun.wait(60)
    second = places.ask(SongFile("second", b""), "2")
    goes_on.set()
    assert second.result(60) == "second"
    assert isinstance(first.exception(60), Cancelled)
    assert places.ask(SongFile("second", b""), "2") is second
    assert places.ask(SongFile("first", b""), "1").result(60) == "first"
    assert asked == ["first", "second", "first"]


def test_an_answer_names_as_many_moods_as_on_predict(tmp_path: Path) -> None:
    write_tone(tmp_path / "song.wav", 440.0)
    either = replace(song_of(tmp_path / "song.wav"), mood="sad", mood_set=["sad", "relaxed"])
    fill(0, either, folder=tmp_path)
    said = f"{mood_label(BY_NAME['sad'])} or {mood_label(BY_NAME['relaxed'])}"
    shown = table(page("library"))
    assert shown["mood"].tolist() == [said]
    assert f"predicted {said}" in words(page("library", song=shown["key"][0]))


def test_what_is_searched_in_vain_leaves_no_song_of_before(tmp_path: Path) -> None:
    write_tone(tmp_path / "song.wav", 440.0)
    fill(3, song_of(tmp_path / "song.wav", title="Here"), folder=tmp_path)
    keys = {row["name"]: row["key"] for row in table(page("library")).to_dict(orient="records")}
    here = next(key for name, key in keys.items() if "Here" in name)
    assert "Here" in words(page("library", song=here))
    app = page("library", song=here, find="zzzz")
    assert not app.get("audio") and not app.get("plotly_chart") and not app.exception
    assert "No song is in this selection." in words(app)


def test_what_a_person_heard_in_a_song_is_said(tmp_path: Path) -> None:
    write_tone(tmp_path / "song.wav", 440.0)
    scanned = song_of(tmp_path / "song.wav")
    fill(0, scanned, folder=tmp_path)
    add_some(1, sha256=scanned.sha256, mood="relaxed")
    (key,) = table(page("library"))["key"]
    assert f"a person heard {mood_label(BY_NAME['relaxed'])}" in words(page("library", song=key))


def test_bars_and_those_left_out_of_them_add_up() -> None:
    fill(0, *(made_song(i, artist=f"Artist {i}") for i in range(figures.MOST_GROUPS + 2)))
    text = words(page("library", by="artist"))
    most = figures.MOST_GROUPS
    assert f"In the bars: {most} of {most + 2} songs. Left out: 2 of smaller groups." in text


def test_songs_without_tags_are_grouped_by_their_folders() -> None:
    fill(0, *(made_song(i, artist=None, album=None, year=None) for i in range(3)))
    app = page("library")
    assert "By" not in [each.label for each in app.button_group]
    assert "Moods by folder" in [each.value for each in app.subheader]
    alts = [each.proto.alt for each in app.get("plotly_chart")]
    assert any("Share of songs by mood and folder." in alt for alt in alts)
    assert app.selectbox(key="sort").options[:3] == ["Folder", "Name", "Probability"]


def test_the_player_goes_through_the_table_in_its_order(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        write_tone(tmp_path / name, 440.0)
    fill(0, *(song_of(tmp_path / name, title=name) for name in ("a.wav", "b.wav")), folder=tmp_path)
    app = page("library", sort="name", descending="on")
    keys = table(app)["key"].tolist()
    app = page("library", sort="name", descending="on", song=keys[0])
    assert "predicted" in words(app)
    assert app.button(key="library-player-previous").disabled
    app.button(key="library-player-next").click().run()
    assert app.query_params["song"] == keys[1]
    assert app.button(key="library-player-next").disabled


def test_a_song_whose_mood_cannot_be_told_is_opened_too(tmp_path: Path) -> None:
    write_tone(tmp_path / "song.wav", 440.0)
    unsure = replace(song_of(tmp_path / "song.wav"), mood=None, abstained=True)
    fill(0, unsure, folder=tmp_path)
    (key,) = table(page("library"))["key"]
    app = page("library", song=key)
    assert not app.exception
    assert "mood: cannot tell" in words(app)
    assert len(app.get("audio")) == 1


def test_a_song_is_read_once_however_often_the_page_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tone(tmp_path / "song.wav", 440.0)
    fill(0, song_of(tmp_path / "song.wav"), folder=tmp_path)
    (key,) = table(page("library"))["key"]
    app = page("library", song=key)
    monkeypatch.setattr(song, "read_if_same", None)  # nothing is read again
    app.run()
    assert not app.exception
    assert len(app.get("audio")) == 1


def test_songs_are_grouped_by_tags_that_some_of_them_have() -> None:
    fill(3, made_song(3, album=None))
    app = page("library")
    assert app.button_group(key="by").options == ["Artist", "Album", "Year", "Folder"]
    app = page("library", by="album", find="song 3")
    assert "both a mood and the tag album" in words(app)
    text = words(page("library", by="genre"))
    assert "Not here: by “genre”," in text
    assert "Share of songs by mood and artist." in " ".join(
        each.proto.alt for each in page("library", by="genre").get("plotly_chart")
    )


def test_only_a_scanned_file_is_played(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here.wav", tmp_path / "elsewhere.wav"
    for path in (here, elsewhere):
        write_tone(path, 440.0)
    gone = tmp_path / "gone.wav"
    songs = [song_of(here, title="Here"), made_song(1, path=gone)]
    fill(0, *songs, folder=tmp_path)
    keys = {row["path"]: row["key"] for row in table(page("library")).to_dict(orient="records")}
    app = page("library", song=keys[here.name])
    assert len(app.get("audio")) == 1
    assert "Here" in words(app)
    for asked in (str(elsewhere), str(here), "0" * 16):
        assert not page("library", song=asked).get("audio")
    assert "no longer there" in words(page("library", song=keys[gone.name]))


def test_a_file_that_is_another_one_now_is_not_played(tmp_path: Path) -> None:
    path, secret = tmp_path / "song.wav", tmp_path / "private.wav"
    for each, frequency in ((path, 440.0), (secret, 330.0)):
        write_tone(each, frequency)
    fill(0, song_of(path), folder=tmp_path)
    (key,) = table(page("library"))["key"]
    state = path.stat()
    assert secret.stat().st_size == state.st_size
    path.unlink()
    path.symlink_to(secret)
    os.utime(secret, ns=(state.st_atime_ns, state.st_mtime_ns))
    app = page("library", song=key)
    assert not app.get("audio")
    assert "has changed since it was scanned" in words(app)


def test_too_large_a_file_is_not_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tone(tmp_path / "long.wav", 440.0)
    monkeypatch.setenv("MMC_PAGE_MAX_BYTES", "1000")
    fill(0, song_of(tmp_path / "long.wav"), folder=tmp_path)
    (key,) = table(page("library"))["key"]
    app = page("library", song=key)
    assert not app.get("audio")
    assert "are not played here" in words(app)


def test_a_playlist_has_whole_paths() -> None:
    fill(8)
    with Journal() as journal:
        songs = browse_table(journal.songs())
    text = playlist.playlist(songs, NAMES[2], "mood")
    assert text.count("#EXTINF") == 2
    assert "/music/artist 2/song 0002.mp3" in text


@pytest.mark.parametrize(
    ("selection", "chosen", "name"),
    [
        (Selection(), "arousal", "all-by-arousal.m3u8"),
        (Selection(moods=["relaxed"]), "arousal", "relaxed-by-arousal.m3u8"),
        (
            Selection("Çelik / IŞIK", ["sad", "angry"], 0.6),
            "mood",
            "celik-isik-sad-or-angry-60-percent-by-mood.m3u8",
        ),
        (Selection("../.."), "happy", "happy.m3u8"),
    ],
)
def test_a_playlist_is_named_after_what_chose_its_songs(
    selection: Selection, chosen: str, name: str
) -> None:
    assert playlist.file_name(selection, chosen) == name


def test_names_are_not_read_as_markdown(tmp_path: Path) -> None:
    fill(0, made_song(0, title="*a* <b>", artist="`x`"))
    (key,) = table(page("library"))["key"]
    assert r"\`x\` – \*a\* \<b\>" in words(page("library", song=key))


def test_above_3000_songs_a_sample_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MOST_POINTS", 10)
    fill(40)
    assert "Drawn: 10 of 40 songs" in words(page("library"))
