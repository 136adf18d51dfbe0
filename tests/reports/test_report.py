"""A dataset's report: one file, all features, nothing from elsewhere."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

from mmc_core import datasets
from mmc_core.analysis import effects, findings
from mmc_core.analysis.summaries import Summary
from mmc_core.cli.main import main
from mmc_core.datasets import Dataset
from mmc_core.features.schema import BY_NAME
from mmc_core.moods import NAMES
from mmc_core.reports import print_figures, report
from tests.support.dataset import made_table

FEW = ["tempo", "rms_mean", "scale", "mode"]


class Small(Dataset):
    """A few features of a table, with words that HTML would mistake."""

    id = "small"
    title = "A <b>small</b> & made-up set"
    description = "<script>alert(1)</script>"
    music = labels = grouping = length_rule = extraction = citation = licence = "a < b & c"
    homepage = "javascript:alert(1)"
    rows: pd.DataFrame
    here = True

    def has_table(self) -> bool:
        return self.here

    @property
    def table_path(self) -> Path:
        return Path("nowhere")

    def table(self) -> pd.DataFrame:
        return self.rows if self.here else super().table()

    def summary(self) -> Summary:
        return Summary.of(self.rows)

    def separation(self) -> effects.Separations:
        return effects.separate(self.rows)

    def correlations(self) -> pd.DataFrame:
        return effects.correlations(self.rows)


def make_small() -> Small:
    dataset = Small()
    dataset.rows = made_table()[["clip", "mood", "group", "duration_s", *FEW]]
    return dataset


@pytest.fixture
def small() -> Small:
    return make_small()


@pytest.fixture(scope="module")
def made() -> tuple[str, list[tuple[int, int]]]:
    """The report of a small dataset, and the steps it was made in."""
    steps: list[tuple[int, int]] = []
    return report.make(make_small(), lambda done, total: steps.append((done, total))), steps


class Page(HTMLParser):
    """Headings, links, pictures and what is not closed."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        if tag not in ("meta", "img"):
            self.open.append(tag)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if given.get("href"):
            self.links.append(str(given["href"]))
        if tag == "img":
            self.pictures.append(given)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_feature_has_pictures_numbers_and_a_finding(
    small: Small, made: tuple[str, list[tuple[int, int]]]
) -> None:
    content, steps = made
    assert steps == [(i, 4) for i in range(5)]
    page = Page(content)
    assert not page.open
    assert set(FEW) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    inside = [link.removeprefix("#") for link in page.links if link.startswith("#")]
    assert set(inside) <= set(page.ids)
    assert {"ranking", "correlations", "methods", *FEW} <= set(inside)
    summary, separations = small.summary(), small.separation()
    for name in FEW:
        moods = summary.by_mood(name)
        assert findings.of_feature(BY_NAME[name], moods, separations[name]) in unescape(content)
    assert len(page.pictures) == 2 + 2 * 2 + 2  # overviews, pairs, bars
    for picture in page.pictures:
        assert len(str(picture["alt"])) > 30
        data = str(picture["src"]).removeprefix("data:image/png;base64,")
        with Image.open(io.BytesIO(base64.b64decode(data))) as image:
            assert image.width > 600
            assert image.mode == "P"
    for n in small.clips().values():
        assert f"<td>{n}</td>" in content


def test_nothing_comes_from_elsewhere_and_words_are_only_words(
    made: tuple[str, list[tuple[int, int]]],
) -> None:
    content, _ = made
    page = Page(content)
    assert not page.tags & {"script", "link", "iframe", "b"}
    assert all(link.startswith("#") for link in page.links)  # no address but of the web is one
    assert "&lt;script&gt;alert(1)" in content
    assert "A &lt;b&gt;small&lt;/b&gt; &amp; made-up set" in content
    assert "default-src 'none'" in content
    assert not re.search(r"url\(|@import|src=\"http", content)


def test_the_summary_alone_is_enough(small: Small, made: tuple[str, list[tuple[int, int]]]) -> None:
    assert "Outliers are drawn as black points" in made[0]
    small.here = False
    assert report.make(small) == made[0]


def test_outliers_that_an_old_summary_lacks_are_said(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.rows = small.rows.drop(columns=["scale", "mode", "rms_mean"])
    values = small.summary().distributions
    old = Summary({key: replace(d, outliers=[]) for key, d in values.items()})
    n = sum(d.n_outliers for d in values.values())
    assert n > 0
    monkeypatch.setattr(small, "summary", lambda: old)
    assert f"except {n} that are only counted" in report.make(small)


@pytest.mark.slow
def test_the_command_writes_a_whole_dataset(tmp_path: Path) -> None:
    out = tmp_path / "new" / "turkish.html"
    result = CliRunner().invoke(main, ["report", "turkish", "--out", str(out)])
    assert result.exit_code == 0, result.output
    content = out.read_text(encoding="utf-8")
    assert len(content) < 10_000_000
    dataset = datasets.get("turkish")
    page = Page(content)
    assert {feature.name for feature in dataset.summary().features} <= set(page.ids)
    assert dataset.homepage in page.links
    for text in (dataset.citation, dataset.licence, *NAMES):
        assert text in unescape(content)


@pytest.mark.slow
def test_every_figure_is_in_the_archive_at_print_size(small: Small, tmp_path: Path) -> None:
    seen = []
    content = io.BytesIO()
    print_figures.archive(small, content, lambda done, total: seen.append((done, total)))
    figures = ["ranking", "correlations"]
    figures += [f"{name}-{kind}" for name in FEW[:2] for kind in ("boxplot", "histogram")]
    figures += [f"{name}-bars" for name in FEW[2:]]
    assert seen == [(i, len(figures)) for i in range(len(figures) + 1)]
    with zipfile.ZipFile(content) as files:
        assert sorted(files.namelist()) == sorted(
            f"small/{name}.{kind}" for name in figures for kind in ("png", "svg", "pdf")
        )
        for name in figures:
            with Image.open(io.BytesIO(files.read(f"small/{name}.png"))) as image:
                assert image.width == pytest.approx(160 / 25.4 * 300, abs=1)
            assert files.read(f"small/{name}.svg").startswith(b"<?xml")
            assert files.read(f"small/{name}.pdf").startswith(b"%PDF")
    result = CliRunner().invoke(main, ["report", "small", "--out", str(tmp_path / "small.zip")])
    assert "There is no dataset 'small'" in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_every_figure_is_a_page_of_the_pdf(small: Small) -> None:
    seen = []
    content = io.BytesIO()
    print_figures.book(small, content, lambda done, total: seen.append((done, total)))
    n = 2 + 2 * 2 + 2  # overviews, pairs, bars
    assert seen == [(i, n) for i in range(n + 1)]
    pdf = content.getvalue()
    assert pdf.startswith(b"%PDF")
    widths = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) [\d.]+ \]", pdf)
    assert len(widths) == n
    assert [float(width) for width in widths] == pytest.approx([160 / 25.4 * 72] * n)
    assert b"/Title (A <b>small</b> & made-up set: features by mood)" in pdf
    assert b"/FontType 42" in pdf or b"/CIDFontType2" in pdf  # letters stay letters
    assert b"/Subtype /Type3" not in pdf
    assert b"CreationDate" not in pdf
    again = io.BytesIO()
    print_figures.book(small, again)
    assert again.getvalue() == pdf


@pytest.mark.slow
def test_the_same_figures_are_the_same_file(small: Small) -> None:
    one, other = io.BytesIO(), io.BytesIO()
    print_figures.archive(small, one)
    print_figures.archive(small, other)
    assert one.getvalue() == other.getvalue()


@pytest.mark.parametrize("ending", ["html", "HTM", "pdf", "zip"])
def test_the_ending_says_what_is_written(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    small.rows = small.rows.drop(columns=[name for name in FEW if name not in ("tempo", "mode")])
    monkeypatch.setattr(datasets, "get", lambda _: small)
    out = tmp_path / f"small.{ending}"
    result = CliRunner().invoke(main, ["report", "small", "--out", str(out)])
    assert result.exit_code == 0, result.output
    starts = {"html": b"<!DOCTYPE html>", "HTM": b"<!DOCTYPE html>", "pdf": b"%PDF", "zip": b"PK"}
    assert out.read_bytes().lower().startswith(starts[ending].lower())
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.slow
def test_the_command_writes_all_figures(tmp_path: Path) -> None:
    out = tmp_path / "new" / "turkish.zip"
    result = CliRunner().invoke(main, ["report", "turkish", "--out", str(out)])
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(out) as files:
        assert files.testzip() is None
        assert len(files.namelist()) == 3 * (2 + 2 * 55 + 2)
    assert [path.name for path in out.parent.iterdir()] == ["turkish.zip"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nobody", "--out", "x.html"], "There is no dataset 'nobody'"),
        (["turkish", "--out", "x.docx"], "x.docx should be a file name ending in .html"),
        (["turkish", "--out", "x"], "x should be a file name ending in .html (a report), .pdf"),
        (["turkish"], "Missing option '--out'"),
    ],
)
def test_wrong_use_is_said(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(main, ["report", *arguments])
    assert result.exit_code == 2
    assert says in result.output
