"""The figures in ggplot2's look: its greys, print size, every format, the summary's numbers."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from mmc_core import datasets
from mmc_core.analysis import effects
from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import BY_NAME
from mmc_core.figures import ggplot, grey
from mmc_core.figures.distributions import ByDataset
from mmc_core.figures.ranking import DIVERGING, grouped
from mmc_core.figures.shapes import outline
from mmc_core.figures.style import PRINT_FORMATS
from mmc_core.moods import MOODS, NAMES

OF_NUMBERS = [name for name in ggplot.FIGURES if name != "bars"]


def data(name: str, *ids: str) -> ByDataset:
    return {
        datasets.get(id_).title: {
            mood: d for (of, mood), d in datasets.get(id_).summary().items() if of == name
        }
        for id_ in ids or ("4qaed",)
    }


@pytest.mark.parametrize("kind", OF_NUMBERS)
@pytest.mark.parametrize("ids", [("4qaed",), ("4qaed", "turkish")], ids=len)
@pytest.mark.parametrize("log", [False, True])
def test_panels_are_grey_with_white_lines_and_strips(
    kind: str, ids: tuple[str, ...], log: bool
) -> None:
    with grey.settings():
        figure = ggplot.FIGURES[kind](BY_NAME["rms_mean"], data("rms_mean", *ids), log=log)
    width, height = figure.get_size_inches()
    assert width * 25.4 == pytest.approx(160)
    assert height < width * 1.1
    rows = 4 if kind == "histogram" else 1
    assert len(figure.axes) == rows * len(ids)
    strips = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert {datasets.get(id_).title for id_ in ids} <= set(strips)
    assert (set(NAMES) <= set(strips)) == (kind == "histogram")
    for axes in figure.axes:
        assert to_hex(axes.get_facecolor()) == "#ebebeb"
        line = axes.get_ygridlines()[0]
        assert to_hex(line.get_color()) == "#ffffff"
        scale = axes.get_yscale() if kind in ("boxplot", "violin") else axes.get_xscale()
        assert scale == ("log" if log else "linear")
    labels = [text.get_text() for text in figure.texts]
    assert BY_NAME["rms_mean"].label in labels


def test_files_are_of_print_size_and_the_same_each_time() -> None:
    def draw() -> Figure:
        return ggplot.boxplot(BY_NAME["tempo"], data("tempo"))

    files = grey.save(draw, list(PRINT_FORMATS))
    with Image.open(io.BytesIO(files["png"])) as image:
        assert image.width == pytest.approx(160 / 25.4 * 300, abs=1)
        assert image.info["dpi"][0] == pytest.approx(300, abs=0.1)
    assert b"<svg" in files["svg"]
    assert b'width="453.5' in files["svg"]  # points: 160 mm
    assert files["pdf"].startswith(b"%PDF")
    assert grey.save(draw, list(PRINT_FORMATS)) == files


def test_settings_are_put_back_and_threads_do_not_mix() -> None:
    before = dict(mpl.rcParams)

    def once(_: int) -> bytes:
        return grey.save(lambda: ggplot.boxplot(BY_NAME["tempo"], data("tempo")), ["svg"])["svg"]

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(once, range(8)))) == 1
    assert dict(mpl.rcParams) == before


def test_bars_are_the_counts_of_each_category() -> None:
    both = {"scale": data("scale")["4QAED"], "mode": data("mode")["4QAED"]}
    with grey.settings():
        figure = ggplot.bars(BY_NAME["scale"], both)
    for i, mood in enumerate(MOODS):
        for j, moods in enumerate(both.values()):
            axes = figure.axes[2 * i + j]
            (bars,) = axes.containers
            assert [bar.get_height() for bar in bars] == moods[mood.name].counts
            assert to_hex(bars[0].get_facecolor()) == mood.colour.lower()


def test_the_density_is_on_the_scale_of_the_counts() -> None:
    moods = data("tempo")["4QAED"]
    with grey.settings():
        figure = ggplot.histogram(BY_NAME["tempo"], {"4QAED": moods})
    for mood, axes in zip(NAMES, figure.axes, strict=True):
        d = moods[mood]
        (line,) = axes.lines
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert np.trapezoid(y, x) == pytest.approx(d.n * d.bin_width, rel=0.05)


def test_lines_and_violins_are_the_summary() -> None:
    moods = data("tempo")["4QAED"]
    with grey.settings():
        (lines,) = ggplot.ecdf(BY_NAME["tempo"], {"4QAED": moods}).axes
        (violins,) = ggplot.violin(BY_NAME["tempo"], {"4QAED": moods}).axes
    for mood, line in zip(NAMES, lines.lines, strict=True):
        assert list(np.asarray(line.get_xdata())) == moods[mood].quantiles
    medians = [np.asarray(line.get_ydata()).item() for line in violins.lines]
    assert medians == [moods[mood].median for mood in NAMES]
    highest = max(outline(d)[1].max() for d in moods.values())
    bodies = [c.get_paths()[0].vertices for c in violins.collections if len(c.get_paths()[0]) > 9]
    for i, (mood, body) in enumerate(zip(NAMES, bodies, strict=True)):
        at, density = outline(moods[mood])
        points = np.asarray(body)
        assert (points[:, 1].min(), points[:, 1].max()) == pytest.approx((at[0], at[-1]))
        assert points[:, 0].max() - i == pytest.approx(0.45 * density.max() / highest)


def test_a_mood_without_clips_keeps_its_datasets_panels(table: pd.DataFrame) -> None:
    few = table.loc[table["mood"] != NAMES[1], ["clip", "mood", "group", "tempo"]]
    every = table[["clip", "mood", "group", "tempo"]]
    made = {
        title: {mood: d for (_, mood), d in Summary.of(part).items()}
        for title, part in {"few": few, "every $x$": every}.items()
    }
    for kind in OF_NUMBERS:
        draw = ggplot.FIGURES[kind]
        files = grey.save(
            lambda draw=draw: draw(BY_NAME["tempo"], made),  # type: ignore[misc]
            ["svg"],
        )
        assert b"<svg" in files["svg"]


def test_overviews_are_ranking_and_correlations() -> None:
    dataset = datasets.get("turkish")
    ranked = effects.ranking(dataset.separation())
    related = grouped(dataset.correlations())
    with grey.settings():
        (dots,) = ggplot.ranking(ranked).axes
        (cells,) = ggplot.correlation_map(related).axes
    assert [np.asarray(line.get_xdata()).item() for line in dots.lines] == [
        one.effect for one in ranked
    ]
    (image,) = cells.images
    assert np.asarray(image.get_array()) == pytest.approx(related.to_numpy())
    assert image.get_clim() == (-1, 1)
    assert to_hex(image.cmap(1.0)) == DIVERGING[-1][1].lower()
