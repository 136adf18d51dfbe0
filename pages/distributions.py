"""Features by mood, in one dataset or several: one closely, all ranked, and which go together."""

import streamlit as st

from mmc_core.ui.common import address, choices, layout
from mmc_core.ui.distributions import downloads, features, ranking

layout.enter()

VIEWS = {
    "feature": ("One feature", features.show_feature),
    "ranking": ("Ranking", ranking.show_ranking),
    "correlations": ("Correlations", ranking.show_correlations),
}


def draw() -> None:
    st.title("Distributions of features by mood")
    which_view, which_datasets = st.columns([2, 5])
    with which_view:
        view = st.segmented_control(
            "View",
            list(VIEWS),
            required=True,
            format_func=lambda name: VIEWS[name][0],
            **address.one("view", list(VIEWS), "feature"),
        )
    with which_datasets:
        chosen = choices.choose_datasets(["4qaed"])
    if not chosen:
        st.info("Choose at least one dataset.", icon=":material/info:")
        return
    VIEWS[view][1](chosen)
    downloads.offer_reports(chosen)


draw()
