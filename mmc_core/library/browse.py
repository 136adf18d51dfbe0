"""A library's songs as a table: searched, counted by mood, and as a file for other programs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from mmc_core.errors import LibraryError
from mmc_core.features.schema import FEATURES
from mmc_core.files import write_csv, write_parquet
from mmc_core.language import _
from mmc_core.language.collation import fold, fold_case, sort_keys
from mmc_core.library.heard import heard_moods, with_heard
from mmc_core.library.journal import Journal, LibrarySong
from mmc_core.library.song_tags import NAMES as TAGS
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.wording import unescaped

# Columns beside the features. `probability` is the likeliest mood's; a mood's name is the column of
# its probability, `share_` and its name that of its share of the song's time; `heard` is the mood
# that a person heard.
COLUMNS = (
    "path",
    "name",
    *TAGS,
    "duration_s",
    "mood",
    "probability",
    *NAMES,
    "arousal",
    "valence",
    "mood_set",
    "abstained",
    "reason",
    *(f"share_{mood}" for mood in NAMES),
    "mood_changes",
    "model",
    "notes",
    "error_kind",
    "error",
    "sha256",
    "heard",
)
# Of the columns that hold no numbers with decimals; also where a library has none of their values.
TYPES = {
    **dict.fromkeys(("path", "name", *TAGS, "mood", "mood_set", "reason", "model"), "str"),
    **dict.fromkeys(("notes", "error_kind", "error", "sha256", "heard"), "str"),
    **dict.fromkeys((each.name for each in FEATURES if each.categories), "str"),
    **dict.fromkeys(("year", "track", "mood_changes"), "Int64"),
    "abstained": "bool",
}
SEARCHED = ("artist", "album_artist", "album", "title", "genre")
BEGIN, END = r"(?<![^\W_])", r"(?!\d)"  # of a word, of a number
REST, BETWEEN = r"[^\W_]*", r"[\W_]+"  # of a word, of two
SORTED = ("path", "name", "artist", "album")  # texts by which songs are sorted
NO_MOOD = "none"  # of songs whose mood the model cannot tell
SEVERAL = "several"  # of songs for which the model names more than one mood
COUNTED = (*NAMES, SEVERAL, NO_MOOD)  # what songs are counted as, each as one of them
_INTERNAL = {
    "path",
    "sha256",
    "size",
    "mtime_ns",
    "ctime_ns",
    "features_by",
    "model_by",
    "start_s",
    "features",
}


def table(
    songs: Iterable[LibrarySong],
    *,
    features: bool = False,
    heard: Mapping[str, str] = MappingProxyType({}),
) -> pd.DataFrame:
    """A row a song: `COLUMNS`, then features and `start_s` where they are asked for.

    Args:
        heard: see `heard.heard_moods`.
    """
    more = ["start_s", *(each.name for each in FEATURES)] if features else []
    rows = (_row(song) | (_features(song) if features else {}) for song in songs)
    frame = pd.DataFrame(rows, columns=[*COLUMNS, *more])
    return add_heard(frame.astype({name: TYPES.get(str(name), "float64") for name in frame}), heard)


def add_heard(songs: pd.DataFrame, heard: Mapping[str, str]) -> pd.DataFrame:
    """Return a table with the moods that people heard; see `heard.heard_moods`."""
    moods = [heard.get(each) if isinstance(each, str) else None for each in songs["sha256"]]
    return songs.assign(heard=pd.Series(moods, index=songs.index, dtype="str"))


def named(songs: pd.DataFrame, mood: str) -> pd.Series[bool]:
    """Return which songs are of a mood: a person heard it, or the model's answer names it and no
    person heard another. With `NO_MOOD`, the songs that have none.
    """
    by_model = songs["heard"].isna()
    if mood == NO_MOOD:
        return by_model & songs["mood"].isna()
    by_model &= songs["mood"].notna()
    by_model &= songs["mood_set"].fillna(songs["mood"]).str.contains(mood, na=False, regex=False)
    return by_model | (songs["heard"] == mood)


def counted(songs: pd.DataFrame) -> pd.Series[str]:
    """Return as which of `COUNTED` each song is counted: its mood where it is of one alone."""
    is_open = songs["mood"].notna() & songs["mood_set"].str.contains(" or ", na=False, regex=False)
    by_model = songs["mood"].fillna(NO_MOOD).mask(is_open, SEVERAL)
    return by_model.mask(songs["heard"].notna(), songs["heard"])


@dataclass(frozen=True)
class Selection:
    """Which songs are looked at.

    Args:
        find: words of a song's tags or path; see `found`.
        moods: names of moods, and `NO_MOOD`, of which a song is one, see `named`; all where there
            is none.
        least: probability of the likeliest mood, as the model gives it.
    """

    find: str = ""
    moods: Sequence[str] = ()
    least: float = 0.0


def indexed(songs: pd.DataFrame) -> pd.DataFrame:
    """Return a table with columns by which `select` finds songs and `ordered` sorts them:
    `searched`, the folded text of tags and path, and for each of `SORTED` its rank in the order of
    the reader's language.
    """
    texts = zip(*(songs[name].fillna("") for name in ("path", *SEARCHED)), strict=True)
    ranks = {
        f"{name}_rank": _ranks(songs[name], os.sep if name == "path" else "") for name in SORTED
    }
    return songs.assign(searched=[fold(" ".join(each)) for each in texts], **ranks)


def _ranks(texts: pd.Series[str], separator: str = "") -> pd.Series[float]:
    """Return where texts come in the order of the reader's language; NaN where there is none.

    Args:
        separator: between parts of a text that are compared one after the other.
    """
    unique = texts.dropna().unique()
    parts = {text: text.split(separator) if separator else [text] for text in unique}
    words = list({word for each in parts.values() for word in each})
    keys = dict(zip(words, sort_keys(words), strict=True))
    # A key is of hexadecimal digits, and a slash comes before them.
    whole = {text: "/".join(keys[word] for word in each) for text, each in parts.items()}
    return texts.map(whole).rank(method="dense")


def select(songs: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Return the songs of an `indexed` table that a selection holds."""
    # A song without an answer has no probability, and is left out only if one is asked for.
    chosen = songs["probability"].fillna(0.0) >= selection.least
    if selection.moods:
        chosen &= pd.concat([named(songs, each) for each in selection.moods], axis=1).any(axis=1)
    return songs[chosen & found(songs, selection.find)]


def found(songs: pd.DataFrame, find: str) -> pd.Series[bool]:
    """Return which songs of an `indexed` table a search finds.

    Those with the words as they are typed, one after the other, if there are any; else those with
    all words in any order; else those with all of them anywhere, also within words. A word is found
    by its begin, a number whole.
    """
    words = fold(find).split()
    begins = [f"{BEGIN}{re.escape(word)}{END if word[-1].isdigit() else ''}" for word in words]
    whole = [f"{begin}{REST}" for begin in begins[:-1]] + begins[-1:]
    searched = songs["searched"]
    everything = pd.Series(True, index=songs.index)
    for patterns in ([BETWEEN.join(whole)] if words else [], begins, map(re.escape, words)):
        matching = everything.copy()
        for pattern in patterns:
            matching &= searched.str.contains(pattern, regex=True)
        if matching.any():
            return matching
    return matching


def ordered(songs: pd.DataFrame, column: str, *, descending: bool = False) -> pd.DataFrame:
    """Return the songs of an `indexed` table sorted by a column and then by path, songs without a
    value last.
    """
    by = f"{column}_rank" if column in SORTED else column
    return songs.sort_values([by, "path_rank"], ascending=not descending, na_position="last")


def by_group(songs: pd.DataFrame, column: str, most: int = 12) -> pd.DataFrame:
    """Return how many songs of each mood artists, albums, years or genres have: `group`, `songs`
    and a column for each mood and for `SEVERAL`, of songs that have both.

    The groups with the most songs, these first; years, or decades if there are many, in order.
    Spellings that differ in case only are one group, under the commonest. Albums of one name are
    told apart by the album's artist, or the song's if the tags name none.
    """
    known = songs.assign(counted=counted(songs)).dropna(subset=[column])
    known = known[known["counted"] != NO_MOOD]
    if column == "year":
        counts = _counts(_years(known[column], most), known["counted"])
        return counts.rename_axis("group").reset_index().tail(most).reset_index(drop=True)
    keys = _spelling_keys(known[column])
    if column == "album":
        artists = known["album_artist"].fillna(known["artist"])
        names, keys = keys, keys + "\n" + _spelling_keys(artists.fillna(""))
        labels = _commonest(known[column], keys)
        several = names.groupby(keys).first().duplicated(keep=False)
        by = _commonest(artists, keys).reindex(labels.index)
        labels = labels.mask(several & by.notna(), labels + " (" + by.fillna("") + ")")
    else:
        labels = _commonest(known[column], keys)
    counts = _counts(keys, known["counted"]).assign(group=labels, rank=_ranks(labels))
    counts = counts.sort_values(["songs", "rank"], ascending=[False, True])
    return counts[["group", *NAMES, SEVERAL, "songs"]].head(most).reset_index(drop=True)


def _years(years: pd.Series[int], most: int) -> pd.Series[str]:
    """Return years as texts, or their decades if there are more than `most`."""
    if years.nunique() <= most:
        return years.astype(str)
    decades = years // 10 * 10
    return decades.map({each: _("{decade}s", decade=each) for each in decades.unique()})


def _counts(groups: pd.Series[str], moods: pd.Series[str]) -> pd.DataFrame:
    columns = [*NAMES, SEVERAL]
    counts = pd.get_dummies(moods).groupby(groups).sum().reindex(columns=columns, fill_value=0)
    return counts.assign(songs=counts.sum(axis=1))


def _spelling_keys(names: pd.Series[str]) -> pd.Series[str]:
    return names.map({name: fold_case(name) for name in names.unique()})


def _commonest(names: pd.Series[str], keys: pd.Series[str]) -> pd.Series[str]:
    """Return the commonest name for each key."""
    counted = pd.DataFrame({"key": keys, "name": names}).value_counts().reset_index()
    return counted.drop_duplicates("key").set_index("key")["name"]


def predictions(songs: pd.DataFrame) -> list[Prediction]:
    """The answers of a table's songs, or the moods that people heard, by their whole paths."""
    return [
        with_heard(
            Prediction(
                file=unescaped(row["path"]),
                model=row["model"],
                duration_s=row["duration_s"],
                mood=row["mood"] if isinstance(row["mood"], str) else None,
                probabilities={mood: row[mood] for mood in NAMES},
                arousal=row["arousal"],
                valence=row["valence"],
                mood_set=row["mood_set"].split(" or ") if isinstance(row["mood_set"], str) else [],
                abstained=bool(row["abstained"]),
            ),
            row["heard"] if isinstance(row["heard"], str) else None,
        )
        for row in songs.to_dict(orient="records")
    ]


def as_json(song: LibrarySong, heard: str | None = None) -> dict[str, Any]:
    """What `mmc library list --json` prints of a song, and of the mood that a person heard."""
    values = asdict(song)
    kept = {name: value for name, value in values.items() if name not in _INTERNAL}
    return {"path": song.where} | kept | {"heard": heard}


def export(journal: Journal, path: Path) -> int:
    """Write the songs that are there, with features, as CSV or Parquet; how many.

    Raises:
        LibraryError: if there is none.
    """
    frame = table(journal.songs(), features=True, heard=heard_moods())
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
