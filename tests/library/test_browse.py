"""Songs searched, filtered, counted, written as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

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
    return browse.table([*(made_song(i) for i in range(40)), unsure])


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
    assert (groups[list(NAMES)].sum(axis=1) == groups["songs"]).all()


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
