"""How reliable an answer is, and which model gave it."""

from __future__ import annotations

import streamlit as st

from mmc_core import datasets
from mmc_core.language import _
from mmc_core.learning import scores
from mmc_core.moods import BY_NAME
from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run
from mmc_core.runs.cards import accuracy_sentence, learned_from
from mmc_core.wording import listed


def draw_trust(prediction: Prediction, run: Run) -> None:
    """How good the model is, in general and when it gives this answer."""
    dataset = datasets.every().get(run.dataset)  # a person may have removed their own
    about = f"{_(dataset.music)} " if dataset else ""
    extraction = _(dataset.extraction) if dataset else ""
    n_others = run.info["data"]["n"] - run.scores["n"]  # none where folds held out all in turn
    facts = [
        _("**Model:** {model} (`{name}`).", model=_(run.title), name=run.name),
        accuracy_sentence(run),
    ]
    if prediction.mood:
        right, answers = scores.right_when_predicted(run.scores, prediction.mood)
        facts.append(
            _(
                "On held-out clips it answered **{mood}** {answers} times; {right} of these "
                "answers were right.",
                mood=BY_NAME[prediction.mood].label,
                answers=answers,
                right=right,
            )
        )
        facts.append(
            _(
                "**This confident** means: with a probability within {points:.0f} points of the "
                "one above.",
                points=100 * scores.BAND,
            )
        )
    if prediction.mood and len(prediction.mood_set) > 1:
        facts.append(
            _(
                "The model cannot decide between {moods}. On held-out clips, the moods that it "
                "names include the right one nine times out of ten.",
                moods=listed(BY_NAME[mood].label for mood in prediction.mood_set),
            )
        )
    sources = learned_from(run)
    if n_others:
        data = _("**Training data:** {n} other clips of {datasets}.", n=n_others, datasets=sources)
    else:
        data = _("**Training data:** clips of {datasets}.", datasets=sources)
    facts += [f"{data} {about}{extraction}", _("Less reliable on other kinds of music.")]
    st.header(_("How reliable is this answer?"))
    st.markdown("\n".join(f"- {fact}" for fact in facts))
