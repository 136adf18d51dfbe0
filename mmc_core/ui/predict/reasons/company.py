"""What goes together with a song's mood: the clips that sound like it, and how its sound is. It is
measured on the song and on clips, and is not the model's reason.
"""

from __future__ import annotations

import streamlit as st

from mmc_core import datasets
from mmc_core.analysis import traits
from mmc_core.language import _
from mmc_core.moods import BY_NAME
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import song_features
from mmc_core.runs import Run
from mmc_core.ui.common import load, neighbours, widgets
from mmc_core.ui.predict.similar import nearest_clips
from mmc_core.ui.predict.visit import Result, Visit


def draw_company(here: Visit, chosen: Result, run: Run) -> None:
    """Draw what is found with the mood, in a few plain sentences; nothing where nothing is."""
    sentences = [_of_clips(here, chosen), _of_sound(chosen.prediction, run)]
    if text := " ".join(filter(None, sentences)):
        st.markdown(text)
        st.caption(
            _(
                "This is what goes together with the mood, measured over the whole song. It is not "
                "the model's reason."
            )
        )


def _of_clips(here: Visit, chosen: Result) -> str:
    """Return how many of the nearest clips have the mood, other files of the song left out."""
    nearest = nearest_clips(here, chosen)
    if nearest is None:
        return ""
    others = nearest[~nearest["same_recording"]]
    return neighbours.in_words(neighbours.clips(), others, chosen.prediction.mood, None)


def _of_sound(prediction: Prediction, run: Run) -> str:
    """Return how the song sounds beside a dataset's clips, as far as clips of the mood do too."""
    mood, features = prediction.mood, prediction.windows[0].features
    if mood is None or not features or run.dataset not in datasets.every():
        return ""
    summary = load.summary(run.dataset)
    if mood not in summary.moods or len(summary.moods) < 2:
        return ""
    named = traits.usual_for(mood, song_features(prediction), summary)
    if not named:
        return ""
    return _(
        "Compared with the clips of {dataset}, the song is **{traits}**; such values are commoner "
        "among {mood} clips than among others.",
        dataset=widgets.escape_markdown(datasets.title_of(run.dataset)),
        traits=traits.in_words(named),
        mood=BY_NAME[mood].label,
    )
