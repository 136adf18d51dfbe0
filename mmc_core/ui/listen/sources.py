"""Which sound is listened to: a clip of a dataset, a sample, or a visitor's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from mmc_core import datasets
from mmc_core.datasets import Dataset
from mmc_core.figures.style import mood_label
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.moods import MOODS
from mmc_core.settings import page_limits
from mmc_core.ui.common import load, widgets
from mmc_core.ui.common.load import SAMPLES

FROM_DATASET, SAMPLE, UPLOAD = "dataset", "sample", "upload"
SOURCES = {
    FROM_DATASET: "A clip of a dataset",
    SAMPLE: "A sample song",
    UPLOAD: "Upload your own",
}
ANY_MOOD = "any"


@dataclass(frozen=True)
class Sound:
    """What is listened to: a file of this machine, or a visitor's bytes."""

    name: str
    content: Path | bytes
    dataset: str | None = None  # its id
    mood: str | None = None

    @property
    def key(self) -> str:
        """Tells content from other content."""
        if isinstance(self.content, bytes):
            return hashlib.sha256(self.content).hexdigest()
        state = self.content.stat()
        return f"{self.content}|{state.st_size}|{state.st_mtime_ns}"


def choose() -> Sound | None:
    """The widgets that choose a sound; None, with a word why, where there is none yet."""
    _arrive()
    source = st.segmented_control(
        "Listen to",
        list(SOURCES),
        default=FROM_DATASET if _with_audio() else SAMPLE,
        required=True,
        format_func=lambda name: SOURCES[name],
        key="source",
        **widgets.IN_ADDRESS,
    )
    if source == SAMPLE:
        return _choose_sample()
    if source == UPLOAD:
        return _choose_upload()
    return _choose_clip()


def _arrive() -> None:
    """Go to the clip that a link names by `dataset` and `clip`, by the names of the widgets here:
    then these hold it, and the address with them.
    """
    title, clip = st.query_params.get("dataset"), st.query_params.get("clip")
    if title is None or clip is None:
        return
    every = datasets.every()
    dataset_id = next((id_ for id_, each in every.items() if title in (each.title, id_)), None)
    if dataset_id is None:
        st.warning(
            f"There is no dataset {widgets.escape_markdown(title)} here. Choose another one.",
            icon=":material/warning:",
        )
        return
    title = every[dataset_id].title
    choices = {"source": FROM_DATASET, "collection": dataset_id, "of-mood": ANY_MOOD, "piece": clip}
    for key in choices:  # or what was chosen before would stay
        st.session_state.pop(key, None)
    try:
        st.switch_page(
            "pages/listen.py",
            query_params={"source": SOURCES[FROM_DATASET], "collection": title, "piece": clip},
        )
    except StreamlitAPIException:  # the widgets are there already, or the page is without the app
        st.query_params.pop("dataset")
        st.query_params.pop("clip")
        st.session_state.update(choices)


def _choose_sample() -> Sound:
    samples = {sample["file"]: sample for sample in load.samples()}
    file = st.selectbox(
        "Sample",
        list(samples),
        format_func=lambda name: f"{samples[name]['composer']}: {samples[name]['title']}",
        key="sample",
        **widgets.IN_ADDRESS,
    )
    st.caption(samples[file]["description"])
    return Sound(file, SAMPLES / file)


def _choose_upload() -> Sound | None:
    limits = page_limits()
    upload = st.file_uploader(
        "A song: mp3, m4a, wav, flac, ogg, opus, aac, wma; at most "
        f"{limits.size_bytes / 1e6:.0f} MB and {limits.duration_s / 60:.0f} minutes",
        max_upload_size=ceil(limits.size_bytes / 1e6),
        key="listen-upload",
    )
    if upload is None:
        st.info(
            "Songs are analysed on the machine that runs this app and are not saved.",
            icon=":material/lock:",
        )
        return None
    return Sound(upload.name, upload.getvalue())


def _with_audio() -> list[str]:
    return [id_ for id_ in datasets.every() if load.audio(id_)]


def _choose_clip() -> Sound | None:
    every = datasets.every()
    first = next(iter(_with_audio()), next(iter(every)))
    which, of_mood, named = st.columns([2, 1, 2])
    with which:
        dataset_id = st.selectbox(
            "Dataset",
            list(every),
            index=list(every).index(first),
            format_func=lambda id_: every[id_].title,
            key="collection",
            on_change=_go_to_first_clip,
            **widgets.IN_ADDRESS,
        )
    files = load.audio(dataset_id)
    moods = _moods_of(dataset_id)
    with of_mood:
        mood = st.selectbox(
            "Mood",
            [ANY_MOOD, *(m.name for m in MOODS)],
            format_func=lambda name: mood_label(MOOD[name]) if name in MOOD else "Any mood",
            key="of-mood",
            on_change=_go_to_first_clip,
            disabled=not moods,
            **widgets.IN_ADDRESS,
        )
    if not files:
        _say_what_is_missing(every[dataset_id])
        return None
    clips = _clips(dataset_id, mood)
    asked: set[str] = {st.session_state.get("piece", "")}
    if not st.session_state.pop("of-others", False):
        asked.add(st.query_params.get("piece", ""))
    for name in asked - {"", *clips}:
        if name in files:
            clips = [name, *clips]  # named by the address, whatever the mood
        else:
            st.session_state.pop("piece", None)
            st.warning(
                f"There is no audio of a clip {widgets.escape_markdown(name)} here. Another clip "
                "is shown.",
                icon=":material/warning:",
            )
    if not clips:
        st.info(f"The audio of {mood} clips is not on this machine.", icon=":material/info:")
        return None
    with named:
        clip = st.selectbox(
            f"Clip ({len(clips)})",
            clips,
            key="piece",
            help="Type part of a name to find a clip",
            **widgets.IN_ADDRESS,
        )
    return Sound(clip, files[clip], dataset_id, moods.get(clip))


def _clips(dataset_id: str, mood: str) -> list[str]:
    """The clips of a mood whose sound is here; all where moods are not known."""
    files, moods = load.audio(dataset_id), _moods_of(dataset_id)
    return [
        clip
        for clip in moods or files
        if clip in files and (not moods or mood in (ANY_MOOD, moods[clip]))
    ]


def _go_to_first_clip() -> None:
    """Another dataset or mood has other clips than that which the address still names."""
    st.session_state["of-others"] = True
    clips = _clips(st.session_state["collection"], st.session_state["of-mood"])
    if clips:
        st.session_state["piece"] = clips[0]
    else:
        st.session_state.pop("piece", None)


def _moods_of(dataset_id: str) -> dict[str, str]:
    """The mood of each clip, where the table is here."""
    table = load.table(dataset_id)
    if table is None:
        return {}
    return dict(zip(table["clip"].tolist(), table["mood"].tolist(), strict=True))


def _say_what_is_missing(dataset: Dataset) -> None:
    st.info(
        f"The audio of {widgets.escape_markdown(dataset.title)} is not on this machine. "
        f"{widgets.escape_markdown(dataset.audio_advice)}",
        icon=":material/volume_off:",
    )
    elsewhere = [datasets.get(id_).title for id_ in _with_audio()]
    if elsewhere:
        names = ", ".join(map(widgets.escape_markdown, elsewhere))
        st.caption(f"Datasets with audio on this machine: {names}.")
    else:
        st.caption("You can listen to a sample song or upload your own.")
