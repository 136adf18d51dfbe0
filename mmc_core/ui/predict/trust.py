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
from mmc_core.saved import study_files
from mmc_core.saved.study import UNSEEN
from mmc_core.ui.common import load
from mmc_core.ui.predict.model_choice import how_measured
from mmc_core.wording import listed, percent


def draw_trust(prediction: Prediction, run: Run, recording: str = "") -> None:
    """Draw how often the model is right, in general and when it gives this answer.

    Args:
        prediction: the answer.
        run: the model that gave it.
        recording: name of this one in the model's training data; empty if it is not there.
    """
    here = datasets.every()  # a person may have removed their own
    sources = [here[id_] for id_ in source_ids(run) if id_ in here]
    scored = load.grouped(run) or run  # the one number that the list of models shows too
    facts = []
    if recording:
        facts.append(
            _(
                "**Not measured for this recording:** the model learned from it. The figures below "
                "are of other recordings."
            )
        )
    facts += [
        _("**Model:** {model} (`{name}`).", model=_(run.title), name=run.name),
        f"{accuracy_sentence(scored)} {how_measured(scored)}",
    ]
    if prediction.mood and not recording:
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
    if prediction.mood and len(prediction.mood_set) > 1 and not recording:
        facts.append(
            _(
                "The model cannot decide between {moods}. On {n} held-out clips of {dataset}, the "
                "moods that it named included the right one for {share} of its answers.",
                moods=listed(BY_NAME[mood].label for mood in prediction.mood_set),
                n=run.scores.n,
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
    facts += [" ".join([data, *music]), _elsewhere(run)]
    st.markdown("\n".join(f"- {fact}" for fact in facts))


def _elsewhere(run: Run) -> str:
    """Return how often such a model is right on a dataset that it did not learn from."""
    rows = [
        row
        for row in study_files.read(UNSEEN, study_files.UNSEEN).rows
        if row.recipe == run.info.recipe["name"] and row.point == "as_learned"
    ]
    if not rows:
        return _("Less reliable on other kinds of music.")
    right = [row.accuracy for row in rows]
    guessing = [row.majority for row in rows]
    return _(
        "**On other kinds of music** it may be no better than guessing: trained on one of "
        "{datasets} and tested on the other, such a model was right on {low:.0f} to {high} of the "
        "clips. Guessing the commonest mood: {least:.0f} to {most}.",
        datasets=listed(dict.fromkeys(datasets.title_of(row.train) for row in rows)),
        low=100 * min(right),
        high=percent(max(right)),
        least=100 * min(guessing),
        most=percent(max(guessing)),
    )
