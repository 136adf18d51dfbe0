"""One piece of sound looked into: chosen, played, drawn, and laid beside the clips of a dataset.

What is kept between redraws is pooled pictures and numbers, never a visitor's sound.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import ceil, floor
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from mmc_core import datasets
from mmc_core.analysis import placement
from mmc_core.audio import CLIP_S, load_audio
from mmc_core.datasets import Dataset
from mmc_core.errors import AudioError
from mmc_core.features.description import Facts, facts, sentences
from mmc_core.features.display import Pictures, pictures
from mmc_core.features.scalars import describe_spectra
from mmc_core.features.schema import BY_NAME, GROUPS, TIMBRE
from mmc_core.features.spectra import Spectra
from mmc_core.figures import clip as figures
from mmc_core.figures import placement as placement_figures
from mmc_core.figures.style import Figure, mood_label
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.moods import MOODS
from mmc_core.settings import page_limits
from mmc_core.ui.common import load, widgets
from mmc_core.ui.common.load import SAMPLES
from mmc_core.ui.predict.answer import NOT_PLAYED, media_type

FROM_DATASET, SAMPLE, UPLOAD = "dataset", "sample", "upload"
SOURCES = {
    FROM_DATASET: "A clip of a dataset",
    SAMPLE: "A sample song",
    UPLOAD: "Upload your own",
}
STEP_S = 0.5  # between the places where a piece may begin
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


@dataclass(frozen=True)
class Heard:
    """What is kept of a piece of sound."""

    whole_s: float  # of all the sound
    pictures: Pictures
    facts: Facts
    row: Mapping[str, Any]  # its features


# ---- which sound ------------------------------------------------------------------------------


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
    found = next((id_ for id_, each in every.items() if title in (each.title, id_)), None)
    if found is None:
        st.warning(
            f"There is no dataset {widgets.plain(title)} here; choose another.",
            icon=":material/warning:",
        )
        return
    title = every[found].title
    held = {"source": FROM_DATASET, "collection": found, "of-mood": ANY_MOOD, "piece": clip}
    for key in held:  # or what was chosen before would stay
        st.session_state.pop(key, None)
    try:
        st.switch_page(
            "pages/listen.py",
            query_params={"source": SOURCES[FROM_DATASET], "collection": title, "piece": clip},
        )
    except StreamlitAPIException:  # the widgets are there already, or the page is without the app
        st.query_params.pop("dataset")
        st.query_params.pop("clip")
        st.session_state.update(held)


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
            "Songs are analysed on the machine that runs this app and are not kept.",
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
                f"There is no sound of a clip {widgets.plain(name)} here; this is another one.",
                icon=":material/warning:",
            )
    if not clips:
        st.info(f"No clip of this mood has its audio here ({mood}).", icon=":material/info:")
        return None
    with named:
        clip = st.selectbox(
            f"Clip ({len(clips)})",
            clips,
            key="piece",
            help="Type a part of its name to find it",
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
        f"The audio of {widgets.plain(dataset.title)} is not on this machine. "
        f"{widgets.plain(dataset.audio_advice)}",
        icon=":material/volume_off:",
    )
    elsewhere = [datasets.get(id_).title for id_ in _with_audio()]
    if elsewhere:
        st.caption(f"Audio is here of: {', '.join(map(widgets.plain, elsewhere))}.")
    else:
        st.caption("Meanwhile, a sample song or one of your own can be looked into.")


# ---- hearing it -------------------------------------------------------------------------------


def hear(sound: Sound) -> Heard | None:
    """The piece to look into, begun where the visitor chooses; None, with its sentence, where the
    sound cannot be used.
    """
    try:
        first = _hear(sound.key, 0.0, sound)
        start_s = _choose_start(first.whole_s)
        return first if start_s == 0 else _hear(sound.key, start_s, sound)
    except (AudioError, OSError) as error:
        st.warning(widgets.plain(str(error)), icon=":material/warning:")
        return None


@st.cache_resource(max_entries=32, show_spinner="Listening …")
def _hear(key: str, start_s: float, _sound: Sound) -> Heard:
    audio = load_audio(_sound.content, name=_sound.name, limits=page_limits())
    spectra = Spectra(audio.cut(start_s).y)
    return Heard(
        audio.duration_s,
        pictures(spectra, start_s),
        facts(spectra, start_s),
        describe_spectra(spectra),
    )


def _choose_start(whole_s: float) -> float:
    """Where the piece begins: anywhere that leaves 25.5 s."""
    latest = floor((whole_s - CLIP_S) / STEP_S) * STEP_S
    if latest <= 0:
        if whole_s < CLIP_S:
            st.caption(f"All of its {whole_s:.1f} s are shown.")
        return 0.0
    if (st.session_state.get("start") or 0.0) > latest:
        st.session_state["start"] = latest
    start: float = st.slider(
        f"Shown are {CLIP_S} of {whole_s:.1f} s, beginning at",
        0.0,
        latest,
        0.0,
        step=STEP_S,
        format="%.1f s",
        key="start",
        **widgets.IN_ADDRESS,
    )
    return start


def play(sound: Sound, start_s: float) -> None:
    """The player, and what the dataset says of the clip."""
    if isinstance(sound.content, bytes) and media_type(sound.name) in NOT_PLAYED:
        st.caption("Browsers do not play this kind of file.")
    else:
        st.audio(sound.content, format=media_type(sound.name), start_time=int(start_s))
    if sound.dataset:
        title = datasets.get(sound.dataset).title
        label = f": {MOOD[sound.mood].mark} {sound.mood}" if sound.mood else ""
        st.caption(f"{widgets.plain(sound.name)}, {widgets.plain(title)}{label}")


# ---- its pictures -----------------------------------------------------------------------------


def show_pictures(sound: Sound, heard: Heard) -> None:
    """The chosen pictures, and beside each what one sees."""
    chosen = st.pills(
        "Pictures",
        list(figures.PANELS),
        selection_mode="multi",
        default=list(figures.PANELS),
        format_func=lambda name: figures.PANELS[name].title.partition(" (")[0],
        key="pictures",
        **widgets.IN_ADDRESS,
    )
    names = [name for name in figures.PANELS if name in chosen]
    if not names:
        st.info("Choose a picture to see the sound.", icon=":material/info:")
        return
    picture, words = st.columns([5, 3], gap="medium")
    with picture:
        widgets.figure(
            _panels(sound.key, heard.facts.start_s, tuple(names), sound.name, heard.pictures),
            key="pictures-of-it",
            name=f"{Path(sound.name).stem}-pictures",
        )
    with words:
        said = sentences(heard.facts)
        st.html(_STYLE + "".join(_beside(name, said[name]) for name in names))


@st.cache_resource(max_entries=16, show_spinner=False)
def _panels(
    key: str, start_s: float, names: tuple[str, ...], called: str, _found: Pictures
) -> Figure:
    return figures.panels(_found, names, called)


_STYLE = """<style>
.beside { box-sizing: border-box; overflow: hidden; }
.beside b { display: block; font-size: 0.95rem; margin-bottom: 0.15rem; }
.beside p { margin: 0 0 0.3rem; line-height: 1.35; font-size: 0.95rem; }
.beside p + p { color: #6B6E7B; font-size: 0.85rem; }
@media (max-width: 640px) { .beside { height: auto !important; margin-bottom: 1rem; } }
</style>"""


def _beside(name: str, sentence: str) -> str:
    """What one sees in a picture, and what it is, as tall as the picture."""
    (height,) = figures.row_heights([name])
    panel = figures.PANELS[name]
    return (
        f"<div class='beside' style='height:{height}px'><b>{escape(panel.title.split(' (')[0])}</b>"
        f"<p>{escape(sentence)}</p><p>{escape(panel.reading)}</p></div>"
    )


# ---- where it lies ----------------------------------------------------------------------------


def show_place(sound: Sound, heard: Heard) -> None:
    """Where the piece lies among the clips of each mood of a dataset."""
    every = datasets.every()
    own = sound.dataset or "4qaed"
    with_dataset, with_feature = st.columns(2, gap="large")
    with with_dataset:
        beside = st.selectbox(
            "Among the clips of",
            list(every),
            index=list(every).index(own),
            format_func=lambda id_: every[id_].title,
            key="beside",
            **widgets.IN_ADDRESS,
        )
    title = every[beside].title
    summary = load.summary(beside)
    places = placement.placed(heard.row, summary)
    if places.empty:
        st.info(f"{widgets.plain(title)} has no features of numbers.", icon=":material/info:")
        return
    with with_feature:
        name = st.selectbox(
            "Feature",
            places["feature"].tolist(),
            format_func=lambda feature: BY_NAME[feature].title,
            key="measure",
            **widgets.IN_ADDRESS,
        )
    moods = {mood: d for (feature, mood), d in summary.items() if feature == name}
    value = float(heard.row[name])
    one, all_of_them = st.columns([1, 1], gap="large")
    with one:
        st.markdown(placement.one_in_words(BY_NAME[name], value, moods))
        widgets.figure(
            placement_figures.densities(BY_NAME[name], value, moods, sound.name, title),
            key="densities",
            name=f"{Path(sound.name).stem}-{name}",
        )
        st.caption(BY_NAME[name].meaning)
    with all_of_them:
        st.markdown(placement.in_words(places, widgets.plain(title)))
        groups = st.pills(
            "Features shown",
            GROUPS,
            selection_mode="multi",
            default=[group for group in GROUPS if group != TIMBRE],
            wrap=True,
            key="placed-kinds",
            **widgets.IN_ADDRESS,
        )
        there = {BY_NAME[feature].group for feature in places["feature"]}
        if not there & set(groups):
            st.info("Choose a kind of feature.", icon=":material/info:")
        else:
            widgets.figure(
                placement_figures.overview(places, groups, sound.name, title),
                key="places",
                name=f"{Path(sound.name).stem}-among-{beside}",
            )
            st.caption("The CSV holds all features, those not shown as well.")
        widgets.page_link("predict", "What a model makes of a song: Predict", "music_note")
