"""The views of all features at once: which separate the moods, and which go together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.analysis import effects, findings
from mmc_core.features.schema import BY_NAME, GROUPS
from mmc_core.figures import ranking
from mmc_core.language import N_, _, write
from mmc_core.ui.common import address, choices, load, screen, widgets
from mmc_core.ui.distributions import ranking_table
from mmc_core.wording import listed

BEST, ALL = "best", "all"
MOST = {BEST: 20, ALL: 1000}
SHOWN = {BEST: N_("Best 20"), ALL: N_("All")}
FIGURE, TABLE = "figure", "table"
AS = {FIGURE: N_("Figure"), TABLE: N_("Table")}
STRONGEST = 10  # pairs of features that a phone lists
GROUPED, CLUSTERED = "groups", "clustered"
ORDERS = {GROUPED: N_("By kind"), CLUSTERED: N_("Clustered")}


def show_ranking(chosen: Sequence[str]) -> None:
    """Features by how well they separate the moods; a click leads to a feature."""
    of_kinds, how_many, shown_as = st.columns([4, 1.4, 1.4])
    with of_kinds:
        kinds = choices.choose_groups(_("Kinds of feature"), list(GROUPS))
    with how_many:
        most = st.segmented_control(
            _("Features"),
            list(SHOWN),
            required=True,
            format_func=lambda name: _(SHOWN[name]),
            **address.one("features", list(SHOWN), BEST),
        )
    with shown_as:
        view = st.segmented_control(
            _("Show as"),
            list(AS),
            required=True,
            format_func=lambda name: _(AS[name]),
            **address.one("as", list(AS), FIGURE),
        )
    if not kinds:
        st.info(_("Choose at least one kind of feature."), icon=":material/info:")
        return
    every = datasets.every()
    each = {}
    for id_ in chosen:
        if any(one.pairs for one in load.separation(id_).values()):
            each[every[id_].title] = load.separation(id_)
        else:
            title = widgets.escape_markdown(every[id_].title)
            st.info(
                _("{title} has only one mood, so features cannot be ranked.", title=title),
                icon=":material/info:",
            )
    if not each:
        return
    for title, separations in each.items():
        st.markdown(
            findings.of_ranking(widgets.escape_markdown(title), effects.ranking(separations))
        )
    name = f"ranking-{'-'.join(chosen)}"
    if len(each) > 1:
        st.caption(_("A feature is ranked by the dataset in which it separates best."))
    if view == TABLE:
        ranking_table.show(each, kinds, MOST[most], name)
    else:
        widgets.figure(
            ranking.ranking(each, kinds=kinds, most=MOST[most], narrow=screen.is_narrow()),
            key="ranking",
            name=name,
            on_click=_open_feature,
        )
    st.caption(
        _(
            "ε² (epsilon-squared) = H / (n − 1), with Kruskal–Wallis H: the share of the ranks' "
            "variance that is between moods. 0: moods do not differ. Near 1 (0.94 for four moods "
            "of equal size): they do not overlap. Lines: 95 % intervals from a bootstrap over "
            "groups."
        )
        + " "
        + _(
            "p: chi-square approximation of H, first corrected for clips of a group (artist, song) "
            "being alike (Rao and Scott 1984), then adjusted over all features (Holm 1979), so it "
            "does not follow from H alone."
        )
        + " "
        + (
            _("Click a header to sort, a row to open its feature.")
            if view == TABLE
            else _("Click a point to open its feature.")
        )
    )


def _open_feature() -> None:
    points = st.session_state["ranking-plot"]["selection"]["points"]
    if points:
        ranking_table.open_feature(points[0]["customdata"][0])


def show_correlations(chosen: Sequence[str]) -> None:
    """Which features go together, a map a dataset."""
    of_kinds, in_order = st.columns([4, 2])
    with of_kinds:
        kinds = choices.choose_groups(_("Kinds of feature"), list(GROUPS))
    with in_order:
        order = st.segmented_control(
            _("Order"),
            list(ORDERS),
            required=True,
            format_func=lambda name: _(ORDERS[name]),
            **address.one("order", list(ORDERS), GROUPED),
        )
    every = datasets.every()
    for id_ in chosen:
        title = every[id_].title
        related = ranking.grouped(load.correlations(id_), kinds)
        if len(related) < 2:
            st.info(
                _(
                    "{title} has fewer than two features of these kinds.",
                    title=widgets.escape_markdown(title),
                )
                if kinds
                else _("Choose at least one kind of feature."),
                icon=":material/info:",
            )
            continue
        st.header(widgets.escape_markdown(title))
        widgets.figure(
            ranking.correlation_map(
                title,
                related,
                kinds,
                by_likeness=order == CLUSTERED,
                narrow=screen.is_narrow(),
            ),
            key=f"correlations-{id_}",
            name=f"correlations-{id_}",
        )
        if screen.is_narrow():
            _list_strongest(related)
        st.markdown(findings.of_correlations(widgets.escape_markdown(title), related))
    meaning = _(
        "Spearman's ρ over all clips: 1 if two features always rise together, −1 if one falls when "
        "the other rises, 0 if they are unrelated."
    )
    st.caption(f"{meaning} {_order_in_words(order, kinds)}")


def _list_strongest(related: pd.DataFrame) -> None:
    """Draw the strongest correlations as a table, as a phone has no room for all names."""
    pairs = ranking.strongest(related, STRONGEST)
    names = zip(pairs["one"], pairs["other"], strict=True)
    st.table(
        pd.DataFrame(
            {
                _("Strongest correlations"): [
                    listed(_(BY_NAME[name].title) for name in pair) for pair in names
                ],
                "ρ": [write(rho, "+.2f").replace("-", "−") for rho in pairs["rho"]],
            }
        ).set_index(_("Strongest correlations"))
    )


def _order_in_words(order: str, kinds: Sequence[str]) -> str:
    if order == CLUSTERED:
        return _(
            "Features that go together, in either direction, are beside each other: average "
            "linkage of 1 − |ρ|."
        )
    return _(
        "Lines separate the kinds of feature: {kinds}.",
        kinds=", ".join(_(group) for group in GROUPS if group in kinds),
    )
