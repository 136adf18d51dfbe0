"""The song of the library that is heard: chosen in the table or the plane, or by the player."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core import settings
from mmc_core.jobs.song_work import SongFile
from mmc_core.language import N_, _
from mmc_core.library.file_state import read_if_same
from mmc_core.library.journal import LibrarySong
from mmc_core.moods import NAMES
from mmc_core.prediction import confidence
from mmc_core.ui.common import address, correct, player, widgets
from mmc_core.ui.library.learned import say_if_learned_from
from mmc_core.ui.library.source import HEARD, find_song, mood_title, named_moods
from mmc_core.wording import listed, percent, unescaped

PLAYER = "library-player"
PAGE = 50  # rows of the table

FileKey = tuple[int, ...]


def chosen_key() -> str | None:
    """Return by which key the address calls the chosen song."""
    key: str | None = st.session_state[address.text("song", str, str)["key"]]
    return key


def choose(key: str | None, page: int | None = None) -> None:
    """Choose a song by its key, on a page of the table or on the one that is shown."""
    address.assign(song=key, **({"page": page} if page else {}))


def draw_player(songs: pd.DataFrame, keys: list[str]) -> None:
    """Draw the player of the chosen song.

    Only content that was scanned is sent: the address has a key, no path, and a file whose content
    is another one now is not played.

    Args:
        songs: of the folder: one that has left the selection, such as by a correction, stays.
        keys: of the songs in the table, in the order of its rows.
    """
    song = songs[songs["key"] == chosen_key()]
    if song.empty:
        st.caption(_("Choose a row, or a point of the plane, to hear the song."))
        return
    (row,) = song.to_dict(orient="records")
    path = Path(unescaped(row["path"]))
    known = find_song(path)
    content, problem = _sound(path, known)
    player.draw(
        content,
        name=path.name,
        title=row["name"],
        about=_about(row),
        key=PLAYER,
        steps=player.steps(keys, row["key"], lambda key: choose(key, keys.index(key) // PAGE + 1)),
    )
    if problem:
        st.caption(problem)
    if row["key"] not in keys:
        st.caption(_("This song is not in the selection."))
    if pd.notna(row["probability"]):
        widgets.mood_badges({mood: percent(row[mood]) for mood in NAMES})
    if isinstance(row["reason"], str):
        st.caption(widgets.escape_markdown(confidence.in_words(row["reason"])))
    if known and known.sha256 and content:
        file = SongFile(path.name, content)
        say_if_learned_from(file, known.sha256, known.prediction)
        correct.draw_correction(file, known.prediction, [known.sha256], key=row["key"])


def _about(row: dict[Any, Any]) -> str:
    """Return the mood that a person heard in a song, if any, and the model's answer."""
    mood = row["mood"] if isinstance(row["mood"], str) else None
    moods = named_moods(row["mood_set"])
    predicted = (
        _("predicted {mood}", mood=listed([mood_title(each) for each in moods], N_("or")))
        if mood and len(moods) > 1
        else player.describe(predicted=mood, probability=row["probability"])
    ) or _("mood: cannot tell")
    if not isinstance(row["heard"], str):
        return predicted
    heard = _("{sign} a person heard {mood}", sign=HEARD, mood=mood_title(row["heard"]))
    return f"{heard}, {predicted}"


def _sound(path: Path, known: LibrarySong | None) -> tuple[bytes | None, str]:
    """Return the content of a song's file, or None and why it is not played."""
    largest = settings.page_limits().size_bytes
    if not path.is_file():
        return None, _("The file is no longer there. Scan the folder again.")
    if known is None:
        return None, _("The file is no longer in the library. Scan the folder again.")
    if known.size > largest:
        size = largest / 1e6
        return None, _("Files of more than {megabytes:.0f} MB are not played here.", megabytes=size)
    content = _content(path, _file_key(path), known.size, known.sha256)
    if content is None:
        problem = _("The file has changed since it was scanned, so it is not played. Scan again.")
        return None, problem
    return content, ""


def _file_key(path: Path) -> FileKey | None:
    """Return what tells a file from another one in its place, and from its earlier content."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


@st.cache_resource(max_entries=4, show_spinner=False)  # read and compared once, not at each redraw
def _content(path: Path, file: FileKey | None, size: int, sha256: str | None) -> bytes | None:
    return read_if_same(path, size, sha256)
