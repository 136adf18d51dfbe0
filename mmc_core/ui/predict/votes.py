"""The votes of a model that is several networks, and how they were decided."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from mmc_core.figures import song as figures
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, MOODS
from mmc_core.prediction.result import Prediction
from mmc_core.ui.common import widgets
from mmc_core.wording import listed, percent

NUMBERS = {2: N_("two"), 3: N_("three"), 4: N_("four"), 5: N_("five")}


def draw_votes(prediction: Prediction) -> None:
    """Draw each network's vote and how they were decided.

    Args:
        prediction: of a model that is several networks.
    """
    assert prediction.votes
    st.subheader(_("Votes of the {number} networks", number=_number(len(prediction.votes))))
    if prediction.mood:
        st.markdown(decision(prediction))
    widgets.figure(figures.vote_bars(prediction), key="votes", name="votes")
    st.caption(
        _(
            "Each network gets a different image of the same song and votes for the mood that is "
            "most probable over all windows. The probabilities of the song and of each window are "
            "the mean of the networks."
        )
    )


def decision(prediction: Prediction) -> str:
    """How a vote came to its mood, Markdown."""
    assert prediction.mood and prediction.votes and prediction.probabilities
    votes = Counter(vote.mood for vote in prediction.votes)
    number, mood = _number(len(prediction.votes)), BY_NAME[prediction.mood]
    if len(votes) == 1:
        return _("All {number} networks vote for **{mood}**.", number=number, mood=mood.label)
    return _(
        "The {number} networks disagree: {votes}. The highest mean probability decides: "
        "**{mood}**, {share}.",
        number=number,
        votes=listed(f"{each.label} ({votes[each.name]})" for each in MOODS if votes[each.name]),
        mood=mood.label,
        share=percent(prediction.probabilities[mood.name]),
    )


def _number(n: int) -> str:
    return _(NUMBERS[n]) if n in NUMBERS else str(n)
