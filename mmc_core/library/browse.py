"""A library's songs as a table: searched, counted by mood, and as a file for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from mmc_core.errors import LibraryError
from mmc_core.features.schema import FEATURES
from mmc_core.files import write_csv, write_parquet
from mmc_core.language import _
from mmc_core.library.journal import Journal, LibrarySong
from mmc_core.library.song_tags import NAMES as TAGS
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.wording import unescaped

# Columns beside the features. `probability` is the likeliest mood's; a mood's name is the column of
# its probability, `share_` and its name that of its share of the song's time.
COLUMNS = (
    *("path", "name", *TAGS, "duration_s", "mood", "probability", *NAMES, "arousal", "valence"),
    *("mood_set", "abstained", "reason", *(f"share_{mood}" for mood in NAMES), "mood_changes"),
    *("model", "notes", "error_kind", "error"),
)
# Of the columns that hold no numbers with decimals; also where a library has none of their values.
TYPES = {
    **dict.fromkeys(("path", "name", *TAGS, "mood", "mood_set", "reason", "model"), "str"),
    **dict.fromkeys(("notes", "error_kind", "error"), "str"),
    **dict.fromkeys((each.name for each in FEATURES if each.categories), "str"),
    **dict.fromkeys(("year", "track", "mood_changes"), "Int64"),
    "abstained": "bool",
}
SEARCHED = ("artist", "album", "title", "genre")
NO_MOOD = "none"  # of songs whose mood the model cannot tell
_INTERNAL = {"path", "sha256", "size", "mtime_ns", "features_by", "model_by", "start_s", "features"}


def table(songs: Iterable[LibrarySong], *, features: bool = False) -> pd.DataFrame:
    """A row a song: `COLUMNS`, then features and `start_s` where they are asked for."""
    more = ["start_s", *(each.name for each in FEATURES)] if features else []
    rows = (_row(song) | (_features(song) if features else {}) for song in songs)
    frame = pd.DataFrame(rows, columns=[*COLUMNS, *more])
    return frame.astype({name: TYPES.get(str(name), "float64") for name in frame})


@dataclass(frozen=True)
class Selection:
    """Which songs are looked at.

    Args:
        find: words that are all in a song's tags or path.
        moods: names of moods, and `NO_MOOD`; all where there is none.
        least: probability of the likeliest mood.
    """

    find: str = ""
    moods: Sequence[str] = ()
    least: float = 0.0


def select(songs: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """The songs of a table that a selection holds."""
    chosen = songs["probability"] >= selection.least
    if selection.moods:
        chosen &= songs["mood"].fillna(NO_MOOD).isin(list(selection.moods))
    if words := selection.find.casefold().split():
        texts = songs[["path", *SEARCHED]].fillna("").agg(" ".join, axis=1).str.casefold()
        for word in words:
            chosen &= texts.str.contains(word, regex=False)
    return songs[chosen]


def by_group(songs: pd.DataFrame, column: str, most: int = 12) -> pd.DataFrame:
    """How many songs of each mood artists, albums, years or genres have: `group`, `songs` and a
    column a mood, of songs that have both.

    The groups with the most songs, these first; years, or decades where there are many, in order.
    """
    known = songs.dropna(subset=[column, "mood"])
    groups = known[column]
    in_order = column == "year"
    if in_order and groups.nunique() > most:
        decades = groups // 10 * 10
        groups = decades.map({each: _("{decade}s", decade=each) for each in decades.unique()})
    counts = pd.crosstab(groups.astype(str), known["mood"]).reindex(columns=NAMES, fill_value=0)
    counts = counts.assign(songs=counts.sum(axis=1)).rename_axis("group").reset_index()
    if in_order:
        return counts.sort_values("group").tail(most).reset_index(drop=True)
    counts = counts.sort_values(["songs", "group"], ascending=[False, True])
    return counts.head(most).reset_index(drop=True)


def predictions(songs: pd.DataFrame) -> list[Prediction]:
    """The answers of a table's songs, by their whole paths."""
    return [
        Prediction(
            file=unescaped(row["path"]),
            model=row["model"],
            duration_s=row["duration_s"],
            mood=row["mood"] if isinstance(row["mood"], str) else None,
            probabilities={mood: row[mood] for mood in NAMES},
            arousal=row["arousal"],
            valence=row["valence"],
            abstained=bool(row["abstained"]),
        )
        for row in songs.to_dict(orient="records")
    ]


def as_json(song: LibrarySong) -> dict[str, Any]:
    """What `mmc library list --json` prints of a song."""
    values = asdict(song)
    kept = {name: value for name, value in values.items() if name not in _INTERNAL}
    return {"path": song.where} | kept


def export(journal: Journal, path: Path) -> int:
    """Write the songs that are there, with features, as CSV or Parquet; how many.

    Raises:
        LibraryError: if there is none.
    """
    frame = table(journal.songs(), features=True)
    if frame.empty:
        raise LibraryError("No songs yet. To scan a folder: mmc library scan FOLDER")
    FORMATS[path.suffix.lower()](frame, path)
    return len(frame)


FORMATS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": partial(write_csv, for_people=True),
    ".parquet": write_parquet,
}


def _row(song: LibrarySong) -> dict[str, Any]:
    probabilities = song.probabilities or {}
    return {
        **{name: getattr(song, name) for name in COLUMNS if hasattr(song, name)},
        "path": song.where,
        "name": song.label,
        "probability": max(probabilities.values(), default=None),
        **probabilities,
        "mood_set": " or ".join(song.mood_set) or None,
        **{f"share_{mood}": share for mood, share in song.shares.items()},
        "notes": " ".join(song.notes) or None,
    }


def _features(song: LibrarySong) -> dict[str, Any]:
    return {"start_s": song.start_s, **song.features}
