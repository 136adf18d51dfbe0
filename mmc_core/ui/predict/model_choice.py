"""Which model answers: a list with one number for each, and what there is to know of it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from mmc_core import datasets, runs
from mmc_core.datasets.user.corrected import ID as CORRECTIONS
from mmc_core.language import N_, _
from mmc_core.runs import Run
from mmc_core.runs.cards import accuracy_sentence, learned_from, n_learned, sentence, source_ids
from mmc_core.ui.common import address, load, widgets
from mmc_core.ui.predict import fetch
from mmc_core.wording import percent

ROLES = {
    "best": N_("Best (recommended)"),
    "quick": N_("Quick"),
    "1": N_("Model 1, 1D CNN on features"),
    "2": N_("Model 2, vote of 2D CNNs"),
}
USUAL = "4qaed"  # of music of many genres; models that did not learn from it are for their own


def models() -> dict[str, Run]:
    """Return the runs that can predict, by what the address calls them: those with a role first,
    those for other music last.
    """
    servable = {run.name: run for run in runs.servable()}
    roles = runs.serving()
    roles.setdefault("best", roles.get("1", ""))
    by_role = {role: servable[roles[role]] for role in ROLES if roles.get(role) in servable}
    with_role: dict[str, Run] = {}
    for role, run in by_role.items():
        if run not in with_role.values():
            with_role[role] = run
    named = {run.name for run in with_role.values()}
    others = {name: run for name, run in servable.items() if name not in named}
    in_order = sorted(others, key=lambda name: is_for_other_music(others[name]))
    return with_role | {name: others[name] for name in in_order}


def is_for_other_music(run: Run) -> bool:
    """Return whether a model learned only from music of another kind than most visitors' songs."""
    return USUAL not in source_ids(run) and run.dataset != CORRECTIONS


def model_label(key: str, run: Run) -> str:
    """Return what the list calls a model: its accuracy over folds that keep groups whole, and on
    which dataset; the dataset alone where that was not measured.
    """
    title = datasets.title_of(run.dataset)
    if key in ROLES:
        model = _(ROLES[key])
    elif is_for_other_music(run):
        model = _("For other music: {model}", model=f"{_(run.title)} ({run.name})")
    else:
        model = f"{_(run.title)} ({run.name})"
    if not (scored := load.grouped(run)):
        return model if key in ROLES else f"{model}: {title}"
    share = percent(scored.scores.accuracy)
    return _("{model}, {accuracy} on {dataset}", model=model, accuracy=share, dataset=title)


def short_label(name: str, every: Mapping[str, Run]) -> str:
    """Return what tables call a run: as the list of models does, without its accuracy."""
    key = next((key for key, run in every.items() if run.name == name), name)
    return _(ROLES[key]) if key in ROLES else name


def choose_model(every: Mapping[str, Run]) -> Run:
    """Draw the list of models, and what there is to know of the chosen one, folded away."""
    keys = list(every)
    key = st.selectbox(
        _("Model"),
        keys,
        format_func=lambda name: model_label(name, every[name]),
        **address.one("model", keys, keys[0], aliases=_other_names(every)),
    )
    run = every[key]
    trained = _("{model}, trained on {datasets}.", model=_(run.title), datasets=learned_from(run))
    if is_for_other_music(run) and (own := datasets.every().get(run.dataset)):
        music = widgets.escape_markdown(_(own.music))
        trained += " " + _("For such music: {music}", music=music)
    st.caption(trained)
    with st.popover(_("About this model"), icon=":material/info:", type="tertiary"):
        for fact in about(run):
            st.markdown(fact)
        fetch.offer_audioset(run)
    return run


def about(run: Run) -> list[str]:
    """Return how good a model is, how that was measured, and how long a song takes."""
    facts = []
    if scored := load.grouped(run):
        facts.append(f"{accuracy_sentence(scored)} {how_measured(scored)}")
    else:
        facts.append(_("How often it is right was not measured with artists or songs kept apart."))
    if run.dataset == CORRECTIONS:
        facts.append(
            _(
                "It learned from {n} corrections; its accuracy is from folds of these.",
                n=n_learned(run),
            )
        )
    if measured := runs.seconds_a_song(run.name):
        seconds, song_s = measured
        facts.append(
            _(
                "{seconds:.1f} s for a song of {minutes:.0f} min, measured on two cores.",
                seconds=seconds,
                minutes=song_s / 60,
            )
        )
    return facts


def how_measured(scored: Run) -> str:
    """Return on which dataset a model was scored, and how its clips were divided, in words."""
    return _(
        "Measured on {dataset}, {protocol}.",
        dataset=datasets.title_of(scored.dataset),
        protocol=sentence(scored),
    )


def _other_names(every: Mapping[str, Run]) -> dict[str, str]:
    """Return what an address may call a model that is listed by its first role."""
    keys = {run.name: key for key, run in every.items()}
    roles = {role: keys[name] for role, name in runs.serving().items() if name in keys}
    return {**keys, **roles}
