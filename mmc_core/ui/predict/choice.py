"""What is to be predicted: the song, or songs, and the model."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

import streamlit as st

from mmc_core import datasets, runs
from mmc_core.datasets.user.corrected import ID as CORRECTIONS
from mmc_core.figures.style import mood_label
from mmc_core.jobs.song_work import SongFile
from mmc_core.language import N_, _, ngettext
from mmc_core.moods import BY_NAME
from mmc_core.runs import Run
from mmc_core.runs.cards import learned_from, n_learned
from mmc_core.settings import page_keep_seconds, page_limits
from mmc_core.ui.common import address, load, recording
from mmc_core.ui.common.load import Heard
from mmc_core.ui.predict import visit
from mmc_core.ui.predict.visit import Visit
from mmc_core.wording import percent

SAMPLE, UPLOAD = "sample", "upload"
SOURCES = {SAMPLE: N_("Try a sample"), UPLOAD: N_("Upload your own")}
ROLES = {
    "best": N_("Best (recommended)"),
    "quick": N_("Quick"),
    "1": N_("Model 1, 1D CNN on features"),
    "2": N_("Model 2, vote of 2D CNNs"),
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
    if key in ROLES:
        model = _(ROLES[key])
    else:
        model = f"{_(run.title)}, {datasets.title_of(run.dataset)} ({run.name})"
    accuracy = percent(run.scores["accuracy"])
    seconds = runs.seconds_a_song().get(run.name)
    if not seconds:
        return _("{model}: accuracy {accuracy}", model=model, accuracy=accuracy)
    return _(
        "{model}: accuracy {accuracy}, {seconds:.1f} s per song",
        model=model,
        accuracy=accuracy,
        seconds=seconds,
    )


def choose_model(every: Mapping[str, Run]) -> Run:
    """The widget that chooses the model, and how good that is."""
    keys = list(every)
    key = st.selectbox(
        _("Model"),
        keys,
        format_func=lambda name: model_label(name, every[name]),
        **address.one("model", keys, keys[0], aliases=_other_names(every)),
    )
    run = every[key]
    trained = _("{model}, trained on {datasets}.", model=_(run.title), datasets=learned_from(run))
    st.caption(f"{trained} {_own_share(run)}".strip())
    return run


def _own_share(run: Run) -> str:
    """Of a model of a person's own: from how few songs it learned."""
    if run.dataset != CORRECTIONS:
        return ""
    return _(
        "It learned from {n} corrections; its accuracy is from folds of these.", n=n_learned(run)
    )


def _other_names(every: Mapping[str, Run]) -> dict[str, str]:
    """What an address may call a model that is listed by its first role."""
    keys = {run.name: key for key, run in every.items()}
    roles = {role: keys[name] for role, name in runs.serving().items() if name in keys}
    return {**keys, **roles}


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
    """The widget that chooses a sample, with its intended mood and the model's; first the clearest,
    or, as a second song, another.
    """
    samples = {sample["file"].removesuffix(".ogg"): sample for sample in load.samples()}
    heard = load.heard().get(run.name, {})
    default = _clearest(samples, heard)
    if is_second:
        default = next(name for name in samples if name != default)
    name = st.selectbox(
        _("Second sample") if is_second else _("Sample"),
        list(samples),
        format_func=lambda key: _sample_label(samples[key], heard.get(key)),
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
            "Upload songs: mp3, m4a, wav, flac, ogg, opus, aac, wma; each at most {size:.0f} MB "
            "and {minutes:.0f} minutes",
            size=limits.size_bytes / 1e6,
            minutes=limits.duration_s / 60,
        ),
        accept_multiple_files=True,
        max_upload_size=ceil(limits.size_bytes / 1e6),
        key=f"uploads-{st.session_state.get('uploader', 0)}",  # a new one is empty
    )
    recorded = recording.record(
        _("Or record from the microphone"), key=f"recording-{st.session_state.get('uploader', 0)}"
    )
    songs = [SongFile(upload.name, upload.getvalue()) for upload in uploads]
    return [SongFile(*recorded), *songs] if recorded else songs


def draw_privacy(here: Visit) -> None:
    """Where songs are, for how long, and the button that drops them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            ngettext(
                "Songs are analysed on the machine that runs this app. It keeps your last five "
                "songs in memory until about a minute after you leave.",
                "Songs are analysed on the machine that runs this app. It keeps your last five "
                "songs in memory until about {n} minutes after you leave.",
                max(1, round(page_keep_seconds() / 60)),
            )
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


def _sample_label(sample: Mapping[str, Any], heard: Heard | None) -> str:
    intended = BY_NAME[sample["character"]]
    song = {"song": sample["title"], "intended": mood_label(intended)}
    if heard is None:
        return _("{song}. Intended: {intended}", **song)
    mood, probability = heard
    if mood is None:
        return _("{song}. Intended: {intended}; the model cannot tell", **song)
    return _(
        "{song}. Intended: {intended}; predicted: {predicted}",
        **song,
        predicted=f"{mood_label(BY_NAME[mood])} {percent(probability)}",
    )
