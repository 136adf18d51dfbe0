"""Two answered songs side by side: heard, their moods, their courses, how their sounds differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from mmc_core import datasets
from mmc_core.analysis.pair import differences, in_words
from mmc_core.figures import song_pair as figures
from mmc_core.figures.pair import LETTERS
from mmc_core.figures.style import mood_label
from mmc_core.jobs.song_work import SongFile
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import song_features
from mmc_core.runs import Run
from mmc_core.ui.common import address, load, screen, widgets
from mmc_core.ui.common.differences import show_differences
from mmc_core.ui.predict import answer, choice
from mmc_core.ui.predict.similar import learned_from
from mmc_core.ui.predict.visit import Result, Visit
from mmc_core.wording import listed, percent, shown

OWN = "own"
SOURCES = {choice.SAMPLE: N_("A sample"), OWN: N_("One of your songs")}


def choose_second(here: Visit, run: Run) -> list[SongFile]:
    """The switch, and the widgets that choose the second song; that, or none."""
    if not st.toggle(_("Compare with a second song"), **address.switch("second")):
        return []
    source = st.segmented_control(
        _("Second song"),
        list(SOURCES),
        required=True,
        format_func=lambda name: _(SOURCES[name]),
        **address.one("second-song", list(SOURCES), choice.SAMPLE),
    )
    if source == choice.SAMPLE:
        return [choice.choose_sample(run, is_second=True)]
    songs = {"|".join(key): song for key, song in here.songs.items()}
    if not songs:
        st.info(
            _(
                "Upload or record a song first: {widget}, {option}.",
                widget=_("Song"),
                option=_(choice.SOURCES[choice.UPLOAD]),
            ),
            icon=":material/info:",
        )
        return []
    chosen = st.selectbox(
        _("Your song"),
        list(songs),
        format_func=lambda key: shown(songs[key].name),
        key="second-own",
        persist_state="session",  # a visit's songs are not for others: not in the address
    )
    return [songs[chosen]]


def draw_pair(here: Visit, one: Result, second: list[SongFile], run: Run) -> bool:
    """Draw the result that is looked at as A, and the second song's as B, once that is answered.

    Returns:
        Whether they were drawn.
    """
    for other in here.results(second, run):
        if other.prediction.error:
            st.warning(widgets.escape_markdown(other.prediction.error), icon=":material/warning:")
        elif one.prediction.model != run.name:
            st.info(_("To compare two songs, both need the answer of one model."))
        elif one.id == other.id:
            st.info(_("Choose two different songs to compare."), icon=":material/info:")
        else:
            _draw(here, one, other, run)
            return True
    keep_address(second)
    return False


def keep_address(second: list[SongFile]) -> None:
    """Keep what the address names of two songs until both are answered."""
    for name in ("sounds", "detail") if second else ():
        address.switch(name)


def _draw(here: Visit, one: Result, other: Result, run: Run) -> None:
    pair = [one.prediction, other.prediction]
    name = "-and-".join(Path(each.file).stem or "song" for each in pair)
    beside = run.dataset if run.dataset in datasets.every() else "4qaed"
    st.header(_("Two songs side by side"))
    st.markdown(what_differs(pair, beside))
    columns = st.columns(2, gap="large")
    for column, letter, each in zip(columns, LETTERS, (one, other), strict=True):
        with column:
            st.subheader(_("Song {letter}", letter=letter))
            song = each.song.content if each.song else None
            prediction = each.prediction
            key = f"player-{letter.lower()}"
            answer.draw_player(prediction.file, song, prediction.duration_s, key=key)
            answer.draw_mood(prediction, run, key, learned_from=learned_from(here, each, run))
    bars, plane = st.columns(2, gap="large")
    with bars:
        widgets.figure(
            figures.probability_bars(pair), key="probabilities-of-both", name=f"{name}-moods"
        )
    with plane:
        widgets.figure(figures.plane(pair), key="plane-of-both", name=f"{name}-plane")
    st.subheader(_("Mood over time"))
    widgets.figure(
        figures.timelines(pair, narrow=screen.is_narrow()),
        key="timelines-of-both",
        name=f"{name}-over-time",
    )
    with opened_later(_("How the sound of B differs from A"), "sounds") as part:
        if part.open:
            show_differences(
                [song_features(each) for each in pair],
                [shown(each.file) for each in pair],
                beside,
                f"{name}-differences",
            )


def what_differs(pair: Sequence[Prediction], beside: str) -> str:
    """Return how the answers for A and B differ, and then their sounds, as Markdown.

    Args:
        pair: the answers for A and for B.
        beside: id of the dataset whose clips tell which differences of sound are large.
    """
    one, other = pair
    text = _("**A: {one}. B: {other}.**", one=_answer(one), other=_answer(other))
    shares, other_shares = one.probabilities or {}, other.probabilities or {}
    mood = max(NAMES, key=lambda name: abs(shares[name] - other_shares[name]))
    text += " " + _(
        "Their probabilities differ most for {mood}: {share} against {other_share}.",
        mood=BY_NAME[mood].label,
        share=percent(shares[mood]),
        other_share=percent(other_shares[mood]),
    )
    if all(each.windows[0].features for each in pair):
        table = differences(song_features(one), song_features(other), load.summary(beside))
        text += " " + in_words(table)
    return text


def _answer(prediction: Prediction) -> str:
    """Return the moods that an answer names, or that it has none."""
    if prediction.mood is None:
        return _("cannot tell")
    named = prediction.mood_set or [prediction.mood]
    return listed((mood_label(BY_NAME[name]) for name in named), N_("or"))


def opened_later(title: str, name: str) -> Any:
    """Return a part of the page that is closed at first, for what is drawn while it is `open`.

    Args:
        title: what is read of it while it is closed.
        name: of the parameter of the address.
    """
    return st.expander(title, on_change="rerun", **address.switch(name))
