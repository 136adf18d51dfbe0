"""The view that trains: settings of a new run, beside the runs there are."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mmc_core import datasets, settings
from mmc_core.datasets.user.corrected import ID as CORRECTIONS
from mmc_core.errors import MMCError
from mmc_core.features.embeddings import is_here
from mmc_core.jobs import training as jobs
from mmc_core.language import N_, _
from mmc_core.learning import recipes
from mmc_core.learning.inputs import brings_embeddings
from mmc_core.learning.recipes import CNN1D, AnyRecipe, Network, Probe
from mmc_core.ui.common import address, live, load, widgets
from mmc_core.ui.training import run_list

MOST_EPOCHS = 500
MOST_SEED = 2**32 - 1
OFF = N_("Trainings cannot be started from this page: it is switched off where the app runs.")


def draw_trainer() -> None:
    """Settings on one side, what is trained on the other."""
    form, listed = st.columns([2, 3], gap="large")
    with form:
        st.header(_("New run"))
        _form()
    with listed:
        run_list.draw()


def offered() -> dict[str, CNN1D | Probe]:
    """The recipes that a page can train: 1D networks that need no audio, and probes whose
    pretrained networks are on this machine.
    """
    loaded = {name: recipes.load(name) for name in recipes.names()}
    return {
        name: recipe
        for name, recipe in loaded.items()
        if (isinstance(recipe, CNN1D) and not recipe.needs_audio)
        or (isinstance(recipe, Probe) and all(map(is_here, recipe.networks)))
    }


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
    if about := _about(usual):
        st.caption(about)
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
    chosen = _probe_settings(usual, dataset) if isinstance(usual, Probe) else _settings(usual)
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
            if isinstance(usual, Probe)
            else _("A fifth of the clips is held out for the scores, with its groups.")
        )
        st.caption(f"{background} {scored}")


def _is_enough(dataset: datasets.Dataset, usual: CNN1D | Probe) -> bool:
    """Whether a recipe's inputs can be had of a dataset."""
    return not usual.needs_audio or brings_embeddings(dataset, usual) or bool(dataset.audio())


def _about(usual: CNN1D | Probe) -> str:
    if isinstance(usual, Probe):
        return _("Embeddings are computed once; the rest takes seconds.")
    return _("Trains {n} networks.", n=usual.members) if usual.members > 1 else ""


def _probe_settings(usual: Probe, dataset: str) -> dict[str, object]:
    """Of a probe. On a dataset of one's own it learns from that alone, without copies."""
    seed = st.number_input(
        _("Seed"), 0, MOST_SEED, **address.number(f"{usual.name}-seed", 0, MOST_SEED, usual.seed)
    )
    alone: dict[str, object] = {"sources": [], "copies": []}
    return {"seed": seed} | (_sources(usual) if dataset in usual.sources else alone)


def _sources(usual: Probe) -> dict[str, object]:
    """Those of a recipe, and corrections where they are wanted too."""
    own = datasets.every().get(CORRECTIONS)
    if own is None or not brings_embeddings(own, usual):
        return {}
    wanted = st.toggle(
        _("Learn from my corrections too"),
        help=_(
            "They weigh as much as each of the other datasets. A song that is in one of these too "
            "makes the scores too good."
        ),
        **address.switch("corrections"),
    )
    return {"sources": [*usual.sources, CORRECTIONS]} if wanted else {}


def _settings(usual: Network) -> dict[str, object]:
    """Numbers that were chosen, by their names in a recipe, at whose values they begin."""
    left, right = st.columns(2)

    def choose(label: str, name: str, low: float, high: float, **form: Any) -> Any:
        in_address = address.number(f"{usual.name}-{name}", low, high, getattr(usual, name))
        return st.number_input(label, low, high, **form, **in_address)

    with left:
        label = _("Epochs at most") if usual.patience else _("Epochs")
        epochs = choose(label, "epochs", 1, MOST_EPOCHS)
        dropout = choose(_("Dropout"), "dropout", 0.0, 0.9, step=0.1, format="%.2f")
        learning_rate = choose(
            _("Learning rate"), "learning_rate", 1e-6, 0.1, step=1e-5, format="%.6f"
        )
    with right:
        seed = choose(_("Seed"), "seed", 0, MOST_SEED)
        l2 = choose(_("L2 penalty"), "l2", 0.0, 1.0, step=0.001, format="%.4f")
        batch_size = choose(_("Batch size"), "batch_size", 1, 1024)
    return {
        "epochs": epochs,
        "seed": seed,
        "dropout": dropout,
        "l2": l2,
        "learning_rate": learning_rate,
        "batch_size": batch_size,
    }


def _start(name: str, changed: dict[str, object]) -> None:
    try:
        recipe: AnyRecipe = recipes.load(name, [f"{key}={value}" for key, value in changed.items()])
        jobs.start(recipe)
    except (MMCError, OSError) as error:
        st.error(widgets.escape_markdown(str(error)), icon=":material/error:")
    else:
        address.rerun()
