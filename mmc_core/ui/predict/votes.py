"""The votes of a model that is several networks, and how they were decided."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from mmc_core.figures import song as figures
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.ui.common import widgets
from mmc_core.wording import listed

NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


def draw_votes(prediction: Prediction) -> None:
    """Each network's vote and how they were decided; nothing for a model that is one network."""
    if not prediction.votes:
        return
    n = len(prediction.votes)
    st.subheader(f"The {NUMBERS.get(n, n)} votes")
    if prediction.mood:
        st.markdown(decision(prediction))
    widgets.figure(figures.vote_bars(prediction), key="votes", name="votes")
    st.caption(
        "Each network hears the same song as another picture of it, and names the mood that is "
        "likeliest over all windows. The probabilities of the song, and of each window, are the "
        "networks' mean."
    )


def decision(prediction: Prediction) -> str:
    """How a vote came to its mood, Markdown."""
    assert prediction.mood and prediction.votes and prediction.probabilities
    n = len(prediction.votes)
    votes = Counter(vote.mood for vote in prediction.votes)
    voters = f"{NUMBERS.get(n, str(n))} networks"
    if len(votes) == 1:
        return f"All {voters} say **{prediction.mood}**."
    named = listed([f"{mood} ({votes[mood]})" for mood in NAMES if votes[mood]])
    return (
        f"The {voters} differ: {named}. **{prediction.mood}** has the highest mean probability "
        f"({prediction.probabilities[prediction.mood]:.0%}), which decides."
    )
