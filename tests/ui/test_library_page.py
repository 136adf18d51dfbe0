"""The page Library in all its states, as Streamlit runs it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mmc_core.figures.style import mood_label
from mmc_core.library.browse import NO_MOOD
from mmc_core.library.browse import table as browse_table
from mmc_core.library.journal import Journal, LibrarySong
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.ui.library import song, views
from tests.support.corrections import add_some
from tests.support.library import made_song, song_of
from tests.support.pages import frame, page, words
from tests.support.sounds import write_tone

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own


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
    assert f"a person heard **{mood_label(BY_NAME['relaxed'])}**" in words(
        page("library", song=key)
    )


def test_bars_and_those_left_out_of_them_add_up() -> None:
    fill(0, *(made_song(i, artist=f"Artist {i}") for i in range(views.MOST_GROUPS + 2)))
    text = words(page("library", by="artist"))
    most = views.MOST_GROUPS
    assert f"In the bars: {most} of {most + 2} songs. Left out: 2 of smaller groups." in text


def test_songs_without_tags_are_grouped_by_their_folders() -> None:
    fill(0, *(made_song(i, artist=None, album=None, year=None) for i in range(3)))
    app = page("library")
    assert app.button_group(key="by").value == views.FOLDER
    assert "Share of songs by mood and folder." in app.get("plotly_chart")[0].proto.alt


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


def test_tags_of_no_song_are_said() -> None:
    fill(3)
    assert "both a mood and the tag genre" in words(page("library", by="genre"))


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
    text = views._playlist(songs, NAMES[2], "mood")
    assert text.count("#EXTINF") == 2
    assert "/music/artist 2/song 0002.mp3" in text


def test_names_are_not_read_as_markdown(tmp_path: Path) -> None:
    fill(0, made_song(0, title="*a* <b>", artist="`x`"))
    (key,) = table(page("library"))["key"]
    assert r"\`x\` – \*a\* \<b\>" in words(page("library", song=key))


def test_above_3000_songs_a_sample_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_POINTS", 10)
    fill(40)
    assert "Drawn: 10 of 40 songs" in words(page("library"))
