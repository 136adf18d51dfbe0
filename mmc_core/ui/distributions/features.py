"""The view of one feature by mood, in one dataset or several on one axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import streamlit as st

from mmc_core import datasets
from mmc_core.analysis import findings
from mmc_core.analysis.effects import Separation
from mmc_core.analysis.points import Clips
from mmc_core.analysis.summaries import Summary
from mmc_core.datasets import Dataset
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME, GROUP_KEYS, GROUPS, Feature
from mmc_core.figures import distributions, numbers, shapes
from mmc_core.figures.numbers import ByDataset
from mmc_core.figures.panels import Look, Marked
from mmc_core.figures.style import Figure
from mmc_core.language import N_, _
from mmc_core.ui.common import address, load, screen, widgets
from mmc_core.ui.common.drawn import drawn
from mmc_core.ui.distributions import downloads, selection
from mmc_core.ui.distributions.categories import show_categories
from mmc_core.ui.distributions.numbers import file_name, show_separation


@dataclass(frozen=True)
class Plot:
    """A way to draw a feature of numbers."""

    title: str
    draw: Callable[[Feature, ByDataset, Look], Figure]
    reading: str


BOXPLOT, HISTOGRAM = "boxplot", "histogram"
PLOTS = {
    BOXPLOT: Plot(
        N_("Boxplot"),
        distributions.boxplot,
        distributions.READING,
    ),
    HISTOGRAM: Plot(
        N_("Histogram with density"),
        distributions.histogram,
        N_(
            "Height: share of the mood's clips in each bin, on an axis of each dataset's own. Bins "
            "are centred on multiples of their width. Line: Gaussian kernel density with "
            "R's default bandwidth."
        ),
    ),
    "violin": Plot(
        N_("Violin"),
        shapes.violin,
        N_(
            "Width: density; all violins of a dataset have the same area. Bar: the middle half of "
            "the clips. White mark: median."
        ),
    ),
    "ridgeline": Plot(
        N_("Ridgeline"),
        shapes.ridgeline,
        N_("Height: density; all ridges of a dataset have the same area. Vertical line: median."),
    ),
    "ecdf": Plot(
        N_("ECDF"),
        shapes.ecdf,
        N_(
            "Empirical cumulative distribution: the share of a mood's clips with this value or "
            "less. Marks: median and quartiles."
        ),
    ),
}
EVERY_KIND = N_("All")
KIND_KEYS = {EVERY_KIND: "all", **GROUP_KEYS}
UNLIKE = N_(
    "The datasets were recorded and measured in different ways, which moves values too: see their "
    "details on Overview."
)
LOG_BINS = N_("On a logarithmic axis, bins of the same width look narrower to the right.")


def show_feature(chosen: Sequence[str]) -> None:
    """One feature of the chosen datasets.

    Args:
        chosen: ids of datasets, at least one.
    """
    every = datasets.every()
    title_of = {id_: every[id_].title for id_ in chosen}
    by_dataset = {title: load.summary(id_) for id_, title in title_of.items()}
    result = _choose_feature(by_dataset)
    if result is None:
        return
    feature, kind = result
    clips = {title: ready for id_, title in title_of.items() if (ready := load.clips(id_))}
    separations = {title: load.separation(id_).get(feature.name) for id_, title in title_of.items()}
    data = {title: summary.by_mood(feature.name) for title, summary in by_dataset.items()}
    st.markdown(f"**{feature.label}.** {_(feature.meaning)}")
    if feature.categories:
        show_categories(feature, by_dataset, clips, separations)
    else:
        _numbers(feature, kind, data, clips, separations)
    missing = [every[id_] for id_, title in title_of.items() if title not in clips]
    for dataset in missing:
        _offer_table(dataset)


def _choose_feature(by_dataset: Mapping[str, Summary]) -> tuple[Feature, str] | None:
    """A feature that all datasets have, and a plot for it."""
    first, *others = by_dataset.values()
    there = [feature for feature in first.features if all(feature in s.features for s in others)]
    groups = [group for group in GROUPS if any(feature.group == group for feature in there)]
    if not groups:
        st.info(_("The chosen datasets have no feature in common."), icon=":material/info:")
        return None
    of_kind, of_name, as_plot = st.columns([2, 3, 5])
    with of_kind:
        group = st.selectbox(
            _("Kind of feature"),
            [EVERY_KIND, *groups],
            format_func=_,
            **address.one("group", [EVERY_KIND, *groups], EVERY_KIND, keys=KIND_KEYS),
        )
    kinds = groups if group == EVERY_KIND else [group]
    names = [feature.name for kind in kinds for feature in there if feature.group == kind]
    with of_name:
        name = st.selectbox(
            _("Feature"),
            names,
            format_func=lambda feature_name: _(BY_NAME[feature_name].title),
            help=_("Type part of a name to find a feature"),
            **address.one("feature", names, names[0]),
        )
    with as_plot:
        kind = st.segmented_control(
            _("Plot"),
            list(PLOTS),
            required=True,
            format_func=lambda plot: _(PLOTS[plot].title),
            wrap=True,
            disabled=bool(BY_NAME[name].categories),
            **address.one("plot", list(PLOTS), BOXPLOT),
        )
    return BY_NAME[name], kind


# ---- numeric features --------------------------------------------------------------------------


def _numbers(
    feature: Feature,
    kind: str,
    data: ByDataset,
    clips: Mapping[str, Clips],
    separations: Mapping[str, Separation | None],
) -> None:
    plot = PLOTS[kind]
    picture, side = st.columns([3, 2], gap="large")
    with side:
        if kind == HISTOGRAM:
            data = _choose_bins(feature, data, clips)
        _show_numbers(feature, data, separations)
    with picture:
        look = _choose_look(data, clips)
        place = st.container()
        marks = selection.marks(clips, feature.name, outliers=kind == BOXPLOT, sample=look.sample)
        reading = [_(plot.reading)]
        if look.log and kind == HISTOGRAM:
            reading += [_(LOG_BINS)]
        if kind == BOXPLOT:
            reading += [selection.left_out(marks, data)]
        if look.sample:
            reading += [_("Points: clips chosen at random, at most 150 per mood.")]
        if look.free:
            reading += [_("Each dataset has a value axis of its own: compare values, not places.")]
        if len(data) > 1:
            reading += [_(UNLIKE)]
        st.caption(" ".join(filter(None, reading)))
        if clips:
            marks = _picked(feature, data, clips, marks)
    name = f"{feature.name}-{file_name(data)}"
    with place:
        widgets.figure(
            drawn(
                plot.draw,
                feature,
                data,
                Look(
                    log=look.log,
                    free=look.free,
                    narrow=screen.is_narrow(),
                    marks=marks,
                    names=_names(clips),
                ),
            ),
            key="distribution",
            name=name,
            on_click=selection.click,
            more=lambda: downloads.buttons(feature, data, kind, name, clips, log=look.log),
        )


def _show_numbers(
    feature: Feature, data: ByDataset, separations: Mapping[str, Separation | None]
) -> None:
    """Draw the finding and the numbers of each dataset, those of several behind tabs."""
    titles = [widgets.escape_markdown(title) for title in data]
    places = st.tabs(titles) if len(data) > 1 else [st.container()]
    for place, (title, moods) in zip(places, data.items(), strict=True):
        with place:
            if len(data) == 1:
                st.markdown(f"**{titles[0]}**")
            st.markdown(findings.of_feature(feature, moods, separations[title]))
            st.table(numbers.numbers_by_mood(feature, moods))
            opened = len(data) == 1 and not screen.is_narrow()
            show_separation(separations[title], opened=opened)


@dataclass(frozen=True)
class Chosen:
    """What the switches above a plot say."""

    log: bool
    free: bool
    sample: bool


def _choose_look(data: ByDataset, clips: Mapping[str, Clips]) -> Chosen:
    """The switches above a plot."""
    problem = distributions.log_axis_problem(data)
    with st.container(horizontal=True, gap="medium"):
        log = st.toggle(
            _("Logarithmic axis"),
            disabled=problem is not None,
            help=problem,
            **address.switch("log"),
        )
        free = len(data) > 1 and st.toggle(
            _("Free scales"),
            help=_(
                "Each dataset on a value axis of its own, where a common one leaves one too small"
            ),
            **address.switch("free"),
        )
        sample = st.toggle(
            _("Show clips as points"),
            disabled=not clips,
            help=_("At most 150 clips per mood, chosen at random, the same for every feature")
            if clips
            else _("Needs the feature table, which is not on this machine or too large"),
            **address.switch("points"),
        )
    return Chosen(log and problem is None, free, sample)


def _choose_bins(feature: Feature, data: ByDataset, clips: Mapping[str, Clips]) -> ByDataset:
    """The distributions with bins of a chosen width, where all tables are here."""
    complete = len(clips) == len(data)
    width = st.number_input(
        _("Bin width ({unit})", unit=_(feature.unit)) if feature.unit else _("Bin width"),
        value=feature.bin_width,
        min_value=0.0,
        step=feature.bin_width,
        format="%g",
        disabled=not complete,
        help=None
        if complete
        else _("Other widths need feature tables, which are not on this machine or too large"),
        **(
            address.number(f"width-{feature.name}", 0, inf, feature.bin_width or 1.0)
            if complete
            else {}
        ),
    )
    if width is None or width == feature.bin_width or not complete:
        return data
    try:
        return {title: clips[title].with_bins(moods, width) for title, moods in data.items()}
    except ValueError as error:
        st.warning(str(error), icon=":material/warning:")
        return data


def _picked(
    feature: Feature,
    data: ByDataset,
    clips: Mapping[str, Clips],
    marks: Mapping[str, Marked],
) -> dict[str, Marked]:
    """The clips to draw, with the picked one among them, which is described."""
    ids = {dataset.title: id_ for id_, dataset in datasets.every().items()}
    named, others = selection.choose(marks, ids)
    if not named:
        return dict(marks)
    result = selection.find(named, clips, feature.name, ids)
    if result is None:
        st.caption(
            _(
                "There is no clip {clip} in the chosen datasets' feature tables on this machine.",
                clip=widgets.escape_markdown(named),
            )
        )
        return dict(marks)
    title, points = result
    selection.describe(title, ids[title], points, feature, data, others)
    return {**marks, title: replace(marks[title], picked=points)}


def _names(clips: Iterable[str]) -> dict[str, dict[str, str]]:
    """Clips' names to read, by the titles of datasets."""
    ids = {dataset.title: id_ for id_, dataset in datasets.every().items()}
    return {title: load.clip_names(ids[title]) for title in clips}


# ---- what is not here -------------------------------------------------------------------------


def _offer_table(dataset: Dataset) -> None:
    """Say what the summary cannot show, and fetch the table on request."""
    with st.container(border=True):
        if dataset.too_large:
            need = _(
                "Single clips and other bin widths need the feature table, which is not read here."
            )
            need += f" {widgets.escape_markdown(dataset.too_large)}"
        elif dataset.download:
            need = _(
                "Single clips and other bin widths need the feature table, which can be downloaded."
            )
        else:
            need = _(
                "Single clips and other bin widths need the feature table. Build the dataset again."
            )
        drawn = _(
            "**{title}** : the figure is drawn from a summary.",
            title=widgets.escape_markdown(dataset.title),
        )
        st.markdown(f"{drawn} {need}")
        if dataset.download and st.button(
            _("Download the feature table"), key=f"fetch-{dataset.id}", icon=":material/download:"
        ):
            try:
                with st.spinner(_("Downloading {title} …", title=dataset.title)):
                    dataset.fetch()
            except DatasetError as error:
                st.error(widgets.escape_markdown(str(error)))
            else:
                address.rerun()
