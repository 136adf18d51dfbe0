"""Datasets against each other: which is easier, what shifts, where clips lie, what transfers."""

import streamlit as st

from mmc_core import datasets
from mmc_core.errors import MMCError
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.ui.common import layout, load, widgets
from mmc_core.ui.compare import views

layout.enter()

st.title("Compare datasets")
which, of_moods = st.columns([3, 2])
with which:
    chosen = widgets.choose_datasets("datasets", default=list(datasets.DATASETS))
with of_moods:
    moods = st.pills(
        "Moods",
        NAMES,
        selection_mode="multi",
        default=list(NAMES),
        format_func=lambda name: f"{BY_NAME[name].mark} {name}",
        key="moods",
        **widgets.IN_ADDRESS,
    )
view = st.segmented_control(
    "View",
    list(views.VIEWS),
    default="answer",
    required=True,
    format_func=lambda name: views.VIEWS[name][0],
    label_visibility="collapsed",
    key="view",
    **widgets.IN_ADDRESS,
)
if len(chosen) < 2 or len(moods) < 2:
    st.info("Choose at least two datasets and two moods.", icon=":material/info:")
    st.stop()
titles = {id_: datasets.title_of(id_) for id_ in chosen}
try:
    comparison = load.comparison(sorted(titles), [mood for mood in NAMES if mood in moods])
except MMCError as error:
    st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
    st.stop()
views.VIEWS[view][1](comparison, titles)
