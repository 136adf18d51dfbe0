"""What the models answer for one song, side by side, and what it means where they differ."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from mmc_core import runs
from mmc_core.exploration import disagreement
from mmc_core.figures.style import mood_label
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run
from mmc_core.runs.cards import learned_from
from mmc_core.ui.common import load, widgets
from mmc_core.ui.predict import asking, similar
from mmc_core.ui.predict.visit import Result, Visit
from mmc_core.wording import listed, percent

TITLES = {"best": N_("Best"), "1": N_("Model 1"), "2": N_("Model 2")}


def draw_models(here: Visit, chosen: Result) -> None:
    """The answers of `best`, model 1 and model 2 for a song; those that are missing, on request."""
    served = {run.name: run for run in runs.servable()}
    models = {
        role: served[name]
        for role, name in runs.serving().items()
        if role in TITLES and name in served
    }
    song = chosen.song
    if song is None:
        st.caption(_("The song is no longer in memory. To ask other models, upload it again."))
        return
    if len(models) < 2:
        st.caption(_("There is no other model here."))
        return
    if missing := asking.missing(here, song, [*models.values()]):
        names = listed(_(TITLES[role]) for role, run in models.items() if run in missing)
        if len(missing) < len(models):
            label = _("Ask {models} too", models=names)
        else:
            label = _("Ask {models}", models=names)
        asking.offer(here, song, missing, label, key="ask-models")
        for role, run in models.items():
            if run in missing:
                st.caption(
                    _(
                        "{name}: {model}, trained on {datasets}.",
                        name=_(TITLES[role]),
                        model=widgets.escape_markdown(_(run.title)),
                        datasets=learned_from(run),
                    )
                )
        return
    answers = here.worker.answers()
    predictions = {role: answers[song.key(run)] for role, run in models.items()}
    usable = {role: each for role, each in predictions.items() if not each.error}
    if len(usable) < 2:
        return
    has_learned = any(similar.learned_from(here, chosen, run) for run in models.values())
    st.markdown("\n\n".join(sentences(usable, models, has_learned=has_learned)))
    for column, (role, prediction) in zip(
        st.columns(len(usable), gap="medium"), usable.items(), strict=True
    ):
        with column:
            _draw_one(_(TITLES[role]), prediction, models[role])


def sentences(
    predictions: Mapping[str, Prediction], models: Mapping[str, Run], *, has_learned: bool = False
) -> list[str]:
    """Return what the models answer, and how often they were right on held-out clips on which they
    agreed, or differed, in that way; not that, where one of them has learned from the recording.
    """
    named = {role: each.mood for role, each in predictions.items()}
    moods = {role: mood for role, mood in named.items() if mood}
    held_out = disagreement.answers({role: load.out_of_fold(models[role]) for role in moods})
    is_one = len(moods) == len(named) and len(set(moods.values())) == 1
    if is_one and has_learned:
        return [
            _(
                "**All {n} models answer {mood}.** That says little: they learned from this "
                "recording.",
                n=len(moods),
                mood=BY_NAME[next(iter(moods.values()))].label,
            )
        ]
    if is_one:
        past = disagreement.agreement(held_out)
        return [
            _(
                "**All {n} models answer {mood}.** On the {clips} held-out clips ({share}) for "
                "which they gave one answer, they were right {right} of the time.",
                n=len(moods),
                mood=BY_NAME[next(iter(moods.values()))].label,
                clips=past.clips,
                share=percent(past.share),
                right=percent(past.right),
            )
        ]
    said = [_said(_(TITLES[role]), each) for role, each in predictions.items()]
    text = [_("**The models disagree:** {answers}.", answers=listed(said))]
    if has_learned:
        return [
            *text,
            _(
                "They learned from this recording, so their accuracy on held-out clips does not "
                "tell which is right."
            ),
        ]
    first, *others = moods or [""]
    text += [
        _past(first, role, moods, disagreement.record(held_out, (first, role), _pair))
        for role in others
        if (_pair := (moods[first], moods[role]))[0] != _pair[1]
    ]
    return text


def _said(title: str, prediction: Prediction) -> str:
    if prediction.mood is None or prediction.probabilities is None:
        return _("{model} cannot tell", model=title)
    return _(
        "{model} answers {mood} ({share})",
        model=title,
        mood=BY_NAME[prediction.mood].label,
        share=percent(prediction.probabilities[prediction.mood]),
    )


def _past(one: str, other: str, moods: Mapping[str, str], past: disagreement.Record) -> str:
    """How often either was right on such clips."""
    titles = {"one": _(TITLES[one]), "other": _(TITLES[other])}
    if not past.clips:
        return _("{one} and {other} never differed on held-out clips.", **titles)
    record = {
        "clips": past.clips,
        "right": percent(past.right),
        "other_right": percent(past.other_right),
    }
    if past.alike:
        return _(
            "On the {clips} held-out clips for which {one} answered {mood} and {other} "
            "{other_mood}, {one} was right {right} of the time, {other} {other_right}.",
            **titles,
            **record,
            mood=BY_NAME[moods[one]].label,
            other_mood=BY_NAME[moods[other]].label,
        )
    return _(
        "On the {clips} held-out clips for which {one} and {other} differed, {one} was right "
        "{right} of the time, {other} {other_right}.",
        **titles,
        **record,
    )


def _draw_one(title: str, prediction: Prediction, run: Run) -> None:
    """One model's answer, its probabilities, and how good it is."""
    assert prediction.probabilities
    mood = prediction.mood
    answer = mood_label(BY_NAME[mood]) if mood else _("cannot tell")
    st.markdown(f"**{title}:** {answer}")
    widgets.mood_badges({name: percent(prediction.probabilities[name]) for name in NAMES})
    title, scored = widgets.escape_markdown(_(run.title)), load.grouped(run)
    if scored is None:
        st.caption(f"{title}.")
        return
    st.caption(
        _(
            "{model}. Accuracy on held-out clips: {accuracy}",
            model=title,
            accuracy=percent(scored.scores.accuracy),
        )
    )
