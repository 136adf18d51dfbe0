"""Songs searched, filtered, counted, written as files."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mmc_core import language
from mmc_core.errors import LibraryError
from mmc_core.features.schema import FEATURES
from mmc_core.library import browse
from mmc_core.library.browse import NO_MOOD, Selection
from mmc_core.library.journal import Journal, LibrarySong
from mmc_core.moods import NAMES
from mmc_core.prediction import playlists
from tests.support.library import made_song


@pytest.fixture
def songs() -> pd.DataFrame:
    unsure = replace(made_song(0), path=Path("/music/x.mp3"), mood=None, abstained=True)
    return browse.indexed(browse.table([*(made_song(i) for i in range(40)), unsure]))


@pytest.mark.parametrize(
    ("selection", "n"),
    [
        (Selection(), 41),
        (Selection(find="ARTIST song"), 41),
        (Selection(find="song 0031"), 1),
        (Selection(find=" 0031  artist "), 1),
        (Selection(find="nothing like it"), 0),
        (Selection(moods=[NAMES[1]]), 10),
        (Selection(moods=[NAMES[1], NO_MOOD]), 11),
        (Selection(least=0.8), 0),
        (Selection(least=0.7), 41),
    ],
)
def test_songs_are_found(songs: pd.DataFrame, selection: Selection, n: int) -> None:
    assert len(browse.select(songs, selection)) == n


def test_a_search_finds_words_as_they_are_typed_first() -> None:
    songs = indexed(
        *(
            {
                "path": Path(f"/m/Artist {a}/{n:02} song.ogg"),
                "title": None,
                "artist": None,
                "album": None,
            }
            for a, n in ((3, 1), (3, 13), (1, 3), (30, 4), (13, 5))
        ),
        {"path": Path("/m/x.ogg"), "title": "Yesterday", "artist": "The Beatles", "album": None},
        {"path": Path("/m/y.ogg"), "title": "Beat It", "artist": "Some_One", "album": None},
    )

    def names(find: str) -> list[str]:
        return [Path(each).name for each in browse.select(songs, Selection(find=find))["path"]]

    assert names("Artist 3") == ["01 song.ogg", "13 song.ogg"]
    assert names("3 artist") == ["01 song.ogg", "13 song.ogg"]  # in no order: a number is whole
    assert names("13 song") == ["13 song.ogg"]
    assert names("beat") == ["x.ogg", "y.ogg"]
    assert names("beatles yesterday") == names("yesterday beatles") == ["x.ogg"]
    assert names("some one") == ["y.ogg"]
    assert names("eatle") == ["x.ogg"]  # within a word, where nothing begins so
    assert names("(") == []


def test_a_song_is_of_every_mood_that_its_answer_names_or_of_the_one_heard() -> None:
    def one(i: int, mood: str | None, *moods: str) -> LibrarySong:
        return replace(made_song(i), mood=mood, mood_set=list(moods), abstained=mood is None)

    either = one(1, "sad", "sad", "relaxed")
    made = [one(0, "sad", "sad"), either, one(2, None, *NAMES), one(3, "happy")]
    table = browse.table(made)
    of = {mood: browse.named(table, mood).tolist() for mood in (*NAMES, NO_MOOD)}
    assert of["sad"] == [True, True, False, False]
    assert of["relaxed"] == [False, True, False, False]
    assert of["happy"] == [False, False, False, True]  # of a model that names one mood
    assert of[NO_MOOD] == [False, False, True, False]
    assert browse.counted(table).tolist() == ["sad", browse.SEVERAL, NO_MOOD, "happy"]
    heard = browse.add_heard(
        table, {made[1].sha256 or "": "relaxed", made[2].sha256 or "": "angry"}
    )
    assert browse.counted(heard).tolist() == ["sad", "relaxed", "angry", "happy"]
    assert browse.named(heard, "sad").tolist() == [True, False, False, False]
    assert not browse.named(heard, NO_MOOD).any()
    answers = browse.predictions(heard)
    for mood in NAMES:  # playlists agree
        files = [each.file for each in playlists.selected(answers, mood=mood)]
        assert files == heard.loc[browse.named(heard, mood), "path"].tolist()


def test_exports_are_joined_as_they_are(tmp_path: Path) -> None:
    """Of songs that have all values, of those that lack most, and of both."""
    features = {each.name: each.categories[0] if each.categories else 1.0 for each in FEATURES}
    full = made_song(
        0,
        error_kind="silent",
        error="is silent",
        reason="unsure",
        notes=["mono"],
        genre="Pop",
        track=1,
        abstained=True,
        start_s=0.0,
        features=features,
    )
    bare = LibrarySong(Path("/music/a.mp3"), 1, 2)
    tables = []
    for i, songs in enumerate(([full], [bare], [full, bare])):
        with Journal(tmp_path / f"{i}.sqlite") as journal:
            for song in songs:
                journal.save(song)
            browse.export(journal, tmp_path / f"{i}.PARQUET")
            browse.export(journal, tmp_path / f"{i}.csv")
        tables.append(pq.read_table(tmp_path / f"{i}.PARQUET"))
    joined = pa.concat_tables(tables, promote_options="none")
    assert joined.num_rows == 4
    assert not [field.name for field in joined.schema if pa.types.is_null(field.type)]
    heads = {(tmp_path / f"{i}.csv").read_text("utf-8").partition("\n")[0] for i in range(3)}
    assert len(heads) == 1


def test_moods_are_counted_by_artist(songs: pd.DataFrame) -> None:
    groups = browse.by_group(songs, "artist", most=3)
    assert groups["group"].tolist() == ["Artist 0", "Artist 1", "Artist 2"]
    assert groups["songs"].tolist() == [8, 8, 8]
    assert (groups[[*NAMES, browse.SEVERAL]].sum(axis=1) == groups["songs"]).all()


def indexed(*values: Mapping[str, object]) -> pd.DataFrame:
    made = [made_song(i, album_artist=None, **each) for i, each in enumerate(values)]
    return browse.indexed(browse.table(made))


def groups(column: str, *values: Mapping[str, object]) -> dict[str, int]:
    found = browse.by_group(indexed(*values), column)
    return dict(zip(found["group"], found["songs"], strict=True))


def test_albums_of_one_name_are_told_apart_by_artist() -> None:
    found = groups(
        "album",
        {"album": "Greatest Hits", "artist": "A"},
        {"album": "greatest hits", "artist": "A"},
        {"album": "Greatest Hits", "artist": "A"},
        {"album": "Greatest Hits", "artist": "B"},
        {"album": "Greatest Hits", "artist": None},
        {"album": "Another", "artist": "B"},
    )
    assert found == {
        "Greatest Hits (A)": 3,
        "Another": 1,
        "Greatest Hits": 1,
        "Greatest Hits (B)": 1,
    }


def test_an_album_of_many_artists_is_one_where_it_names_its_own() -> None:
    songs = [
        made_song(i, album="Hits of 1967", artist=f"Artist {i}", album_artist="Various Artists")
        for i in range(4)
    ]
    found = browse.by_group(browse.indexed(browse.table(songs)), "album")
    assert found[["group", "songs"]].to_numpy().tolist() == [["Hits of 1967", 4]]


def test_spellings_of_one_name_are_one_group_under_the_commonest() -> None:
    apart = unicodedata.normalize("NFD", "Björk")
    names = ["BJÖRK", "Björk", apart, "Björk", "Bjork", "IŞIK", "Işık", "Işık"]
    found = groups("artist", *({"artist": name} for name in names))
    assert found == {"Björk": 4, "Işık": 3, "Bjork": 1}


@pytest.mark.parametrize(
    ("find", "title"),
    [
        ("ışık", "IŞIK"),
        ("istanbul", "İstanbul'da"),
        ("bjork", "Björk"),
        ("rode", "Røde"),
        ("می خواهم", "می\u200cخواهم"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)
def test_songs_are_found_as_people_type(find: str, title: str) -> None:
    songs = indexed({"title": title}, {"title": "Other"})
    assert browse.select(songs, Selection(find=find))["title"].tolist() == [title]


def test_songs_are_sorted_as_the_readers_language_does(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["Zappa", "abba", "Çelik", None, "Beck", "Cem"]
    values = [{"artist": name} for name in names]

    def artists(*, descending: bool = False) -> list[str | None]:
        found = browse.ordered(indexed(*values), "artist", descending=descending)["artist"]
        return [name if isinstance(name, str) else None for name in found]

    assert artists() == ["abba", "Beck", "Çelik", "Cem", "Zappa", None]
    monkeypatch.setattr(language, "_chosen", lambda: "tr")
    assert artists() == ["abba", "Beck", "Cem", "Çelik", "Zappa", None]
    assert artists(descending=True) == ["Zappa", "Çelik", "Cem", "Beck", "abba", None]


def test_folders_stay_together_where_songs_are_sorted_by_path() -> None:
    paths = ["/m/b/1.mp3", "/m/B 2/1.mp3", "/m/a/2.mp3", "/m/Ä/1.mp3", "/m/a/10.mp3", "/m/b/0.mp3"]
    found = browse.ordered(indexed(*({"path": Path(path)} for path in paths)), "path")
    assert found["path"].tolist() == [
        *("/m/a/10.mp3", "/m/a/2.mp3", "/m/Ä/1.mp3", "/m/b/0.mp3", "/m/b/1.mp3", "/m/B 2/1.mp3"),
    ]


def test_years_are_in_order_and_decades_where_they_are_many(songs: pd.DataFrame) -> None:
    assert browse.by_group(songs, "year")["group"].tolist() == ["1990s", "2000s", "2010s"]
    few = songs.assign(year=songs["year"] % 3 + 2000)
    assert browse.by_group(few, "year")["group"].tolist() == ["2000", "2001", "2002"]
    none = songs.assign(year=None)
    assert browse.by_group(none, "year").empty


def test_a_tables_songs_make_a_playlist(songs: pd.DataFrame) -> None:
    chosen = playlists.selected(browse.predictions(songs), mood=NAMES[2])
    assert len(chosen) == 10
    assert "/music/artist 2/song 0002.mp3" in playlists.m3u(chosen)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_songs_are_exported_with_features(suffix: str, tmp_path: Path) -> None:
    song = made_song(3, features={"tempo": 120.0, "tonic": "C"}, start_s=0.5)
    failed = LibrarySong(Path("/music/no.mp3"), 1, 1, error_kind="empty", error="It is empty.")
    path = tmp_path / f"songs{suffix}"
    with Journal(tmp_path / "songs.sqlite") as journal:
        with pytest.raises(LibraryError, match="No songs yet"):
            browse.export(journal, path)
        for each in (song, failed):
            journal.save(each)
        assert browse.export(journal, path) == 2
    table = pd.read_csv(path) if suffix == ".csv" else pd.read_parquet(path)
    assert list(table) == [*browse.COLUMNS, "start_s", *(each.name for each in FEATURES)]
    row, error = table.to_dict(orient="records")
    assert (row["tempo"], row["tonic"], row["start_s"]) == (120.0, "C", 0.5)
    assert (row["artist"], row["year"], row["mood"]) == (song.artist, song.year, song.mood)
    assert row[f"share_{song.mood}"] == 0.7
    assert (error["error_kind"], error["error"]) == ("empty", "It is empty.")
