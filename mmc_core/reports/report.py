"""A dataset's whole exploratory analysis as one HTML file that needs no network; and which other
files are made of a whole dataset.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import pandas as pd
from matplotlib.figure import Figure

from mmc_core import __version__
from mmc_core._typing import Progress, no_progress
from mmc_core.analysis import effects, findings
from mmc_core.analysis.effects import Separation
from mmc_core.analysis.summaries import Summary, outliers_without_values
from mmc_core.datasets.base import Dataset
from mmc_core.errors import MMCError
from mmc_core.features.schema import BY_NAME, GROUPS, Feature
from mmc_core.figures import ggplot, grey, numbers
from mmc_core.figures.ranking import grouped
from mmc_core.figures.style import mood_label
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.reports import print_figures
from mmc_core.wording import ADJUSTED_P, adjusted_p_value, p_number, rendered, rounded

DPI = 200
COLOURS = 64  # of a picture: flat areas, and the shades between them
BESIDE = grey.Size(width_mm=92, panel_mm=86, row_mm=21.5)
WHOLE = grey.Size(width_mm=150, row_mm=24)
ALT = {"boxplot": "Boxplots", "histogram": "Histograms with density", "bars": "Bar charts"}


@dataclass(frozen=True)
class Image:
    """A figure within the page: a PNG in base64, its width in CSS pixels, what it shows."""

    data: str
    width: int
    alt: str


@dataclass(frozen=True)
class Section:
    """A feature's part of the report."""

    feature: Feature
    images: list[Image]
    text: str
    table: pd.DataFrame
    statistics: str


def make(dataset: Dataset, progress: Progress = no_progress) -> str:
    """The report of a dataset.

    Args:
        progress: called with the features done, of how many.
    """
    summary = dataset.summary()
    separations = dataset.separation()
    features = print_figures.features_of(summary)
    sections = []
    progress(0, len(features))
    for feature in features:
        sections.append(_section(feature, summary, separations, dataset.title))
        progress(len(sections), len(features))
    return rendered(
        "mmc_core.reports",
        "report.html",
        dataset=dataset,
        about=_about(dataset),
        counts=_counts(dataset),
        outliers_left_out=outliers_without_values(summary.values()),
        ranking=_ranking(dataset.title, separations),
        correlations=_correlations(dataset.title, dataset.correlations()),
        groups=[
            {"title": group, "anchor": _anchor(group), "sections": mine}
            for group in GROUPS
            if (mine := [each for each in sections if each.feature.group == group])
        ],
        version=__version__,
    )


def write(dataset: Dataset, file: IO[bytes], progress: Progress) -> None:
    """Write the report into a file."""
    file.write(make(dataset, progress).encode())


WRITERS = {"html": write, "htm": write, "pdf": print_figures.book, "zip": print_figures.archive}


def writer(path: Path) -> Callable[[Dataset, IO[bytes], Progress], None]:
    """What writes a file of a whole dataset, by the file's ending.

    Raises:
        MMCError: if it is another than those of `WRITERS`.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in WRITERS:
        raise MMCError(
            f"{path.name} should be a file name ending in .html (a report), .pdf (one figure per "
            "page) or .zip (each figure as PNG, SVG and PDF)."
        )
    return WRITERS[ending]


def _about(dataset: Dataset) -> dict[str, str]:
    return {
        "Music": dataset.music,
        "Labels": dataset.labels,
        "Groups": dataset.grouping,
        "Length": dataset.length_rule,
        "Extraction": dataset.extraction,
        "Citation": dataset.citation,
        "Licence": dataset.licence,
        "Source": dataset.homepage,
    }


def _counts(dataset: Dataset) -> pd.DataFrame:
    n_clips = dataset.clips()
    row = {mood_label(MOOD[mood]): n for mood, n in n_clips.items()} | {
        "all": sum(n_clips.values())
    }
    return pd.DataFrame([row], index=["clips"])


def _ranking(title: str, separations: effects.Separations) -> dict[str, object]:
    ranked = effects.ranking(separations)
    text = findings.of_ranking(title, ranked)
    table = pd.DataFrame(
        [
            {
                "feature": BY_NAME[one.feature].title,
                "ε²": f"{one.effect:.3f}",
                "95 %": f"{one.low:.3f} to {one.high:.3f}",
                "": findings.size_of_effect(one.effect),
                "H": rounded(one.statistic),
                ADJUSTED_P: p_number(one.p),
            }
            for one in ranked
        ],
        columns=["feature", "ε²", "95 %", "", "H", ADJUSTED_P],
    ).set_index("feature")
    image = _image(lambda: ggplot.ranking(ranked, WHOLE), f"Dot plot. {text}")
    return {"text": text, "table": table, "image": image}


def _correlations(title: str, related: pd.DataFrame) -> dict[str, object]:
    shown = grouped(related)
    text = findings.of_correlations(title, shown)
    image = _image(lambda: ggplot.correlation_map(shown, WHOLE), f"Correlation map. {text}")
    return {"text": text, "image": image}


def _section(
    feature: Feature,
    summary: Summary,
    separations: effects.Separations,
    title: str,
) -> Section:
    moods = summary.by_mood(feature.name)
    separation = separations.get(feature.name)
    size = WHOLE if feature.categories else BESIDE
    return Section(
        feature,
        [
            _image(
                partial(draw, size=size),
                numbers.alt_text(ALT[kind], feature, {title: moods}),
            )
            for kind, draw in print_figures.drawings(feature, summary, title).items()
        ],
        findings.of_feature(feature, moods, separation),
        numbers.numbers_by_mood(feature, moods),
        _statistics(separation),
    )


def _statistics(one: Separation | None) -> str:
    """The statistics of a feature as a line of text."""
    if one is None:
        return ""
    name = "Chi-square" if BY_NAME[one.feature].categories else "Kruskal–Wallis H"
    text = f"{name} = {rounded(one.statistic)}, {adjusted_p_value(one.p)}, n = {one.n}."
    if one.pairs:
        deltas = "; ".join(
            f"{pair.one}–{pair.other} {pair.delta:+.2f} ({findings.size_of_delta(pair.delta)}, "
            f"{adjusted_p_value(pair.p)})"
            for pair in one.pairs
        )
        text += f" Cliff's δ: {deltas}."
    return text


def _image(draw: Callable[[], Figure], alt: str) -> Image:
    """A figure as a small PNG."""
    import PIL.Image

    content = io.BytesIO(grey.save(draw, ["png"], DPI)["png"])
    smaller = io.BytesIO()
    with PIL.Image.open(content) as image:
        width = round(image.width * 96 / DPI)
        image.convert("RGB").quantize(COLOURS).save(smaller, "PNG", optimize=True)
    return Image(base64.b64encode(smaller.getvalue()).decode(), width, alt)


def _anchor(group: str) -> str:
    return "group-" + "".join(letter for letter in group.lower() if letter.isalpha())
