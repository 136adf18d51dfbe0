"""Which dataset is easier: the finding and its figures first, what is behind it on demand."""

from __future__ import annotations

from html import escape

import streamlit as st

from mmc_core.comparison import compare, conclusions
from mmc_core.comparison.result import Comparison
from mmc_core.errors import MMCError
from mmc_core.figures import comparison as figures
from mmc_core.files import csv_text
from mmc_core.jobs import comparison as jobs
from mmc_core.language import N_, _
from mmc_core.saved.comparison import MEASURES
from mmc_core.ui.common import address, screen, widgets
from mmc_core.ui.common.drawn import drawn

FURTHER = {
    "purity": N_("The share of the ten nearest clips that have the same mood."),
    "silhouette": N_("1 if moods are separate, 0 if they overlap."),
    "fisher": N_("Variance between moods divided by variance within them."),
}
FEATURES, OTHERS, TABLE = N_("Best single features"), N_("Other measures"), N_("Table")

WIDTHS = {figures.COLUMNS[0]: 230}  # pixels, for the longest measure's name

Titles = dict[str, str]


def offer_to_work_out(comparison: Comparison) -> None:
    """Say what is not computed yet, and compute it when asked to."""
    ids, moods = comparison.datasets, comparison.moods
    for sentence in comparison.missing.values():
        st.info(widgets.escape_markdown(sentence), icon=":material/info:")
    if comparison.separability or comparison.missing:
        return
    with st.container(border=True):
        st.markdown(
            _(
                "How well the moods separate, and how a model trained on one dataset does on "
                "another, takes **some minutes** to compute. The result is saved."
            )
        )
        asked = st.button(_("Compute"), icon=":material/calculate:", key="work-out")
        if asked or jobs.is_under_way(ids, moods):
            bar = st.progress(0.0, text=_("Starting …"))
            try:
                for done, total in jobs.watch(ids, moods):
                    words = _("Step {done} of {total}", done=done, total=total)
                    bar.progress(done / total, text=words)
            except MMCError as error:
                st.error(widgets.escape_markdown(str(error)))
            else:
                address.rerun()


def show(comparison: Comparison, titles: Titles) -> None:
    """Draw the finding with its figures, then the reasons and all other measures."""
    finding, *paragraphs = conclusions.answer(comparison)
    st.html(
        f"<div style='font-size:1.15rem;font-weight:600;line-height:1.35'>{escape(finding)}</div>"
    )
    if comparison.is_worked_out:
        why = conclusions.reason(comparison), conclusions.equal_size(comparison)
        st.markdown(widgets.escape_markdown(" ".join(filter(None, why))))
    offer_to_work_out(comparison)
    if comparison.separability:
        _draw_accuracies(comparison, titles)
    with st.expander(_("More about this comparison"), icon=":material/notes:"):
        for paragraph in paragraphs:
            st.markdown(widgets.escape_markdown(paragraph))
        st.markdown(f"**{_('Caveats')}**")
        sentences = map(widgets.escape_markdown, conclusions.caveats(comparison))
        st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
    if comparison.separability:
        _draw_rest(comparison, titles)


def _draw_accuracies(comparison: Comparison, titles: Titles) -> None:
    narrow = screen.is_narrow()
    whole, by_kind = st.columns(2, gap="large")
    with whole:
        st.header(_("Accuracy"), anchor=False)
        widgets.figure(
            drawn(figures.separability, comparison, titles, narrow=narrow),
            key="measures",
            name="separability",
        )
        st.caption(
            _(
                "Logistic regression, cross-validated. Lines: 95 % intervals by bootstrap over "
                "groups."
            )
        )
    with by_kind:
        st.header(_("Accuracy by kind of feature"), anchor=False)
        widgets.figure(
            drawn(figures.by_group, comparison, titles, narrow=narrow),
            key="groups",
            name="by-group",
        )


def _draw_rest(comparison: Comparison, titles: Titles) -> None:
    """Draw what few look at in tabs, each only once it is opened."""
    narrow = screen.is_narrow()
    features, others, table = st.tabs(
        [_(FEATURES), _(OTHERS), _(TABLE)], on_change="rerun", key="compare-rest"
    )
    if features.open:
        with features:
            widgets.figure(
                drawn(figures.effects, comparison, titles, narrow=narrow),
                key="effects",
                name="epsilon-squared",
            )
    if others.open:
        with others:
            _draw_others(comparison, titles)
    if table.open:
        with table:
            _draw_table(comparison, titles, narrow=narrow)


def _draw_others(comparison: Comparison, titles: Titles) -> None:
    for column, (measure, about) in zip(st.columns(3, gap="large"), FURTHER.items(), strict=True):
        with column:
            st.markdown(f"**{_(MEASURES[measure])}**")
            figure = drawn(figures.separability, comparison, titles, (measure,), narrow=True)
            widgets.figure(figure, key=measure, name=measure)
            st.caption(_(about))


def _draw_table(comparison: Comparison, titles: Titles, *, narrow: bool) -> None:
    words = figures.separability_words(comparison, titles)
    st.dataframe(
        words.iloc[:, :3] if narrow else words,
        hide_index=True,
        height="content",
        column_config={
            name: st.column_config.Column(_(name), width=WIDTHS.get(name))
            for name in figures.COLUMNS
        },
        key="all-measures",
    )
    with widgets.save_menu():
        st.download_button(
            "CSV",
            lambda: csv_text(figures.separability_table(comparison, titles)),
            file_name="separability.csv",
            mime="text/csv",
            key="all-measures-csv",
            on_click="ignore",
            help=_("The numbers in this table"),
        )
    st.caption(
        _(
            "*p*: from a permutation test, the share of {shuffles} shufflings of the moods "
            "({accuracy_shuffles} for accuracies) that reach the measured value; not adjusted "
            "for the number of measures.",
            shuffles=compare.SHUFFLES,
            accuracy_shuffles=compare.ACCURACY_SHUFFLES,
        )
    )
