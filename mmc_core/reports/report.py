"""A dataset's whole exploratory analysis as one HTML file that needs no network; and which other
files are made of a whole dataset.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import IO

import pandas as pd
from matplotlib.figure import Figure

from mmc_core import __version__
from mmc_core._typing import Progress
from mmc_core.analysis import effects, findings
from mmc_core.analysis.effects import Separation
from mmc_core.analysis.points import Clips
from mmc_core.analysis.summaries import Summary
from mmc_core.datasets.base import Dataset
from mmc_core.errors import MMCError
from mmc_core.features.schema import BY_NAME, GROUPS, Feature
from mmc_core.figures import distributions, ggplot, grey
from mmc_core.figures.ranking import grouped
from mmc_core.figures.style import mood_label
from mmc_core.moods import BY_NAME as MOOD
from mmc_core.reports import print_figures
from mmc_core.wording import p_value, rounded

DPI = 200
COLOURS = 64  # of a picture: flat areas, and the shades between them
BESIDE = grey.Size(width_mm=92, panel_mm=86, row_mm=21.5)
WHOLE = grey.Size(width_mm=150, row_mm=24)
ALT = {"boxplot": "Boxplots", "histogram": "Histograms with density", "bars": "Bar charts"}
STYLE = Path(__file__).with_name("report.css")
# Nothing is loaded from anywhere, whatever a dataset's own words may hold.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def make(dataset: Dataset, progress: Progress = lambda done, total: None) -> str:
    """The report of a dataset. Outliers are drawn where its table is on this machine.

    Args:
        progress: told of each feature that is done.
    """
    summary = dataset.summary()
    clips = print_figures.clips_of(dataset, summary)
    separations = dataset.separation()
    in_order = print_figures.features_of(summary)
    progress(0, len(in_order))
    described = {}
    for done, feature in enumerate(in_order, start=1):
        described[feature] = _feature(feature, summary, separations, clips, dataset.title)
        progress(done, len(in_order))
    parts = [
        _about(dataset, clips is not None),
        _contents(in_order),
        _ranking(dataset.title, separations),
        _correlations(dataset.title, dataset.correlations()),
    ]
    for group in GROUPS:
        mine = [content for feature, content in described.items() if feature.group == group]
        if mine:
            parts += [f'<h2 id="{_anchor(group)}">{escape(group)}</h2>', *mine]
    parts.append(_methods())
    return _page(dataset.title, "\n".join(parts))


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
            f"{path.name} should be a file that ends in .html (a report), .pdf (a figure a page) "
            "or .zip (each figure as PNG, SVG and PDF)."
        )
    return WRITERS[ending]


# ---- its parts --------------------------------------------------------------------------------


def _about(dataset: Dataset, has_clips: bool) -> str:
    n_clips = dataset.clips()
    told = {
        "Music": dataset.music,
        "Labels": dataset.labels,
        "Groups": dataset.grouping,
        "Length": dataset.length_rule,
        "Extraction": dataset.extraction,
        "Citation": dataset.citation,
        "Licence": dataset.licence,
        "Where": dataset.homepage,
    }
    rows = "".join(f"<dt>{key}</dt><dd>{_linked(value)}</dd>" for key, value in told.items())
    counts = pd.DataFrame(
        [
            {
                **{mood_label(MOOD[mood]): n for mood, n in n_clips.items()},
                "all": sum(n_clips.values()),
            }
        ],
        index=["clips"],
    )
    outliers = (
        "Outliers are drawn as black points in the boxplots."
        if has_clips
        else "Made from the dataset's summary alone, its feature table is not on this machine: "
        "outliers are counted, but not drawn."
    )
    return (
        f"<header><h1>{escape(dataset.title)}</h1>"
        f'<p class="quiet">How its features are distributed by mood</p>'
        f'<p class="lead">{escape(dataset.description)}</p></header>'
        f"<dl>{rows}</dl>{_table(counts)}"
        f'<p class="quiet">{outliers}</p>'
    )


def _contents(features: Sequence[Feature]) -> str:
    parts = [
        '<nav aria-label="Contents"><ul><li><a href="#ranking">Which features separate the '
        'moods</a></li><li><a href="#correlations">Which features go together</a></li>'
        '<li><a href="#methods">How it was made</a></li></ul>'
    ]
    for group in GROUPS:
        mine = [feature for feature in features if feature.group == group]
        if mine:
            items = "".join(
                f'<li><a href="#{feature.name}">{escape(feature.title)}</a></li>'
                for feature in mine
            )
            parts.append(f'<p><a href="#{_anchor(group)}">{escape(group)}</a></p><ul>{items}</ul>')
    return "".join([*parts, "</nav>"])


def _ranking(title: str, separations: effects.Separations) -> str:
    ranked = effects.ranking(separations)
    told = findings.of_ranking(title, ranked)
    table = pd.DataFrame(
        [
            {
                "feature": BY_NAME[one.feature].title,
                "ε²": f"{one.effect:.3f}",
                "95 %": f"{one.low:.3f} to {one.high:.3f}",
                "": findings.size_of_effect(one.effect),
                "H": rounded(one.statistic),
                "p": p_value(one.p),
            }
            for one in ranked
        ]
    ).set_index("feature")
    picture = _picture(lambda: ggplot.ranking(ranked, WHOLE), f"Dot plot. {told}")
    return (
        '<h2 id="ranking">Which features separate the moods</h2>'
        f'<p class="finding">{escape(told)}</p>{picture}{_table(table)}'
    )


def _correlations(title: str, related: pd.DataFrame) -> str:
    shown = grouped(related)
    told = findings.of_correlations(title, shown)
    picture = _picture(lambda: ggplot.correlation_map(shown, WHOLE), f"Correlation map. {told}")
    return (
        '<h2 id="correlations">Which features go together</h2>'
        f'<p class="finding">{escape(told)}</p>{picture}'
    )


def _feature(
    feature: Feature,
    summary: Summary,
    separations: effects.Separations,
    clips: Clips | None,
    title: str,
) -> str:
    moods = summary.by_mood(feature.name)
    one = separations.get(feature.name)
    told = findings.of_feature(feature, moods, one)
    size, pair = (WHOLE, "") if feature.categories else (BESIDE, ' class="pair"')
    pictures = "".join(
        _picture(
            partial(draw, size=size), distributions.alt_text(ALT[kind], feature, {title: moods})
        )
        for kind, draw in print_figures.drawings(feature, summary, clips, title).items()
    )
    numbers = distributions.numbers_by_mood(feature, moods)
    return (
        f'<section class="feature" id="{feature.name}"><h3>{escape(feature.label)}</h3>'
        f'<p class="quiet">{escape(feature.meaning)}</p><div{pair}>{pictures}</div>'
        f'<p class="finding">{escape(told)}</p>{_table(numbers)}{_statistics(one)}</section>'
    )


def _statistics(one: Separation | None) -> str:
    if one is None:
        return ""
    name = "Chi-square" if BY_NAME[one.feature].categories else "Kruskal–Wallis H"
    text = f"{name} = {rounded(one.statistic)}, {p_value(one.p)}, n = {one.n}."
    if one.pairs:
        deltas = "; ".join(
            f"{pair.one}–{pair.other} {pair.delta:+.2f} ({findings.size_of_delta(pair.delta)}, "
            f"{p_value(pair.p)})"
            for pair in one.pairs
        )
        text += f" Cliff's δ: {deltas}."
    return f'<p class="quiet">{escape(text)}</p>'


def _methods() -> str:
    said = (
        "Quartiles interpolate linearly (R's type 7); whiskers end at the last clips within 1.5 "
        "interquartile ranges of the box. Bins are centred on multiples of their width; lines "
        "are Gaussian kernel densities with R's default bandwidth, on the scale of the counts.",
        "Separation: Kruskal and Wallis's H and ε² = H / (n − 1) for numbers (Tomczak & Tomczak "
        "2014), chi-square and Cramér's V² for categories; p-values allow for clips of a group "
        "going together (Rao & Scott 1984, second order) and are after Holm over all features; "
        "intervals by 1,000 bootstrap samples of groups, drawn whole. Pairs of moods: Cliff's δ "
        "(1993), p of Mann and Whitney with the same allowance, after Holm over the pairs. "
        "Correlations are Spearman's.",
        "Sizes in words: of δ, Romano and others (2006): negligible below 0.147, small below "
        "0.33, medium below 0.474, else large; of ε² and V², Rea and Parker (1992), squared: "
        "0.01, 0.04, 0.16, 0.36 and 0.64 part negligible, weak, moderate, relatively strong, "
        "strong and very strong.",
        f"Made by Music Mood Classification {__version__}: python -m mmc_core report.",
    )
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in said)
    return f'<h2 id="methods">How it was made</h2>{paragraphs}'


# ---- HTML -------------------------------------------------------------------------------------


def _page(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}: features by mood</title>\n"
        f"<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _picture(draw: Callable[[], Figure], alt: str) -> str:
    """A figure as a small PNG within the page."""
    from PIL import Image

    content = io.BytesIO(grey.save(draw, ["png"], DPI)["png"])
    smaller = io.BytesIO()
    with Image.open(content) as image:
        width = round(image.width * 96 / DPI)
        image.convert("RGB").quantize(COLOURS).save(smaller, "PNG", optimize=True)
    data = base64.b64encode(smaller.getvalue()).decode()
    return f'<img width="{width}" src="data:image/png;base64,{data}" alt="{escape(alt)}">'


def _table(table: pd.DataFrame) -> str:
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in table.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(str(name))}</th>{_cells(row)}</tr>'
        for name, row in zip(table.index, table.to_numpy(dtype=object), strict=True)
    )
    return (
        f'<div class="scroll"><table><thead><tr><th></th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cells(row: Iterable[object]) -> str:
    return "".join(f"<td>{escape(str(value))}</td>" for value in row)


def _linked(text: str) -> str:
    """Text as it is, or a link where it is an address of the web."""
    if text.startswith(("https://", "http://")) and len(text.split()) == 1:
        return f'<a href="{escape(text)}">{escape(text)}</a>'
    return escape(text)


def _anchor(group: str) -> str:
    return "group-" + "".join(letter for letter in group.lower() if letter.isalpha())
