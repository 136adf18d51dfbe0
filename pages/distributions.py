"""Features by mood, in one dataset or several: one closely, all ranked, and which go together."""

import streamlit as st

from mmc_core.language import N_, _
from mmc_core.ui.common import address, choices, layout
from mmc_core.ui.distributions import downloads, features, ranking

layout.enter()

VIEWS = {
    "feature": (N_("One feature"), features.show_feature),
    "ranking": (N_("Ranking"), ranking.show_ranking),
    "correlations": (N_("Correlations"), ranking.show_correlations),
}


def draw() -> None:
    st.title(_("Distributions of features by mood"))
    which_view, which_datasets = st.columns([2, 5])
    with which_view:
        view = st.segmented_control(
            _("View"),
            list(VIEWS),
            required=True,
            format_func=lambda name: _(VIEWS[name][0]),
            **address.one("view", list(VIEWS), "feature"),
        )
    with which_datasets:
        chosen = choices.choose_datasets(["4qaed"])
    if not chosen:
        st.info(_("Choose at least one dataset."), icon=":material/info:")
        return
    VIEWS[view][1](chosen)
    downloads.offer_reports(chosen)


draw()
