"""What would be built of what a visitor has chosen, said before it is built."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import streamlit as st

from mmc_core import settings
from mmc_core.analysis.tables import features_of
from mmc_core.audio.folders import AUDIO_SUFFIXES
from mmc_core.datasets import user
from mmc_core.datasets.user import hive
from mmc_core.datasets.user import problems as problems_module
from mmc_core.datasets.user import source as sources
from mmc_core.errors import MMCError
from mmc_core.language import _, ngettext, write
from mmc_core.moods import BY_NAME, NAMES, Mood
from mmc_core.ui.common import widgets
from mmc_core.ui.your_data.builder import TABLE, Upload, put_down
from mmc_core.wording import listed

LARGEST = 5e6  # bytes of a table that is read at each choice; a larger one is read when it is built
SHOWN = 3  # problems


def draw(uploads: Sequence[Upload], source: str) -> bool:
    """Draw what is recognised in the files, or why they cannot be used; nothing where that can only
    be known by building. Return whether something may be built of them.
    """
    if not uploads:
        return False
    if source == TABLE:
        return _draw_table(uploads)
    if sentence := folder_sentence([upload.name for upload in uploads]):
        st.info(sentence, icon=":material/folder:")
    return True


def folder_sentence(names: Sequence[str]) -> str:
    """Return how many songs of each mood a folder has; "" where a list of files says that.

    Args:
        names: of the files, with the folders above them.
    """
    places = [PurePosixPath(name.replace("\\", "/")).parts for name in names]
    songs = [place for place in places if PurePosixPath(place[-1]).suffix.lower() in AUDIO_SUFFIXES]
    moods = Counter(mood.name if (mood := _mood_of(place)) else "" for place in songs)
    if not songs or (set(moods) == {""} and len(songs) < len(places)):
        return ""
    counts = [
        f"{write(moods[name], ',')} {_(BY_NAME[name].label)}" for name in NAMES if moods[name]
    ]
    if moods[""]:
        outside = _("{n:,} not in a mood's folder", n=moods[""])
        counts.append(outside)
    return ngettext(
        "{n} song: {counts}.", "{n:,} songs: {counts}.", len(songs), counts=", ".join(counts)
    )


def _mood_of(place: Sequence[str]) -> Mood | None:
    """Return the mood of a file's folder, which may be in the folder that was chosen."""
    above = place[:-1][:2]
    return next(filter(None, map(hive.mood_of, above)), None)


def _draw_table(uploads: Sequence[Upload]) -> bool:
    if sum(upload.getbuffer().nbytes for upload in uploads) > LARGEST:
        return True
    try:
        with tempfile.TemporaryDirectory() as temporary:
            file = put_down(uploads, Path(temporary) / "Your folder")
            limit = settings.page_table_limit()
            read = user.read(file, limit=limit, confined=True, needs_features=True)
    except (MMCError, OSError) as error:
        st.error(widgets.escape_markdown(str(error)), icon=":material/error:")
        return False
    n, features = len(read.clips), [each.name for each in features_of(read.clips.columns)]
    used = [name for name in sources.LABELS if _has(read, name)]
    rows = ngettext("{n} row can be used", "{n:,} rows can be used", n)
    columns = listed(f"`{name}`" for name in [*sorted(used), *features[:8]])
    more = len(features) - 8
    if more > 0:
        columns += " " + ngettext("and {n} more feature", "and {n} more features", more)
    sentences = [_("{rows}, with the columns {columns}.", rows=rows, columns=columns)]
    said = problems_module.sentences([*read.notes, *read.problems], SHOWN)
    sentences += [widgets.escape_markdown(sentence) for sentence in said]
    st.info("\n\n".join(sentences), icon=":material/table:")
    return True


def _has(read: sources.Source, column: str) -> bool:
    """Return whether a column that is no feature is in a table, and says anything."""
    if column not in read.clips or column == "clip":
        return False
    cells = read.clips[column]
    return bool((cells.notna() & (cells.astype(str) != "")).any())
