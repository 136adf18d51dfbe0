"""What the views of one feature share: its distributions, its statistics, names of its files."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.analysis import findings
from mmc_core.analysis.effects import Separation
from mmc_core.features.schema import BY_NAME
from mmc_core.figures.style import mood_label
from mmc_core.language import _, write
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.wording import ADJUSTED_P, adjusted_p_value, p_number, rounded


def file_name(titles: Iterable[str]) -> str:
    """The ids of some datasets, for what is saved of them."""
    ids = {dataset.title: id_ for id_, dataset in datasets.every().items()}
    return "-".join(ids[title] for title in titles)


def show_separation(separation: Separation | None, *, opened: bool = False) -> None:
    """The statistics of one dataset in one feature.

    Args:
        opened: whether the pairs of moods are shown from the first.
    """
    if separation is None:
        return
    numeric = not BY_NAME[separation.feature].categories
    if numeric and not separation.pairs:
        st.markdown(_("There is only one mood, so moods cannot be compared."))
        return
    st.markdown(
        _(
            "{test} = {statistic}, {p}; {measure} = **{effect:.3f}** ({low:.3f} to {high:.3f}), "
            "{size}.",
            test=_("Kruskal–Wallis H") if numeric else _("Chi-square"),
            statistic=rounded(separation.statistic),
            p=adjusted_p_value(separation.p),
            measure="ε²" if numeric else _("Cramér's V²"),
            effect=separation.effect,
            low=separation.low,
            high=separation.high,
            size=_(findings.size_of_effect(separation.effect)),
        ),
        help=_(
            "p: adjusted over all features (Holm 1979) and corrected for clips of a group "
            "(artist, song) being alike (Rao and Scott 1984). In brackets: 95 % interval from a "
            "bootstrap over groups. Effect size in words: Rea and Parker (1992)."
        ),
    )
    if not numeric:
        return
    with st.expander(_("Pairs of moods"), expanded=opened):
        st.dataframe(
            pairs_table(separation),
            hide_index=True,
            column_config={
                "moods": _("Moods"),
                "δ": st.column_config.TextColumn(
                    alignment="right",
                    help=_(
                        "Cliff's delta: how often a clip of the first mood has the larger value, "
                        "minus how often a clip of the second has"
                    ),
                ),
                "size": st.column_config.TextColumn(
                    _("Size"), help=_("Thresholds of Romano et al. (2006)")
                ),
                "p": st.column_config.TextColumn(
                    _(ADJUSTED_P), help=_("Mann–Whitney test, adjusted over the pairs (Holm 1979)")
                ),
            },
        )


def pairs_table(separation: Separation) -> pd.DataFrame:
    """Cliff's delta of every two moods, with its size in a word."""
    return pd.DataFrame(
        [
            {
                "moods": f"{mood_label(MOOD[pair.one])} – {mood_label(MOOD[pair.other])}",
                "δ": write(pair.delta, "+.3f").replace("-", "−"),
                "size": _(findings.size_of_delta(pair.delta)),
                "p": p_number(pair.p),
            }
            for pair in separation.pairs
        ]
    )
