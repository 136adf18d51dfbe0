"""What goes together with a song's mood: the clips that sound like it, and how its sound is. It is
measured on the song and on clips, and is not the model's reason.
"""

from __future__ import annotations

import streamlit as st

from mmc_core import datasets
from mmc_core.analysis import traits
from mmc_core.language import _, ngettext, write
from mmc_core.moods import BY_NAME
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import song_features
from mmc_core.runs import Run
from mmc_core.ui.common import load, neighbours, widgets
from mmc_core.ui.predict.similar import nearest_clips
from mmc_core.ui.predict.visit import Result, Visit
from mmc_core.wording import listed, percent


def draw_company(here: Visit, chosen: Result, run: Run) -> None:
    """Draw what is found with the mood, in a few plain sentences; nothing where nothing is."""
    sentences = [_of_clips(here, chosen), _of_sound(chosen.prediction, run)]
    if text := " ".join(filter(None, sentences)):
        st.markdown(
            text + " " + _("That goes together with the mood; it is not the model's reason.")
        )


def _of_clips(here: Visit, chosen: Result) -> str:
    """Return how many of the nearest clips have the mood, other files of the song left out."""
    nearest, mood = nearest_clips(here, chosen), chosen.prediction.mood
    if nearest is None or mood is None:
        return ""
    others = nearest[~nearest["same_recording"]]
    if others.empty:
        return ""
    every = neighbours.clips()
    n_alike = int((others["mood"] == mood).sum())
    return ngettext(
        "**{n} of the {nearest} clips that sound most like it is {mood}**; of all {every:,} clips, "
        "{share} are.",
        "**{n} of the {nearest} clips that sound most like it are {mood}**; of all {every:,} "
        "clips, {share} are.",
        n_alike,
        nearest=len(others),
        mood=BY_NAME[mood].label,
        every=len(every.clips),
        share=percent(every.share(mood)),
    )


def _of_sound(prediction: Prediction, run: Run) -> str:
    """Return what of the song's sound is as in many clips of the mood."""
    mood, features = prediction.mood, prediction.windows[0].features
    if mood is None or not features or run.dataset not in datasets.every():
        return ""
    summary = load.summary(run.dataset)
    if mood not in summary.moods or len(summary.moods) < 2:
        return ""
    named = traits.usual_for(mood, song_features(prediction), summary)
    if not named:
        return ""
    return ngettext(
        "Its **{aspects}** is as in many {mood} clips: such a value is {times} times as common "
        "among them as among the other clips of {dataset}.",
        "Its **{aspects}** are as in many {mood} clips: such values are {times} times as common "
        "among them as among the other clips of {dataset}.",
        len(named),
        aspects=listed(_(word) for word, _ratio in named),
        times=listed(write(ratio, ".1f") for _word, ratio in named),
        mood=BY_NAME[mood].label,
        dataset=widgets.escape_markdown(datasets.title_of(run.dataset)),
    )
