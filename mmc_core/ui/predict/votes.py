"""The votes of a model that is several networks, and how they were decided."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from mmc_core.figures import song as figures
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.ui.common import widgets
from mmc_core.wording import listed, percent

NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


def draw_votes(prediction: Prediction) -> None:
    """Each network's vote and how they were decided; nothing for a model that is one network."""
    if not prediction.votes:
        return
    n = len(prediction.votes)
    st.header(f"Votes of the {NUMBERS.get(n, n)} networks")
    if prediction.mood:
        st.markdown(decision(prediction))
    widgets.figure(figures.vote_bars(prediction), key="votes", name="votes")
    st.caption(
        "Each network gets a different image of the same song and votes for the mood that is most "
        "probable over all windows. The probabilities of the song and of each window are the mean "
        "of the networks."
    )


def decision(prediction: Prediction) -> str:
    """How a vote came to its mood, Markdown."""
    assert prediction.mood and prediction.votes and prediction.probabilities
    n = len(prediction.votes)
    votes = Counter(vote.mood for vote in prediction.votes)
    voters = f"{NUMBERS.get(n, str(n))} networks"
    if len(votes) == 1:
        return f"All {voters} vote for **{prediction.mood}**."
    named = listed([f"{mood} ({votes[mood]})" for mood in NAMES if votes[mood]])
    return (
        f"The {voters} disagree: {named}. The highest mean probability decides: "
        f"**{prediction.mood}**, {percent(prediction.probabilities[prediction.mood])}."
    )
