"""Datasets against each other: which is easier, what shifts, where clips lie, what transfers."""

import streamlit as st

from mmc_core import datasets
from mmc_core.errors import MMCError
from mmc_core.language import _
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.ui.common import address, choices, layout, load, widgets
from mmc_core.ui.compare import views

layout.enter()


def draw() -> None:
    st.title(_("Compare datasets"))
    which, of_moods = st.columns([3, 2])
    with which:
        chosen = choices.choose_datasets(list(datasets.DATASETS))
    with of_moods:
        moods = st.pills(
            _("Moods"),
            NAMES,
            selection_mode="multi",
            format_func=lambda name: f"{BY_NAME[name].mark} {BY_NAME[name].label}",
            wrap=True,
            **address.several("moods", NAMES, NAMES),
        )
    view = choices.choose_view({name: view[0] for name, view in views.VIEWS.items()}, "answer")
    if len(chosen) < 2 or len(moods) < 2:
        st.info(_("Choose at least two datasets and two moods."), icon=":material/info:")
        return
    titles = {id_: datasets.title_of(id_) for id_ in chosen}
    try:
        comparison = load.comparison(sorted(titles), [mood for mood in NAMES if mood in moods])
    except MMCError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
        return
    views.VIEWS[view][1](comparison, titles)


draw()
