"""How reliable an answer is, and which model gave it."""

from __future__ import annotations

import streamlit as st

from mmc_core import datasets
from mmc_core.language import _
from mmc_core.learning import scores
from mmc_core.moods import BY_NAME
from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run
from mmc_core.runs.cards import accuracy_sentence, learned_from, n_learned, source_ids
from mmc_core.ui.common import load
from mmc_core.ui.predict.model_choice import how_measured
from mmc_core.wording import listed, percent


def draw_trust(prediction: Prediction, run: Run) -> None:
    """Draw how often the model is right, in general and when it gives this answer."""
    here = datasets.every()  # a person may have removed their own
    sources = [here[id_] for id_ in source_ids(run) if id_ in here]
    scored = load.grouped(run) or run  # the one number that the list of models shows too
    facts = [
        _("**Model:** {model} (`{name}`).", model=_(run.title), name=run.name),
        f"{accuracy_sentence(scored)} {how_measured(scored)}",
    ]
    if prediction.mood:
        right, answers = scores.right_when_predicted(scored.scores, prediction.mood)
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
                "The model cannot decide between {moods}. On {n} held-out clips of {dataset}, the "
                "moods that it named included the right one for {share} of its answers.",
                moods=listed(BY_NAME[mood].label for mood in prediction.mood_set),
                n=run.scores["n"],
                dataset=datasets.title_of(run.dataset),
                share=percent(load.predictions(run)["in_set"].mean()),
            )
        )
    titles = learned_from(run)
    if len(source_ids(run)) == 1:
        data = _("**Training data:** {n} clips of {dataset}.", n=n_learned(run), dataset=titles)
    else:
        data = _("**Training data:** clips of {datasets}.", datasets=titles)
    music = [f"{each.title}: {_(each.music)} {_(each.extraction)}" for each in sources]
    facts += [" ".join([data, *music]), _("Less reliable on other kinds of music.")]
    st.markdown("\n".join(f"- {fact}" for fact in facts))
