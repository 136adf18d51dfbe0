"""The view that trains: settings of a new run, beside the runs there are."""

from __future__ import annotations

import streamlit as st

from mmc_core import datasets, settings
from mmc_core.datasets.user.corrected import ID as CORRECTIONS
from mmc_core.errors import MMCError
from mmc_core.jobs import training as jobs
from mmc_core.language import N_, _
from mmc_core.learning import recipes
from mmc_core.learning.recipes import AnyRecipe
from mmc_core.ui.common import address, live, load, widgets
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.training import run_list

OFF = N_("Trainings cannot be started from this page: it is switched off where the app runs.")


def draw_trainer() -> None:
    """Settings on one side, what is trained on the other."""
    form, listed = st.columns([2, 3], gap="large")
    with form:
        st.header(_("New run"))
        _form()
    with listed:
        run_list.draw()


def offered() -> dict[str, AnyRecipe]:
    """Return the recipes that the page can train on this machine, by name."""
    loaded = {name: recipes.load(name) for name in recipes.names()}
    return {name: recipe for name, recipe in loaded.items() if recipe.is_offered}


def _form() -> None:
    known = offered()
    name = st.selectbox(
        _("Recipe"),
        list(known),
        format_func=lambda name: f"{_(known[name].title)} ({name})",
        help=_("What is trained, and how. Its settings can be changed below."),
        **address.one("recipe", list(known), "cnn1d"),
    )
    usual = known[name]
    if usual.training_note:
        st.caption(usual.training_note)
    here = {
        id_: each.title
        for id_, each in datasets.every().items()
        if each.has_table() and not load.lacks(id_) and _is_enough(each, usual)
    }
    if not here:
        st.info(
            _(
                "This recipe needs audio, and no dataset's audio is on this machine. Add your own "
                "dataset from a folder of songs."
            ),
            icon=":material/info:",
        )
        return
    first = usual.dataset if usual.dataset in here else next(iter(here))
    dataset = st.segmented_control(
        _("Dataset"),
        list(here),
        required=True,
        format_func=here.__getitem__,
        **address.one("dataset", list(here), first),
    )
    chosen = _settings(usual) | usual.settings_for(dataset)
    if dataset in usual.other_datasets:
        chosen |= _other_datasets(usual)
    busy = jobs.under_way()
    off = not settings.page_training()
    clicked = st.button(
        _("Train"), type="primary", icon=":material/play_arrow:", disabled=off or bool(busy)
    )
    if clicked and not off:  # a browser can be made to click what is disabled
        _start(name, {"dataset": dataset, **chosen})
    if off:
        st.caption(_(OFF))
    elif busy:
        name = widgets.escape_markdown(busy.name)
        text = _("{run} is in training. One run is trained at a time.", run=name)
        # Whose card may be on another page of the list.
        live.draw_until(lambda: st.caption(text), lambda: jobs.under_way() is None)
    else:
        background = _("Training runs in the background and continues when you close this page.")
        scored = (
            _("Scores come from grouped folds; the final model is trained on all clips.")
            if usual.FITS_ALL_CLIPS
            else _("A fifth of the clips is held out for the scores, with its groups.")
        )
        st.caption(f"{background} {scored}")


def _is_enough(dataset: datasets.Dataset, usual: AnyRecipe) -> bool:
    """Whether a recipe's inputs can be had of a dataset."""
    return not usual.needs_audio or usual.is_brought_by(dataset) or bool(dataset.audio())


def _other_datasets(usual: AnyRecipe) -> dict[str, object]:
    """Ask whether a recipe learns from corrections too, and return the setting for it."""
    own = datasets.every().get(CORRECTIONS)
    if own is None or not usual.is_brought_by(own):
        return {}
    wanted = st.toggle(
        _("Learn from my corrections too"),
        help=_(
            "They weigh as much as each of the other datasets. A song that is in one of these too "
            "makes the scores too good."
        ),
        **address.switch("corrections"),
    )
    return {"sources": [*usual.other_datasets, CORRECTIONS]} if wanted else {}


def _settings(usual: AnyRecipe) -> dict[str, object]:
    """Return the numbers that were chosen, by their names in a recipe; they begin at its values."""
    settings = usual.settings()
    half = (len(settings) + 1) // 2
    columns = st.columns(2) if len(settings) > 1 else None
    chosen: dict[str, object] = {}
    for i, setting in enumerate(settings):
        low, high = setting.low, setting.high
        in_address = address.number(
            f"{usual.name}-{setting.name}", low, high, getattr(usual, setting.name)
        )
        place = columns[i // half] if columns else st
        chosen[setting.name] = place.number_input(
            setting.label, low, high, step=setting.step, format=setting.format, **in_address
        )
    return chosen


def _start(name: str, changed: dict[str, object]) -> None:
    with show_errors(MMCError, OSError):
        recipe: AnyRecipe = recipes.load(name, [f"{key}={value}" for key, value in changed.items()])
        jobs.start(recipe)
        address.rerun()
