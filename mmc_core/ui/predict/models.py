"""What the models answer for one song, side by side, and what it means where they differ."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from mmc_core import runs
from mmc_core.exploration import disagreement
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run
from mmc_core.ui.common import load, widgets
from mmc_core.ui.predict import asking
from mmc_core.ui.predict.visit import Result, Visit
from mmc_core.wording import listed, percent

TITLES = {"best": "Best", "1": "Model 1", "2": "Model 2"}


def draw_models(here: Visit, chosen: Result) -> None:
    """The answers of `best`, model 1 and model 2 for a song; those that are missing, on request."""
    served = {run.name: run for run in runs.servable()}
    models = {
        role: served[name]
        for role, name in runs.serving().items()
        if role in TITLES and name in served
    }
    song = chosen.song
    if song is None or len(models) < 2:
        return
    st.header("Do the models agree?")
    if missing := asking.missing(here, song, [*models.values()]):
        names = [TITLES[role] for role, run in models.items() if run in missing]
        label = f"Ask {listed(names)} too" if len(names) < len(models) else f"Ask {listed(names)}"
        asking.offer(here, song, missing, label, key="ask-models")
        return
    answers = here.worker.answers()
    predictions = {role: answers[song.key(run)] for role, run in models.items()}
    usable = {role: each for role, each in predictions.items() if not each.error}
    if len(usable) < 2:
        return
    st.markdown("\n\n".join(sentences(usable, models)))
    for column, (role, prediction) in zip(
        st.columns(len(usable), gap="medium"), usable.items(), strict=True
    ):
        with column:
            _draw_one(TITLES[role], prediction, models[role])


def sentences(predictions: Mapping[str, Prediction], models: Mapping[str, Run]) -> list[str]:
    """What the models answer, and how often they were right on held-out clips on which they
    agreed, or differed, in that way.
    """
    named = {role: each.mood for role, each in predictions.items()}
    moods = {role: mood for role, mood in named.items() if mood}
    held_out = disagreement.answers({role: load.out_of_fold(models[role]) for role in moods})
    if len(moods) == len(named) and len(set(moods.values())) == 1:
        past = disagreement.agreement(held_out)
        return [
            f"**All {len(moods)} models answer {next(iter(moods.values()))}.** On the "
            f"{past.clips} held-out clips ({percent(past.share)}) for which they gave one answer, "
            f"they were right {percent(past.right)} of the time."
        ]
    said = [_said(TITLES[role], each) for role, each in predictions.items()]
    text = [f"**The models disagree:** {listed(said)}."]
    first, *others = moods or [""]
    text += [
        _past(first, role, moods, disagreement.record(held_out, (first, role), _pair))
        for role in others
        if (_pair := (moods[first], moods[role]))[0] != _pair[1]
    ]
    return text


def _said(title: str, prediction: Prediction) -> str:
    if prediction.mood is None or prediction.probabilities is None:
        return f"{title} cannot tell"
    return (
        f"{title} answers {prediction.mood} ({percent(prediction.probabilities[prediction.mood])})"
    )


def _past(one: str, other: str, moods: Mapping[str, str], past: disagreement.Record) -> str:
    """How often either was right on such clips."""
    if not past.clips:
        return f"{TITLES[one]} and {TITLES[other]} never differed on held-out clips."
    how = (
        f"{TITLES[one]} answered {moods[one]} and {TITLES[other]} {moods[other]}"
        if past.alike
        else f"{TITLES[one]} and {TITLES[other]} differed"
    )
    return (
        f"On the {past.clips} held-out clips for which {how}, {TITLES[one]} was right "
        f"{percent(past.right)} of the time, {TITLES[other]} {percent(past.other_right)}."
    )


def _draw_one(title: str, prediction: Prediction, run: Run) -> None:
    """One model's answer, its probabilities, and how good it is."""
    assert prediction.probabilities
    mood = prediction.mood
    answer = f"{BY_NAME[mood].mark} {mood}" if mood else "cannot tell"
    st.markdown(f"**{title}:** {answer}")
    widgets.mood_badges({name: percent(prediction.probabilities[name]) for name in NAMES})
    st.caption(
        f"{widgets.escape_markdown(run.title)}. Accuracy on held-out clips: "
        f"{percent(run.scores['accuracy'])}"
    )
