"""Every figure of a dataset in ggplot2's look, at print size: in one archive, or in one PDF."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from functools import partial
from typing import IO, Any

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from mmc_core._typing import Progress
from mmc_core.analysis import effects
from mmc_core.analysis.points import TRUE_OF
from mmc_core.analysis.summaries import Summary
from mmc_core.datasets.base import Dataset
from mmc_core.features.schema import BY_NAME, GROUPS, Feature
from mmc_core.figures import ggplot, grey
from mmc_core.figures.ranking import grouped
from mmc_core.figures.style import PRINT_FORMATS

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first date a ZIP knows: the same figures are the same file

Sized = Callable[..., Figure]  # takes `size`


def archive(
    dataset: Dataset, file: IO[bytes], progress: Progress = lambda done, total: None
) -> None:
    """Write a ZIP of PNG, SVG and PDF: `<feature>-<figure>`, `ranking` and `correlations`.

    Args:
        progress: told of each figure that is done.
    """
    drawn = _whole(dataset)
    progress(0, len(drawn))
    with zipfile.ZipFile(file, "w") as files:
        for done, (name, draw) in enumerate(drawn.items(), start=1):
            saved = grey.save(partial(draw, size=grey.PRINT), list(PRINT_FORMATS))
            for kind, content in saved.items():
                entry = zipfile.ZipInfo(f"{dataset.id}/{name}.{kind}", LONG_AGO)
                entry.compress_type = zipfile.ZIP_DEFLATED
                files.writestr(entry, content)
            progress(done, len(drawn))


def book(dataset: Dataset, file: IO[bytes], progress: Progress = lambda done, total: None) -> None:
    """Write a PDF, a figure a page, in the archive's order.

    Args:
        progress: told of each figure that is done.
    """
    drawn = _whole(dataset)
    progress(0, len(drawn))
    about = {"Title": f"{dataset.title}: features by mood", "CreationDate": None}
    pages: Any = PdfPages(file, metadata=about)  # untyped
    for done, draw in enumerate(drawn.values(), start=1):
        with grey.settings():  # for one page, so that others may draw in between
            pages.savefig(draw(size=grey.PRINT), dpi=grey.DPI)
        progress(done, len(drawn))
    with grey.settings():
        pages.close()


def _whole(dataset: Dataset) -> dict[str, Sized]:
    """How each figure of a dataset is drawn, by name."""
    summary = dataset.summary()
    ranked = effects.ranking(dataset.separation())
    related = grouped(dataset.correlations())
    drawn: dict[str, Sized] = {
        "ranking": partial(ggplot.ranking, ranked),
        "correlations": partial(ggplot.correlation_map, related),
    }
    for feature in features_of(summary):
        for kind, draw in drawings(feature, summary, dataset.title).items():
            drawn[f"{feature.name}-{kind}"] = draw
    return drawn


def features_of(summary: Summary) -> list[Feature]:
    """The features of a dataset, kind by kind."""
    return [one for group in GROUPS for one in summary.features if one.group == group]


def drawings(feature: Feature, summary: Summary, title: str) -> dict[str, Sized]:
    """How a feature is drawn: boxes and histograms, or bars of the original's scale or key beside
    the true one, where both are known. By kind of `ggplot.FIGURES`.
    """
    if feature.categories:
        original = {true: name for name, true in TRUE_OF.items()}.get(feature.name, feature.name)
        panels = {
            BY_NAME[name].title: moods
            for name in (original, TRUE_OF[original])
            if (moods := summary.by_mood(name))
        }
        return {"bars": partial(ggplot.bars, feature, panels)}
    data = {title: summary.by_mood(feature.name)}
    return {
        "boxplot": partial(ggplot.boxplot, feature, data),
        "histogram": partial(ggplot.histogram, feature, data),
    }
