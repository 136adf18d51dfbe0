"""The answer for one song: the player, the mood, the probabilities, the mood over time."""

from __future__ import annotations

import streamlit as st

from mmc_core.audio import CLIP_S, notes
from mmc_core.figures import song as figures
from mmc_core.jobs.song_work import SongFile
from mmc_core.language import _
from mmc_core.learning import scores
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.prediction import confidence
from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run
from mmc_core.ui.common import load, player, widgets
from mmc_core.ui.predict import fetch
from mmc_core.ui.predict.downloads import draw_timeline_downloads
from mmc_core.ui.predict.timeline import draw_timeline
from mmc_core.wording import listed, percent

PLAYER = "song-player"


def draw_answer(
    prediction: Prediction, run: Run, content: bytes | None, learned_from: str = ""
) -> None:
    """Draw the player, the mood, the probabilities and the mood over time.

    Args:
        prediction: the answer.
        run: the model that gave it.
        content: of the song's file, while that is in memory.
        learned_from: name of this recording in the model's training data; empty if it is not there.
    """
    answer, bars = st.columns(2, gap="large")
    with answer:
        has_player = draw_player(prediction.file, content, prediction.duration_s)
        draw_mood(prediction, run, learned_from=learned_from)
    with bars:
        widgets.figure(
            figures.probability_bars(prediction), key="probabilities", name="probabilities"
        )
        if prediction.abstained:
            st.caption(_("The model withholds its answer: do not rely on these probabilities."))
    st.subheader(_("Mood over time"))
    with st.container(gap=None):
        draw_timeline(prediction, player=PLAYER if has_player else None)
        with st.container(horizontal=True, horizontal_alignment="right", key="timeline-below"):
            draw_timeline_downloads(prediction)


def draw_waiting(song: SongFile) -> None:
    """The player alone, at its later place, so that it plays on when the answer comes."""
    with st.columns(2, gap="large")[0]:
        draw_player(song.name, song.content)


def draw_player(
    name: str, content: bytes | None, duration_s: float | None = None, key: str = PLAYER
) -> bool:
    """Draw the song's name and its player; return whether the song can be played."""
    about = _("{seconds:.1f} s", seconds=duration_s) if duration_s else ""
    return player.draw(content, name=name, about=about, key=key)


def draw_mood(
    prediction: Prediction, run: Run, key: str = PLAYER, *, learned_from: str = ""
) -> None:
    """Draw the mood, or the possible moods, or why there is none; and how often that is right.

    Args:
        prediction: the answer.
        run: the model that gave it.
        key: of the song's player, where a page has several.
        learned_from: see `draw_answer`; how often answers were right does not hold for such a song,
            and is not said.
    """
    assert prediction.probabilities and prediction.duration_s
    for note in prediction.notes:
        st.caption(widgets.escape_markdown(notes.in_words(note)))
    likeliest = max(NAMES, key=prediction.probabilities.__getitem__)
    reason = confidence.in_words(prediction.reason or "")
    if prediction.abstained:
        widgets.headline(_("I cannot tell"), reason)
        _say_learned_from(learned_from, prediction)
        if prediction.reason == confidence.UNFAMILIAR:
            fetch.draw_button(key=f"fetch-for-{key}")
        return
    mood = prediction.mood or likeliest
    share = prediction.probabilities[mood]
    named = prediction.mood_set or [mood]
    given = listed(
        f"{BY_NAME[each].label} {percent(prediction.probabilities[each])}" for each in named
    )
    sentences = [_("The model gives {moods}.", moods=given)]
    if prediction.duration_s < CLIP_S:
        short = _(
            "Less reliable: the song lasts only {duration:.1f} s. The model learned from clips of "
            "{seconds} s and was tested on such clips.",
            duration=prediction.duration_s,
            seconds=CLIP_S,
        )
        sentences.insert(0, short)
    if len(named) > 1:
        sentences.append(
            _(
                "It names each mood that it cannot rule out; how low a probability must be for "
                "that differs by mood."
            )
        )
    if not learned_from:
        if len(named) > 1:
            sentences.append(how_often_included(run))
        sentences.append(how_often(run, share, is_one_of_several=len(named) > 1))
    widgets.mood_headline(named, " ".join(sentences))
    _say_learned_from(learned_from, prediction)
    if reason:
        st.caption(widgets.escape_markdown(reason))


def _say_learned_from(name: str, prediction: Prediction) -> None:
    if not name:
        return
    if prediction.abstained:
        text = _(
            "The model learned from this recording ({name}), and still has no answer for it.",
            name=widgets.escape_markdown(name),
        )
    else:
        text = _(
            "The model learned from this recording ({name}). How often its answers are right was "
            "measured on other recordings and does not hold for this one.",
            name=widgets.escape_markdown(name),
        )
    if prediction.reason == confidence.UNFAMILIAR:
        text += " " + _("It is one of the few clips that sound unlike the rest.")
    st.info(text, icon=":material/content_copy:")


def how_often_included(run: Run) -> str:
    """Return how often the moods that an answer names include the right one, in a sentence."""
    return _(
        "On held-out clips, the moods named included the right one for {share} of answers.",
        share=percent(load.predictions(run)["in_set"].mean()),
    )


def how_often(run: Run, share: float, *, is_one_of_several: bool = False) -> str:
    """Return how often answers as confident as this were right, in a sentence.

    Args:
        run: the model that answered.
        share: the probability of the likeliest mood.
        is_one_of_several: whether the answer names further moods.
    """
    alike = scores.right_when_as_sure(load.out_of_fold(run), share)
    if not alike:
        return _("No answer on held-out clips was about this confident.")
    values = {
        "share": percent(alike.right),
        "n": alike.clips,
        "low": 100 * alike.low,
        "high": percent(alike.high),
    }
    if is_one_of_several:
        return _(
            "In answers this confident, the likeliest mood alone was right {share} of the time "
            "({n} clips, 95 % interval {low:.0f} to {high}).",
            **values,
        )
    return _(
        "On held-out clips, answers this confident were right {share} of the time ({n} clips, 95 % "
        "interval {low:.0f} to {high}).",
        **values,
    )
