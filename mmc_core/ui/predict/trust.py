"""How far an answer is to be trusted, and which model gave it."""

from __future__ import annotations

import streamlit as st

from mmc_core import datasets
from mmc_core.learning import scores
from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run
from mmc_core.runs.cards import accuracy_sentence, learned_from


def draw_trust(prediction: Prediction, run: Run) -> None:
    """How good the model is, in general and when it gives this answer."""
    dataset = datasets.every().get(run.dataset)  # a person may have removed their own
    about = f"{dataset.music} " if dataset else ""
    extraction = dataset.extraction if dataset else ""
    n_others = run.info["data"]["n"] - run.scores["n"]  # none where folds held out all in turn
    clips = f"{n_others} other clips" if n_others else "clips"
    title = run.title[:1].upper() + run.title[1:]
    facts = [f"Model: {title} (`{run.name}`).", accuracy_sentence(run)]
    if prediction.mood:
        right, answers = scores.right_when_predicted(run.scores, prediction.mood)
        facts.append(
            f"Of its {answers} answers **{prediction.mood}** on held-out clips, {right} were right."
        )
    facts.append(
        f"It learned from {clips} of {learned_from(run)}. {about}Less reliable on other kinds of "
        f"music. {extraction}"
    )
    st.subheader("How far to trust it")
    st.markdown("\n".join(f"- {fact}" for fact in facts))
