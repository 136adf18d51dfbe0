"""Which sound is listened to: a clip of a dataset, a sample, or a visitor's own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import streamlit as st

from mmc_core import datasets
from mmc_core.audio.containers import FORMATS
from mmc_core.datasets import Dataset
from mmc_core.figures.style import mood_label
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.moods import MOODS
from mmc_core.settings import page_limits
from mmc_core.ui.common import address, load, recording, widgets
from mmc_core.ui.common.load import SAMPLES

FROM_DATASET, SAMPLE, UPLOAD, RECORD = "dataset", "sample", "upload", "record"
SOURCES = {
    FROM_DATASET: N_("A clip"),
    SAMPLE: N_("A sample"),
    UPLOAD: N_("Upload"),
    RECORD: N_("Record"),
}
ANY_MOOD = "any"


@dataclass(frozen=True)
class Sound:
    """What is listened to: a file of this machine, or a visitor's bytes."""

    name: str
    content: Path | bytes
    dataset: str | None = None  # its id
    mood: str | None = None
    title: str = ""  # to be read; its name where empty
    listed: Sequence[str] = ()  # names of the sounds that it was chosen from
    parameter: str = ""  # what the address calls that choice

    @property
    def shown(self) -> str:
        return self.title or self.name

    @property
    def key(self) -> str:
        """Tells content from other content."""
        if isinstance(self.content, bytes):
            return hashlib.sha256(self.content).hexdigest()
        state = self.content.stat()
        return f"{self.content}|{state.st_size}|{state.st_mtime_ns}"


def choose_again(sound: Sound, name: str) -> None:
    """Choose another sound of the list that a sound was chosen from."""
    address.assign(**{sound.parameter: name})


def choose(prefix: str = "") -> Sound | None:
    """The widgets that choose a sound; None, with a word why, where there is none yet.

    Args:
        prefix: of what the address calls these choices, where a page has several sounds.
    """
    first = FROM_DATASET if _with_audio() or f"{prefix}clip" in st.query_params else SAMPLE
    if prefix and address.chosen("source") == SAMPLE and f"{prefix}clip" not in st.query_params:
        first = SAMPLE  # like beside like
    source = st.segmented_control(
        _("Listen to"),
        list(SOURCES),
        required=True,
        format_func=lambda name: _(SOURCES[name]),
        **address.one(f"{prefix}source", list(SOURCES), first),
    )
    if source == SAMPLE:
        return _choose_sample(prefix)
    if source == UPLOAD:
        return _choose_upload(prefix)
    if source == RECORD:
        return _record(prefix)
    return _choose_clip(prefix)


def _choose_sample(prefix: str) -> Sound:
    samples = {sample["file"]: sample for sample in load.samples()}
    file = st.selectbox(
        _("Sample"),
        list(samples),
        format_func=lambda name: f"{samples[name]['composer']}: {samples[name]['title']}",
        **address.one(f"{prefix}sample", list(samples), list(samples)[-1 if prefix else 0]),
    )
    st.caption(_(samples[file]["description"]))
    _say_if_first(prefix, file, list(samples))
    sample = samples[file]
    title = f"{sample['composer']}: {sample['title']}"
    return Sound(
        file, SAMPLES / file, title=title, listed=list(samples), parameter=f"{prefix}sample"
    )


def _choose_upload(prefix: str) -> Sound | None:
    limits = page_limits()
    upload = st.file_uploader(
        _(
            "A song: {formats}; at most {size:.0f} MB and {minutes:.0f} minutes",
            formats=FORMATS,
            size=limits.size_bytes / 1e6,
            minutes=limits.duration_s / 60,
        ),
        max_upload_size=ceil(limits.size_bytes / 1e6),
        key=f"{prefix}listen-upload",
    )
    if upload is None:
        _say_what_becomes_of_it()
        return None
    return Sound(upload.name, upload.getvalue())


def _record(prefix: str) -> Sound | None:
    recorded = recording.record(_("Record from the microphone"), key=f"{prefix}listen-recording")
    if recorded is None:
        _say_what_becomes_of_it()
        return None
    return Sound(*recorded)


def _say_what_becomes_of_it() -> None:
    st.info(
        _("Songs are analysed on the machine that runs this app and are not saved."),
        icon=":material/lock:",
    )


def _with_audio() -> list[str]:
    return [id_ for id_ in datasets.every() if load.audio(id_)]


def _choose_clip(prefix: str) -> Sound | None:
    every = datasets.every()
    first = next(iter(_with_audio()), next(iter(every)))
    which, of_mood, named = st.columns([2, 1, 2])
    with which:
        dataset_id = st.selectbox(
            _("Dataset"),
            list(every),
            format_func=lambda id_: every[id_].title,
            **address.one(f"{prefix}dataset", list(every), first),
        )
    files = load.audio(dataset_id)
    moods = _moods_of(dataset_id)
    with of_mood:
        any_or_one = [ANY_MOOD, *(m.name for m in MOODS)]
        mood = st.selectbox(
            _("Mood"),
            any_or_one,
            format_func=lambda name: mood_label(MOOD[name]) if name in MOOD else _("Any mood"),
            disabled=not moods,
            **address.one(f"{prefix}mood", any_or_one, ANY_MOOD),
        )
    if not files:
        _say_what_is_missing(every[dataset_id])
        return None
    clips = _clips(dataset_id, mood)
    if not clips:
        text = (
            _("The audio of {mood} clips is not on this machine.", mood=MOOD[mood].label)
            if mood in MOOD
            else _("The audio of any clips is not on this machine.")
        )
        st.info(text, icon=":material/info:")
        return None
    with named:
        clip = st.selectbox(
            _("Clip ({n})", n=len(clips)),
            clips,
            format_func=load.clip_labels(dataset_id),
            help=_("Type part of an artist or a title to find a clip"),
            **address.one(f"{prefix}clip", clips, clips[-1 if prefix else 0]),
        )
    _say_if_first(prefix, clip, clips)
    title = load.clip_names(dataset_id).get(clip, "")
    return Sound(clip, files[clip], dataset_id, moods.get(clip), title, clips, f"{prefix}clip")


def _say_if_first(prefix: str, name: str, listed: Sequence[str]) -> None:
    """Say that nobody has chosen the second sound yet, as long as it is the one to begin with."""
    if prefix and name == listed[-1]:
        st.caption(_("The last of the list, to begin with. Choose what you want to compare."))


def _clips(dataset_id: str, mood: str) -> list[str]:
    """The clips of a mood whose sound is here; all where moods are not known."""
    files, moods = load.audio(dataset_id), _moods_of(dataset_id)
    return [
        clip
        for clip in moods or files
        if clip in files and (not moods or mood in (ANY_MOOD, moods[clip]))
    ]


def _moods_of(dataset_id: str) -> dict[str, str]:
    """The mood of each clip, where the table is here."""
    table = load.table(dataset_id)
    if table is None:
        return {}
    return dict(zip(table["clip"].tolist(), table["mood"].tolist(), strict=True))


def _say_what_is_missing(dataset: Dataset) -> None:
    title = widgets.escape_markdown(dataset.title)
    missing = _("The audio of {dataset} is not on this machine.", dataset=title)
    st.info(
        f"{missing} {widgets.escape_markdown(dataset.audio_advice)}",
        icon=":material/volume_off:",
    )
    elsewhere = [datasets.get(id_).title for id_ in _with_audio()]
    if elsewhere:
        names = ", ".join(map(widgets.escape_markdown, elsewhere))
        st.caption(_("Datasets with audio on this machine: {names}.", names=names))
    else:
        st.caption(_("You can listen to a sample song or upload your own."))
