"""Distributions by mood: our figures against pandas, their clips, and what they cost."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import PathPatch, Rectangle

from mmc_core import datasets
from mmc_core.analysis import effects
from mmc_core.analysis.points import MAX_OUTLIERS, MAX_SAMPLE, Clips
from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import BY_NAME, GROUPS, R_BIN_WIDTHS, Feature
from mmc_core.figures import distributions, ggplot, grey, ranking, shapes
from mmc_core.figures.distributions import ByDataset, Look, Marked
from mmc_core.moods import MOODS, NAMES
from tests.support.tables import of as of_all

TURKISH = "Turkish Music Emotion"
# Those that the original's R reports plot, all with its widths; its roll-off histogram showed
# chroma, so roll-off has ours.
PLOTTED = {**R_BIN_WIDTHS, "rolloff_mean": BY_NAME["rolloff_mean"].bin_width or 0}
DRAWN = [distributions.boxplot, distributions.histogram]
DRAWN += [shapes.violin, shapes.ridgeline, shapes.ecdf]
Draw = Callable[..., Any]


def of(feature: Feature, table: pd.DataFrame, title: str = "Made") -> ByDataset:
    """Distributions of one feature, without the others' densities."""
    return of_all(feature, table[["clip", "mood", "group", feature.name]], title)


# ---- our figures against pandas ---------------------------------------------------------------


@pytest.fixture(scope="module")
def workbook_itself() -> pd.DataFrame:
    from mmc_core.settings import data_mirror

    mirror = data_mirror()
    if mirror is None or not mirror.is_dir():
        pytest.skip("needs the datasets' files: MMC_DATA_MIRROR names no folder")
    return pd.read_excel(mirror / "turkish" / "Features_extra.xlsx")


@dataclass
class ByHand:
    """One plotted feature by mood, by pandas alone."""

    feature: str
    boxes: dict[str, list[float]] = field(default_factory=dict)  # whiskers, quartiles: in order
    bins: dict[str, dict[float, int]] = field(default_factory=dict)  # clips by a bin's centre
    outliers: dict[str, list[float]] = field(default_factory=dict)


@pytest.fixture(params=PLOTTED)
def by_hand(request: pytest.FixtureRequest, workbook_itself: pd.DataFrame) -> ByHand:
    result = ByHand(request.param)
    width = PLOTTED[result.feature]
    for mood in NAMES:
        values = workbook_itself.loc[workbook_itself["mood"] == mood, result.feature]
        q1, median, q3 = values.quantile([0.25, 0.5, 0.75])
        inside = values.between(q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1))
        k = np.arange(np.floor(values.min() / width) - 1, np.ceil(values.max() / width) + 2)
        cut = pd.cut(values, ((k - 0.5) * width).tolist(), labels=(k[:-1] * width).tolist())
        result.boxes[mood] = [values[inside].min(), q1, median, q3, values[inside].max()]
        result.bins[mood] = {float(str(at)): int(n) for at, n in cut.value_counts().items() if n}
        result.outliers[mood] = sorted(values[~inside])
    return result


def turkish(name: str) -> ByDataset:
    summary = datasets.get("turkish").summary()
    return {TURKISH: {mood: d for (feature, mood), d in summary.items() if feature == name}}


def same_bins(result: dict[float, float], expected: dict[float, int]) -> None:
    assert sorted(result) == pytest.approx(sorted(expected))
    assert [result[at] for at in sorted(result)] == [expected[at] for at in sorted(expected)]


def test_our_boxes_are_pandas(by_hand: ByHand) -> None:
    plot = distributions.boxplot(BY_NAME[by_hand.feature], turkish(by_hand.feature)).plot
    boxes = [trace for trace in plot.data if trace.type == "box"]
    assert len(boxes) == 4
    for mood, box in zip(NAMES, boxes, strict=True):
        drawn = (box.lowerfence, box.q1, box.median, box.q3, box.upperfence)
        assert [value[0] for value in drawn] == pytest.approx(by_hand.boxes[mood])
        assert mood in box.name


def test_our_bins_are_pandas(by_hand: ByHand) -> None:
    plot = distributions.histogram(BY_NAME[by_hand.feature], turkish(by_hand.feature)).plot
    bars = [trace for trace in plot.data if trace.type == "bar"]
    assert len(bars) == 4
    for mood, bar in zip(NAMES, bars, strict=True):
        assert np.asarray(bar.width) == pytest.approx(PLOTTED[by_hand.feature])
        assert list(bar.y) == pytest.approx(bar.customdata)  # of 100 clips: per cent are clips
        drawn = {x: n for x, n in zip(bar.x, bar.customdata, strict=True) if n}
        same_bins(drawn, by_hand.bins[mood])


def test_ggplots_boxes_are_pandas(by_hand: ByHand) -> None:
    with grey.settings():
        (axes,) = ggplot.boxplot(BY_NAME[by_hand.feature], turkish(by_hand.feature)).axes
    boxes = [patch for patch in axes.patches if isinstance(patch, PathPatch)]
    lines = [(np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in axes.lines]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == list(NAMES)
    for i, mood in enumerate(NAMES):
        low, q1, median, q3, high = by_hand.boxes[mood]
        corners = np.asarray(boxes[i].get_path().vertices)
        assert (corners[:, 1].min(), corners[:, 1].max()) == pytest.approx((q1, q3))
        drawn = sorted(sorted(y.tolist()) for x, y in lines if len(x) and x.mean() == i)
        parts = [[low, q1], [median, median], [q3, high], by_hand.outliers[mood]]
        expected = sorted(part for part in parts if part)
        assert len(drawn) == len(expected)
        for ours, theirs in zip(drawn, expected, strict=True):
            assert ours == pytest.approx(theirs)


def outliers_in(plot: Any) -> list[float]:
    """The values of the marks beyond the whiskers."""
    marks = [trace for trace in plot.data if trace.type == "scatter" and trace.x[0] is not None]
    return sorted(value for trace in marks for value in trace.y)


def test_our_outliers_are_pandas(by_hand: ByHand) -> None:
    """Without the table: of the summary."""
    plot = distributions.boxplot(BY_NAME[by_hand.feature], turkish(by_hand.feature)).plot
    expected = sorted(value for values in by_hand.outliers.values() for value in values)
    assert outliers_in(plot) == pytest.approx(expected)


def test_every_boxplot_draws_all_outliers_of_the_table() -> None:
    drawn = 0.0
    for dataset in datasets.DATASETS.values():
        summary = dataset.summary()
        for feature in summary.features:
            if feature.categories:
                continue
            data = {dataset.title: summary.by_mood(feature.name)}
            figure = distributions.boxplot(feature, data)
            assert len(outliers_in(figure.plot)) == figure.data["outliers"].sum()
            drawn += figure.data["outliers"].sum()
    assert drawn > 1000


def test_named_outliers_stand_in_place_of_the_summarys(table: pd.DataFrame) -> None:
    made = table.assign(tempo=table["tempo"].where(table.index > 2, 1e4))
    feature, summary = BY_NAME["tempo"], Summary.of(made[["clip", "mood", "group", "tempo"]])
    data = {"Made": summary.by_mood("tempo")}
    marked = Marked(
        outliers=Clips(made[["clip", "mood", "group", "tempo"]], summary).outliers("tempo")
    )
    plot = distributions.boxplot(feature, data, Look(marks={"Made": marked})).plot
    n = sum(d.n_outliers for d in data["Made"].values())
    assert len(outliers_in(plot)) == n > 0


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_datasets_stand_below_each_other_on_a_narrow_screen(draw: Draw) -> None:
    feature = BY_NAME["rms_mean"]
    data = {one.title: one.summary().by_mood("rms_mean") for one in datasets.DATASETS.values()}
    wide, narrow = (draw(feature, data, Look(narrow=each)).plot for each in (False, True))
    assert narrow.layout.height > wide.layout.height
    domains = {axis.domain for axis in narrow.select_xaxes()}
    assert domains == {(0.0, 1.0)}
    assert {axis.matches for axis in narrow.select_xaxes()} | {
        axis.matches for axis in narrow.select_yaxes()
    } >= {"x"} or draw in (distributions.boxplot, shapes.violin)


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_free_scales_give_each_dataset_its_own_axis(draw: Draw) -> None:
    feature = BY_NAME["rms_mean"]
    data = {one.title: one.summary().by_mood("rms_mean") for one in datasets.DATASETS.values()}
    upright = draw in (distributions.boxplot, shapes.violin)
    for free in (False, True):
        plot = draw(feature, data, Look(free=free)).plot
        axes = list(plot.select_yaxes() if upright else plot.select_xaxes())
        apart = {axis.matches or axis.plotly_name.replace("axis", "") for axis in axes}
        assert len(apart) == (len(data) if free else 1)


def test_heights_are_each_datasets_own_and_no_peak_meets_the_row_above() -> None:
    feature = BY_NAME["rms_mean"]
    data = {one.title: one.summary().by_mood("rms_mean") for one in datasets.DATASETS.values()}
    plot = distributions.histogram(feature, data).plot
    columns = {title: i + 1 for i, title in enumerate(data)}
    for title, moods in data.items():
        top = max(100 * max(d.counts) / d.n for d in moods.values())
        axis = plot.get_subplot(1, columns[title]).yaxis
        assert 0.5 * axis.range[1] < top < axis.range[1]
    assert "Share of the mood's clips" in [note.text for note in plot.layout.annotations]
    for trace in shapes.ridgeline(feature, data).plot.data:
        if trace.fill:
            assert max(trace.y) - min(trace.y) < 1


def test_a_phones_map_of_correlations_has_square_cells_and_names_kinds() -> None:
    related = datasets.get("4qaed").correlations()
    layout = ranking.correlation_map("4QAED", related, narrow=True).plot.layout
    assert layout.yaxis.scaleanchor == "x"
    assert set(layout.xaxis.ticktext) == set(layout.yaxis.ticktext) == set(GROUPS)
    pairs = ranking.strongest(related, 10)["rho"].abs().tolist()
    assert pairs == sorted(pairs, reverse=True) and len(pairs) == 10
    upper = related.to_numpy()[np.triu_indices(len(related), k=1)]
    assert pairs[0] == pytest.approx(np.nanmax(np.abs(upper)))


def test_no_axis_of_shares_goes_beyond_100_per_cent() -> None:
    feature = BY_NAME["rms_mean"]
    data = {one.title: one.summary().by_mood("rms_mean") for one in datasets.DATASETS.values()}
    for draw in (distributions.histogram, shapes.ecdf):
        for look in (Look(), Look(free=True), Look(narrow=True)):
            for axis in draw(feature, data, look).plot.select_yaxes():
                assert axis.range[0] == 0 and axis.range[1] <= 100 + 1e-9
                assert all(tick <= 100 for tick in axis.tickvals or ())


def test_a_legend_has_one_sign_a_mood() -> None:
    feature = BY_NAME["rms_mean"]
    data = {one.title: one.summary().by_mood("rms_mean") for one in datasets.DATASETS.values()}
    for draw in (distributions.boxplot, shapes.violin, shapes.ecdf):
        plot = draw(feature, data).plot
        named = [trace.name.strip() for trace in plot.data if trace.showlegend]
        assert plot.layout.showlegend
        assert named == [mood.label for mood in MOODS]
        assert all(trace.showlegend is not None for trace in plot.data)


def test_ggplots_bins_are_pandas(by_hand: ByHand) -> None:
    with grey.settings():
        panels = ggplot.histogram(BY_NAME[by_hand.feature], turkish(by_hand.feature)).axes
    assert len(panels) == 4
    for mood, axes in zip(NAMES, panels, strict=True):
        bars = [bar for bar in axes.containers[0] if isinstance(bar, Rectangle)]
        drawn = {bar.get_x() + bar.get_width() / 2: bar.get_height() for bar in bars}
        assert [bar.get_width() for bar in bars] == pytest.approx(
            [PLOTTED[by_hand.feature]] * len(bars)
        )
        same_bins({x: n for x, n in drawn.items() if n}, by_hand.bins[mood])


# ---- the other plots --------------------------------------------------------------------------


def test_a_violin_is_the_density_between_the_extremes(table: pd.DataFrame) -> None:
    data = of(BY_NAME["tempo"], table)
    d = data["Made"][NAMES[0]]
    at, density = shapes.outline(d)
    assert (at[0], at[-1]) == (d.minimum, d.maximum)
    assert density == pytest.approx(np.interp(at, d.density_at, d.density))
    violin = shapes.violin(BY_NAME["tempo"], data).plot.data[0]
    widest = max(shapes.outline(one)[1].max() for one in data["Made"].values())
    right = np.array(violin.x[len(at) :])[::-1]
    assert right == pytest.approx(shapes.HALF_WIDTH * density / widest)
    assert violin.y[: len(at)] == pytest.approx(at)


def test_a_density_of_the_logarithm_has_the_same_area() -> None:
    values = np.random.default_rng(0).lognormal(1, 0.4, 4000)
    table = pd.DataFrame({"clip": range(4000), "mood": NAMES[0], "group": "", "tempo": values})
    d = Summary.of(table)["tempo", NAMES[0]]
    at, density = shapes.outline(d, log=True)
    inside = at > 0
    area = np.trapezoid(density[inside], np.log10(at[inside]))
    assert area == pytest.approx(1, abs=0.02)
    peak = at[density.argmax()]  # of a normal distribution of logarithms: its median
    assert peak == pytest.approx(math.e, rel=0.1)


def test_a_cumulative_line_goes_through_every_percentile(table: pd.DataFrame) -> None:
    data = of(BY_NAME["tempo"], table)
    plot = shapes.ecdf(BY_NAME["tempo"], data).plot
    lines = [trace for trace in plot.data if trace.mode == "lines+markers"]
    for mood, line in zip(NAMES, lines, strict=True):
        values = table.loc[table["mood"] == mood, "tempo"]
        assert list(line.x) == pytest.approx(list(values.quantile(np.arange(101) / 100)))
        assert list(line.y) == list(range(101))


def test_a_logarithmic_axis_is_for_values_above_zero(table: pd.DataFrame) -> None:
    feature = BY_NAME["tempo"]
    below = of(feature, table)
    above = of(feature, table.assign(tempo=table["tempo"] + 20), "Above")
    assert distributions.log_axis_problem(above) is None
    problem = distributions.log_axis_problem({**above, **below})
    assert problem and "values above 0; the lowest in Made is −" in problem
    for draw in DRAWN:
        plot = draw(feature, above, Look(log=True)).plot
        axis = plot.layout.yaxis if draw in (distributions.boxplot, shapes.violin) else None
        assert (axis or plot.layout.xaxis).type == "log"


def test_bars_on_a_logarithmic_axis_begin_at_the_lowest_value() -> None:
    """The first bin is centred on 0, so half of it has no logarithm."""
    table = pd.DataFrame({"mood": NAMES[0], "zcr_mean": np.linspace(0.001, 0.1, 50)})
    d = Summary.of(table)["zcr_mean", NAMES[0]]
    assert d.first_bin == 0
    edges = distributions.bin_edges(d, log=True)
    assert edges[0] == pytest.approx(0.001)
    assert edges[1:] == pytest.approx(distributions.bin_edges(d)[1:])
    above = replace(d, first_bin=0.03)
    assert (distributions.bin_edges(above, log=True) == distributions.bin_edges(above)).all()


# ---- single clips -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fourqaed() -> tuple[pd.DataFrame, Summary, Clips]:
    dataset = datasets.get("4qaed")
    table, summary = dataset.table(), dataset.summary()
    return table, summary, Clips(table, summary)


def test_outliers_are_the_clips_beyond_the_whiskers(
    fourqaed: tuple[pd.DataFrame, Summary, Clips],
) -> None:
    table, summary, clips = fourqaed
    for name in ("rms_mean", "tempo", "mfcc_var_3"):
        points = clips.outliers(name)
        beyond = []
        by_clip = table.set_index("clip")
        for mood in NAMES:
            values = by_clip.loc[by_clip["mood"] == mood, name]
            d = summary[name, mood]
            outside = values[(values < d.whisker_low) | (values > d.whisker_high)]
            assert len(outside) == d.n_outliers == len(points.of(mood))
            beyond += list(outside.index)
        assert sorted(points.clip) == sorted(beyond)
        assert [by_clip[name][clip] for clip in points.clip] == list(points.value)


def test_the_sample_is_the_same_for_every_feature_and_time(
    fourqaed: tuple[pd.DataFrame, Summary, Clips],
) -> None:
    table, summary, clips = fourqaed
    one, other = clips.sample("tempo"), Clips(table, summary).sample("rms_mean")
    assert list(one.clip) == list(other.clip)
    assert len(set(one.clip)) == len(one) == 4 * MAX_SAMPLE
    assert all(len(clips.sample("tempo", 7).of(mood)) == 7 for mood in NAMES)
    values = table.set_index("clip")["tempo"]
    assert list(one.value) == [values[clip] for clip in one.clip]


def test_a_clip_is_found_by_its_name(
    fourqaed: tuple[pd.DataFrame, Summary, Clips],
) -> None:
    table, _, clips = fourqaed
    row = table.iloc[17]
    points = clips.find(row["clip"], "tempo")
    assert (points.clip[0], points.mood[0], points.value[0]) == (
        row["clip"],
        row["mood"],
        row["tempo"],
    )
    assert not len(clips.find("nobody", "tempo"))


@pytest.mark.parametrize("draw", DRAWN, ids=lambda draw: draw.__name__)
def test_every_point_carries_its_clip(
    draw: Draw, fourqaed: tuple[pd.DataFrame, Summary, Clips]
) -> None:
    table, summary, clips = fourqaed
    data = {"4QAED": {m: d for (name, m), d in summary.items() if name == "tempo"}}
    picked = clips.find(table["clip"][0], "tempo")
    marked = Marked(clips.outliers("tempo"), clips.sample("tempo", 9), picked)
    plot = draw(BY_NAME["tempo"], data, Look(marks={"4QAED": marked})).plot
    carried = [
        point
        for trace in plot.data
        if trace.type == "scatter" and trace.customdata is not None
        for point in trace.customdata
    ]
    assert marked.sample and marked.outliers
    every = {*marked.sample.clip, *marked.outliers.clip}  # an outlier of the sample is drawn once
    assert sorted(point[0] for point in carried) == sorted([*every, *picked.clip])
    assert {point[1] for point in carried} == {"4QAED"}


def test_a_mood_without_clips_leaves_its_place_out(table: pd.DataFrame) -> None:
    fewer = table.loc[table["mood"] != NAMES[1], ["clip", "mood", "group", "tempo"]]
    data = of(BY_NAME["tempo"], fewer)
    clips = Clips(fewer, Summary.of(fewer))
    marked = Marked(clips.outliers("tempo"), clips.sample("tempo"))
    for draw in DRAWN:
        figure = draw(BY_NAME["tempo"], data, Look(marks={"Made": marked}))
        assert NAMES[1] not in figure.plot.to_json()
        assert NAMES[1] not in set(figure.data["mood"])


# ---- all features -----------------------------------------------------------------------------


def test_a_ranking_draws_effects_with_their_intervals() -> None:
    result = {"A": datasets.get("4qaed").separation(), "B": datasets.get("turkish").separation()}
    figure = ranking.ranking(result, most=10)
    names = sorted(  # by the dataset in which they do best
        (one.feature for one in effects.ranking(result["A"])),
        key=lambda name: -max(s[name].effect for s in result.values() if name in s),
    )[:10]
    best = [result["A"][name] for name in names]
    first, second = figure.plot.data
    assert list(first.x) == [one.effect for one in best]
    assert list(first.x - np.array(first.error_x.arrayminus)) == pytest.approx(
        [one.low for one in best]
    )
    assert list(first.x + np.array(first.error_x.array)) == pytest.approx(
        [one.high for one in best]
    )
    names = [point[0] for point in second.customdata]
    assert list(second.x) == [result["B"][name].effect for name in names]
    at = {point[0]: round(y) for point, y in zip(first.customdata, first.y, strict=True)}
    assert [round(y) for y in second.y] == [at[name] for name in names]


def test_a_clustered_map_has_what_goes_together_side_by_side() -> None:
    related = datasets.get("4qaed").correlations()
    order = list(ranking.clustered(related).columns)
    assert sorted(order) == sorted(related.columns)

    def apart(names: list[str]) -> float:
        at = [related.columns.get_loc(name) for name in names]
        rho = np.abs(related.to_numpy(dtype=float))
        return float(sum(1 - rho[one, other] for one, other in pairwise(at)))

    assert apart(order) < 0.8 * apart(list(ranking.grouped(related).columns))
    plot = ranking.correlation_map("4QAED", related, by_likeness=True).plot
    assert not plot.layout.shapes
    assert list(plot.data[0].y) == [BY_NAME[name].title for name in order]


def test_features_of_unknown_correlation_are_clustered_too() -> None:
    names = ["tempo", "rms_mean", "zcr_mean", "rms_var"]
    rho = pd.DataFrame(np.eye(4), index=names, columns=names)
    rho.loc["tempo", "zcr_mean"] = rho.loc["zcr_mean", "tempo"] = -0.9
    rho.loc["rms_var"] = rho["rms_var"] = np.nan
    order = list(ranking.clustered(rho).columns)
    assert abs(order.index("tempo") - order.index("zcr_mean")) == 1


def test_a_map_orders_features_by_kind() -> None:
    related = datasets.get("4qaed").correlations()
    figure = ranking.correlation_map("4QAED", related, ("Timbre (MFCC)", "Rhythm"))
    (cells,) = figure.plot.data
    assert cells.y[0] == "Tempo"
    assert list(cells.y[1:3]) == ["MFCC 1, mean", "MFCC 2, mean"]
    assert cells.y[-1] == "MFCC 20, variance"
    assert cells.z[1][2] == pytest.approx(related.loc["mfcc_mean_1", "mfcc_mean_2"], abs=1e-3)
    assert len(figure.plot.layout.shapes) == 2


# ---- cost -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_million_clips_are_drawn_as_fast_as_a_thousand() -> None:
    names = ["tempo", "rms_mean"]

    def redraw(n: int) -> tuple[float, int]:
        """Seconds of the quickest of several redraws of all plots, and the largest figure."""
        rng = np.random.default_rng(0)
        table = pd.DataFrame(
            {
                "clip": [f"c{i}" for i in range(n)],
                "mood": np.resize(NAMES, n),
                "group": "g",
                "duration_s": 25.5,
                **{name: rng.gamma(2.0, 10.0, n) for name in names},
            }
        )
        summary = Summary.of(table)
        clips = Clips(table, summary)
        name = names[0]
        data = {"Made": {m: d for (f, m), d in summary.items() if f == name}}

        def draw() -> int:
            marked = Marked(clips.outliers(name), clips.sample(name))
            assert len(marked.outliers or ()) <= MAX_OUTLIERS
            look = Look(marks={"Made": marked})
            return max(len(plot(BY_NAME[name], data, look).plot.to_json()) for plot in DRAWN)

        times = []
        for _ in range(5):
            begin = time.perf_counter()
            size = draw()
            times.append(time.perf_counter() - begin)
        return min(times), size

    few, size_of_few = redraw(1_000)
    many, size_of_many = redraw(1_000_000)
    assert max(size_of_few, size_of_many) < 300_000
    assert many < 1.5 * few + 0.02
