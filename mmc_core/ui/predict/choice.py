"""What is to be predicted: the song, or songs, and the model."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

import streamlit as st

from mmc_core import datasets, runs
from mmc_core.datasets.user.corrected import ID as CORRECTIONS
from mmc_core.jobs.song_work import SongFile
from mmc_core.moods import BY_NAME
from mmc_core.runs import Run
from mmc_core.runs.cards import learned_from, n_learned
from mmc_core.settings import page_limits
from mmc_core.ui.common import address, load, recording
from mmc_core.ui.common.load import Heard
from mmc_core.ui.predict import visit
from mmc_core.ui.predict.visit import Visit
from mmc_core.wording import percent

SAMPLE, UPLOAD = "sample", "upload"
SOURCES = {SAMPLE: "Try a sample", UPLOAD: "Upload your own"}
ROLES = {
    "best": "Best (recommended)",
    "quick": "Quick",
    "1": "Model 1, 1D CNN on features",
    "2": "Model 2, vote of 2D CNNs",
}


def models() -> dict[str, Run]:
    """The runs that can predict, by what the address calls them: those with a role first."""
    servable = {run.name: run for run in runs.servable()}
    roles = runs.serving()
    roles.setdefault("best", roles.get("1", ""))
    by_role = {role: servable[roles[role]] for role in ROLES if roles.get(role) in servable}
    with_role: dict[str, Run] = {}
    for role, run in by_role.items():
        if run not in with_role.values():
            with_role[role] = run
    named = {run.name for run in with_role.values()}
    return with_role | {name: run for name, run in servable.items() if name not in named}


def model_label(key: str, run: Run) -> str:
    """What the choice of models calls a run, with its score and its time."""
    name = ROLES.get(key) or f"{run.title}, {datasets.title_of(run.dataset)} ({run.name})"
    seconds = runs.seconds_a_song().get(run.name)
    time = f", {seconds:.1f} s per song" if seconds else ""
    return f"{name}: accuracy {percent(run.scores['accuracy'])}{time}"


def choose_model(every: Mapping[str, Run]) -> Run:
    """The widget that chooses the model, and how good that is."""
    keys = list(every)
    key = st.selectbox(
        "Model",
        keys,
        format_func=lambda name: model_label(name, every[name]),
        **address.one("model", keys, keys[0], aliases=_other_names(every)),
    )
    run = every[key]
    st.caption(f"{run.title}, trained on {learned_from(run)}.{_own_share(run)}")
    return run


def _own_share(run: Run) -> str:
    """Of a model of a person's own: from how few songs it learned."""
    if run.dataset != CORRECTIONS:
        return ""
    return f" It learned from {n_learned(run)} corrections; its accuracy is from folds of these."


def _other_names(every: Mapping[str, Run]) -> dict[str, str]:
    """What an address may call a model that is listed by its first role."""
    keys = {run.name: key for key, run in every.items()}
    roles = {role: keys[name] for role, name in runs.serving().items() if name in keys}
    return {**keys, **roles}


def choose_source() -> str:
    """The widget that chooses where songs come from."""
    source: str = st.segmented_control(
        "Song",
        list(SOURCES),
        required=True,
        format_func=lambda name: SOURCES[name],
        **address.one("song", list(SOURCES), SAMPLE),
    )
    return source


def choose_sample(run: Run, *, is_second: bool = False) -> SongFile:
    """The widget that chooses a sample, with its intended mood and the model's; first the clearest,
    or, as a second song, another.
    """
    samples = {sample["file"].removesuffix(".ogg"): sample for sample in load.samples()}
    heard = load.heard().get(run.name, {})
    default = _clearest(samples, heard)
    if is_second:
        default = next(name for name in samples if name != default)
    name = st.selectbox(
        "Second sample" if is_second else "Sample",
        list(samples),
        format_func=lambda key: _sample_label(samples[key], heard.get(key)),
        label_visibility="collapsed",
        **address.one("second-sample" if is_second else "sample", list(samples), default),
    )
    sample = samples[name]
    st.caption(f"{sample['composer']}. {sample['description']}")
    return visit.sample(sample["file"])


def choose_uploads() -> list[SongFile]:
    """The widgets that take songs: from files, and from the microphone."""
    limits = page_limits()
    uploads = st.file_uploader(
        "Upload songs: mp3, m4a, wav, flac, ogg, opus, aac, wma; each at most "
        f"{limits.size_bytes / 1e6:.0f} MB and {limits.duration_s / 60:.0f} minutes",
        accept_multiple_files=True,
        max_upload_size=ceil(limits.size_bytes / 1e6),
        key=f"uploads-{st.session_state.get('uploader', 0)}",  # a new one is empty
    )
    recorded = recording.record(
        "Or record from the microphone", key=f"recording-{st.session_state.get('uploader', 0)}"
    )
    songs = [SongFile(upload.name, upload.getvalue()) for upload in uploads]
    return [SongFile(*recorded), *songs] if recorded else songs


def draw_privacy(here: Visit) -> None:
    """Where songs are, for how long, and the button that drops them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "Songs are analysed on the machine that runs this app. It keeps your last five songs "
            "in memory until about an hour after you leave."
        )
        if here.songs and st.button("Delete my songs", icon=":material/delete:"):
            here.forget()
            st.session_state["uploader"] = st.session_state.get("uploader", 0) + 1
            address.rerun()


def _clearest(samples: Mapping[str, Mapping[str, Any]], heard: Mapping[str, Heard]) -> str:
    """The sample whose intended mood the model gives the most; else the first."""

    def clarity(name: str) -> float:
        mood, probability = heard.get(name, (None, 0.0))
        return probability if mood == samples[name]["character"] else 0.0

    return max(samples, key=clarity)


def _sample_label(sample: Mapping[str, Any], heard: Heard | None) -> str:
    intended = BY_NAME[sample["character"]]
    label = f"{sample['title']}. Intended: {intended.mark} {intended.name}"
    if heard is None:
        return label
    mood, probability = heard
    if mood is None:
        return f"{label}; the model cannot tell"
    return f"{label}; predicted: {BY_NAME[mood].mark} {mood} {percent(probability)}"
