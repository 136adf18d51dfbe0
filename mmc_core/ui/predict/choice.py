"""What is to be predicted: the song, or songs."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

import streamlit as st

from mmc_core.audio.containers import FORMATS
from mmc_core.figures.style import mood_label
from mmc_core.jobs.song_work import SongFile
from mmc_core.language import N_, _, ngettext
from mmc_core.moods import BY_NAME
from mmc_core.runs import Run
from mmc_core.settings import page_keep_seconds, page_limits
from mmc_core.ui.common import address, load, recording
from mmc_core.ui.common.load import Heard
from mmc_core.ui.predict import visit
from mmc_core.ui.predict.visit import Visit

SAMPLE, UPLOAD = "sample", "upload"
SOURCES = {SAMPLE: N_("Try a sample"), UPLOAD: N_("Upload your own")}


def choose_source() -> str:
    """The widget that chooses where songs come from."""
    source: str = st.segmented_control(
        _("Song"),
        list(SOURCES),
        required=True,
        format_func=lambda name: _(SOURCES[name]),
        **address.one("song", list(SOURCES), SAMPLE),
    )
    return source


def choose_sample(run: Run, *, is_second: bool = False) -> SongFile:
    """Draw the list of samples with their intended moods, and return the chosen one.

    At first the one that the model is clearest about; as a second song, another one.
    """
    samples = {sample["file"].removesuffix(".ogg"): sample for sample in load.samples()}
    default = _clearest(samples, load.heard().get(run.name, {}))
    if is_second:
        default = next(name for name in samples if name != default)
    name = st.selectbox(
        _("Second sample") if is_second else _("Sample"),
        list(samples),
        format_func=lambda key: _sample_label(samples[key]),
        label_visibility="collapsed",
        **address.one("second-sample" if is_second else "sample", list(samples), default),
    )
    sample = samples[name]
    st.caption(f"{sample['composer']}. {_(sample['description'])}")
    return visit.sample(sample["file"])


def choose_uploads() -> list[SongFile]:
    """The widgets that take songs: from files, and from the microphone."""
    limits = page_limits()
    uploads = st.file_uploader(
        _(
            "Upload songs: {formats}; up to {size:.0f} MB, {minutes:.0f} min each",
            formats=FORMATS,
            size=limits.size_bytes / 1e6,
            minutes=limits.duration_s / 60,
        ),
        accept_multiple_files=True,
        max_upload_size=ceil(limits.size_bytes / 1e6),
        key=f"uploads-{st.session_state.get('uploader', 0)}",  # a new one is empty
    )
    with st.expander(_("Or record from the microphone"), icon=":material/mic:"):
        recorded = recording.record(
            _("Recording"), key=f"recording-{st.session_state.get('uploader', 0)}"
        )
    songs = [SongFile(upload.name, upload.getvalue()) for upload in uploads]
    return [SongFile(*recorded), *songs] if recorded else songs


def draw_privacy(here: Visit) -> None:
    """Where songs are, for how long, and the button that drops them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _("Songs are kept in memory only."),
            width="content",
            help=ngettext(
                "Songs are analysed on the machine that runs this app. It keeps your last five "
                "songs in memory until about a minute after you leave.",
                "Songs are analysed on the machine that runs this app. It keeps your last five "
                "songs in memory until about {n} minutes after you leave.",
                max(1, round(page_keep_seconds() / 60)),
            ),
        )
        if here.songs and st.button(_("Delete my songs"), icon=":material/delete:"):
            here.forget()
            st.session_state["uploader"] = st.session_state.get("uploader", 0) + 1
            address.rerun()


def _clearest(samples: Mapping[str, Mapping[str, Any]], heard: Mapping[str, Heard]) -> str:
    """The sample whose intended mood the model gives the most; else the first."""

    def clarity(name: str) -> float:
        mood, probability = heard.get(name, (None, 0.0))
        return probability if mood == samples[name]["character"] else 0.0

    return max(samples, key=clarity)


def _sample_label(sample: Mapping[str, Any]) -> str:
    intended = mood_label(BY_NAME[sample["character"]])
    return _("{song}. Intended: {intended}", song=sample["title"], intended=intended)
