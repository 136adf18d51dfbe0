"""How reliable an answer is, and which model gave it."""

from __future__ import annotations

import streamlit as st

from mmc_core import datasets
from mmc_core.learning import scores
from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run
from mmc_core.runs.cards import accuracy_sentence, learned_from
from mmc_core.wording import listed


def draw_trust(prediction: Prediction, run: Run) -> None:
    """How good the model is, in general and when it gives this answer."""
    dataset = datasets.every().get(run.dataset)  # a person may have removed their own
    about = f"{dataset.music} " if dataset else ""
    extraction = dataset.extraction if dataset else ""
    n_others = run.info["data"]["n"] - run.scores["n"]  # none where folds held out all in turn
    clips = f"{n_others} other clips" if n_others else "clips"
    facts = [f"**Model:** {run.title} (`{run.name}`).", accuracy_sentence(run)]
    if prediction.mood:
        right, answers = scores.right_when_predicted(run.scores, prediction.mood)
        facts.append(
            f"On held-out clips it answered **{prediction.mood}** {answers} times; {right} of "
            "these answers were right."
        )
        facts.append(
            f"**This confident** means: with a probability within {100 * scores.BAND:.0f} points "
            "of the one above."
        )
    if prediction.mood and len(prediction.mood_set) > 1:
        facts.append(
            f"The model cannot decide between {listed(prediction.mood_set)}. On held-out clips, "
            "the moods that it names include the right one nine times out of ten."
        )
    facts += [
        f"**Training data:** {clips} of {learned_from(run)}. {about}{extraction}",
        "Less reliable on other kinds of music.",
    ]
    st.header("How reliable is this answer?")
    st.markdown("\n".join(f"- {fact}" for fact in facts))
