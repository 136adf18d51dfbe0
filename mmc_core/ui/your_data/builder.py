"""What a visitor uploads to a dataset of their own, and the datasets there are of that kind."""

from __future__ import annotations

import hashlib
import itertools
import re
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

import pandas as pd
import streamlit as st

from mmc_core import datasets, settings
from mmc_core.audio.folders import AUDIO_SUFFIXES
from mmc_core.datasets import UserDataset, user
from mmc_core.datasets.user import hive
from mmc_core.datasets.user import source as sources
from mmc_core.errors import MMCError
from mmc_core.features.schema import FEATURES
from mmc_core.files import csv_text
from mmc_core.language import N_, _, ngettext, write
from mmc_core.learning import inputs
from mmc_core.moods import MOODS
from mmc_core.ui.common import load, widgets
from mmc_core.ui.common.failures import show_errors

SONGS, TABLE = "songs", "table"
SOURCES = {SONGS: N_("A folder of songs"), TABLE: N_("A table of features")}
SONG_TYPES = sorted(suffix[1:] for suffix in (*AUDIO_SUFFIXES, ".csv"))
TABLE_TYPES = ["csv", "tsv", "parquet"]
LONGEST_NAME = 255  # bytes of a file's or folder's name: the most that disks take
OFF = N_("Adding and removing datasets is switched off for this app.")


class Upload(Protocol):
    """What Streamlit gives of an uploaded file; its name may have folders."""

    @property
    def name(self) -> str: ...

    def getbuffer(self) -> memoryview: ...


def list_template() -> str:
    """A CSV of songs and their moods to begin from."""
    rows = [(f"songs/{mood.name}.mp3", mood.name, f"Artist {mood.quadrant}") for mood in MOODS]
    return csv_text(pd.DataFrame(rows, columns=["path", "mood", "group"]))


def table_template() -> str:
    """A CSV of features to begin from: a clip a mood of 4QAED."""
    example = load.table("4qaed")
    assert example is not None  # it comes with the project
    example = example.groupby("mood", sort=False).head(1)
    columns = ["clip", "mood", "group", "duration_s", *(feature.name for feature in FEATURES)]
    return csv_text(example[columns].round(4))


def suggested_name(uploads: Sequence[Upload], source: str) -> str:
    """What a dataset may be called after what was uploaded."""
    if not uploads:
        return ""
    path = PurePosixPath(uploads[0].name)
    above = path.parts[0] if len(path.parts) > 1 and not hive.mood_of(path.parts[0]) else ""
    return user.clean_title(path.stem if source == TABLE else above)


def replaced(name: str) -> UserDataset | None:
    """The dataset in whose place one of this name would come.

    Raises:
        MMCError: if the name cannot be given.
    """
    return user.every().get(datasets.user_dataset_name(name).id)


def build(uploads: Sequence[Upload], name: str) -> UserDataset:
    """Make a dataset of uploaded files, showing progress. The files themselves are not kept.

    Raises:
        MMCError: if nothing can be used; a dataset of that name stays as it was.
    """
    if not settings.page_datasets():
        raise MMCError(OFF)
    called = datasets.user_dataset_name(name)
    bar = st.progress(0.0, text=_("Reading your files"))

    def advance(done: int, total: int) -> None:
        text = _("{done:,} of {total:,} songs analysed", done=done, total=total)
        bar.progress(done / max(total, 1), text=text)

    try:
        with tempfile.TemporaryDirectory() as temporary:
            folder = put_down(uploads, Path(temporary) / "Your folder")
            source = user.read(folder, limit=settings.page_table_limit(), confined=True)
            if source.kind == sources.TABLE:
                bar.progress(0.5, text=_("Summarising {n:,} clips", n=len(source.clips)))
            dataset = user.build(
                source,
                called,
                advance,
                done=Path(temporary) / "done.jsonl",
                limits=settings.page_limits(),
                remember_audio=False,
            )
    except OSError as error:
        raise MMCError(f"The dataset could not be written: {error.strerror or error}.") from error
    finally:
        bar.empty()
    return dataset


def put_down(uploads: Sequence[Upload], folder: Path) -> Path:
    """Write uploaded files into a folder as they lay in the visitor's; a lone table as a file.

    Names come from outside: what would lead out of the folder is taken out of them, and none comes
    in another's place.
    """
    places = [_parts(upload.name) for upload in uploads]
    tops = {parts[0] for parts in places if len(parts) > 1}
    if len(tops) == 1 and all(len(p) > 1 for p in places) and not hive.mood_of(next(iter(tops))):
        places = [parts[1:] for parts in places]  # the folder that was chosen
    written = folder
    for upload, parts in zip(uploads, _apart(places), strict=True):
        written = folder.joinpath(*parts)
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_bytes(upload.getbuffer())
    is_table = len(uploads) == 1 and written.suffix.lower() in sources.TABLE_SUFFIXES
    return written if is_table else folder


def _parts(name: str) -> list[str]:
    parts = [re.sub(r"[\x00-\x1f]", "", part).strip() for part in re.split(r"[/\\]", name)]
    harmless = [_short(part) for part in parts if part not in ("", ".", "..")]
    return harmless or ["file"]


def _short(name: str) -> str:
    """A name that a disk takes; another for every name, since a hash of all of it is in it."""
    if len(name.encode(errors="replace")) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:16]
    end = f"-{digest}{PurePosixPath(name).suffix[:10]}".encode(errors="replace")
    return (name.encode(errors="replace")[: LONGEST_NAME - len(end)] + end).decode(errors="ignore")


def _apart(places: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Places of which no two are one, on a disk that does not tell "a" from "A" either."""
    taken = {_same(parts[:n]) for parts in places for n in range(1, len(parts))}  # the folders
    apart = []
    for *above, name in places:
        file = PurePosixPath(name)
        numbered = (_short(f"{file.stem} ({n}){file.suffix}") for n in itertools.count(2))
        names = ((*above, each) for each in itertools.chain([name], numbered))
        place = next(place for place in names if _same(place) not in taken)
        taken.add(_same(place))
        apart.append(place)
    return apart


def _same(parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", part).casefold() for part in parts)


# ---- what there is --------------------------------------------------------------------------


def draw_datasets(just_built: str | None) -> None:
    """Every dataset that was built here, the one just built first."""
    whole = user.every()
    for id_ in sorted(whole, key=lambda id_: id_ != just_built):
        with st.container(border=True):
            _card(whole[id_], is_new=id_ == just_built)
    for name, sentence in user.newer().items():
        st.warning(widgets.escape_markdown(f"{name}: {sentence}"), icon=":material/warning:")
    damaged = user.damaged()
    for name in damaged:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                _(
                    "**{name}** is damaged, so no page lists it. Build it again, or remove it.",
                    name=widgets.escape_markdown(name),
                ),
                width="stretch",
            )
            _remove(name, name)
    if not whole and not damaged:
        st.info(_("No datasets yet"), icon=":material/info:")


def _card(dataset: UserDataset, *, is_new: bool) -> None:
    clips = dataset.clips()
    with st.container(horizontal=True, vertical_alignment="center"):
        n_clips = _("{n:,} clips", n=sum(clips.values()))
        st.markdown(f"**{dataset.title}** &nbsp; {n_clips}", width="stretch")
        _remove(dataset.id, dataset.title)
    widgets.mood_badges({mood: write(n, ",") for mood, n in clips.items()})
    groups = _("Groups: {grouping}", grouping=_(dataset.grouping))
    st.caption(f"{dataset.description} {groups}")
    if min(clips.values(), default=0) < inputs.LEAST_GROUPS:
        few = _(
            "Fewer than {n} clips of a mood: comparisons say little, and training needs more.",
            n=inputs.LEAST_GROUPS,
        )
        st.caption(few)
    if reason := load.lacks(dataset.id):
        st.caption(_("Models cannot be trained on it: {reason}", reason=reason))
    for note in dataset.notes:
        st.caption(widgets.escape_markdown(note))
    if dataset.n_problems:
        problems = ngettext("{n} problem", "{n:,} problems", dataset.n_problems)
        with st.expander(problems, icon=":material/warning:", expanded=is_new):
            st.markdown(
                "\n".join(
                    f"- {widgets.escape_markdown(sentence)}"
                    for sentence in dataset.problem_sentences
                )
            )
            st.download_button(
                _("All problems (CSV)"),
                dataset.problems_path.read_bytes(),
                file_name=f"{dataset.id}-problems.csv",
                mime="text/csv",
                key=f"problems-{dataset.id}",
                on_click="ignore",
            )
    with st.container(horizontal=True):
        widgets.page_link("distributions", _("Distributions"), "bar_chart", dataset=dataset.id)
        if len(clips) > 1:  # moods are compared with each other
            widgets.page_link(
                "compare",
                _("Compare"),
                "compare_arrows",
                dataset=["4qaed", dataset.id],
                moods=list(clips),
            )


def _remove(name: str, title: str) -> None:
    """A button that asks once more."""
    if not settings.page_datasets():
        return
    with st.popover(_("Remove"), icon=":material/delete:", key=f"ask-{name}"):
        st.markdown(
            _(
                "**{title}** is removed for everyone who opens this app. Files on your own machine "
                "stay, and so do networks that were trained on it.",
                title=widgets.escape_markdown(title),
            )
        )
        st.button(
            _("Remove permanently"),
            type="primary",
            key=f"remove-{name}",
            on_click=_removed,
            args=[name],
        )


def _removed(name: str) -> None:
    if not settings.page_datasets():  # a browser can be made to click what is not there
        return
    with show_errors(MMCError, OSError):
        user.remove(name)
