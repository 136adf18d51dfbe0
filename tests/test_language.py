"""Every text of the pages in every language: translated, filled in alike, shown."""

from __future__ import annotations

import ast
import gettext
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pytest
from babel.messages.catalog import Catalog
from streamlit.testing.v1 import AppTest

from mmc_core import language, wording
from mmc_core.datasets.user import corrections
from mmc_core.settings import PROJECT
from tests.support import catalogues
from tests.support.corrections import made_correction
from tests.support.headings import headings
from tests.support.pages import page, words

CODES = sorted(set(language.languages()) - {language.ENGLISH})
HEADINGS = headings()
# What must be the same in a translation: code, addresses of links, HTML; what Plotly fills in.
KEPT = re.compile(r"`[^`]*`|\]\([^)]*\)|<[^<>]+>|\*\*")
PLOTLYS = re.compile(r"%\{[^{}]*\}")
# What shows a text that it is given first, or by one of these names.
SHOWING = {
    *("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success"),
    *("button", "selectbox", "multiselect", "segmented_control", "pills", "radio", "toggle"),
    *("checkbox", "slider", "select_slider", "number_input", "text_input", "file_uploader"),
    *("expander", "popover", "download_button", "metric", "Column", "NumberColumn", "TextColumn"),
}
NAMED = {"label", "help", "placeholder", "text", "title"}
CODE = re.compile(r"([\W\d_]|&nbsp;|:small\[|CSV|WAV|PNG|SVG|PDF|JSON|M3U|\b[AB]\b)*")


@pytest.fixture(scope="module")
def template() -> Catalog:
    return catalogues.template()


def calls(paths: Iterable[Path]) -> Iterator[tuple[Path, ast.Call]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path, node


def forms(text: str | Sequence[str] | None) -> list[str]:
    """Of a text for one and for several; of others, one."""
    return [text or ""] if isinstance(text, str | None) else list(text)


def choice(app: AppTest) -> Any:
    """The widget that chooses the language."""
    (found,) = [each for each in app.selectbox if each.key == "choose-language"]
    return found


def fields(text: str, *, is_plotlys: bool) -> Counter[str]:
    """What is filled into a text, and what else must stay in it."""
    kept = Counter(KEPT.findall(text))
    if is_plotlys:
        return kept + Counter(PLOTLYS.findall(text))
    names = {f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name}
    return kept + Counter(names) + Counter(re.findall(r"\{\{[^{}]*\}\}", text))


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_has_a_translation_of_every_text(code: str, template: Catalog) -> None:
    catalogue = catalogues.read(code)
    wanted = {text.id for text in template if text.id}
    assert {text.id for text in catalogue if text.id} == wanted, "run: make catalogues"
    assert not catalogues.untranslated(catalogue)
    assert not [text.id for text in catalogue if text.fuzzy and text.id]


@pytest.mark.parametrize("code", CODES)
def test_a_translation_is_filled_in_as_its_text(code: str) -> None:
    for text in catalogues.read(code):
        if not text.id:
            continue
        ids, strings = forms(text.id), forms(text.string)
        is_plotlys = bool(PLOTLYS.search(ids[-1]))
        expected = [fields(each, is_plotlys=is_plotlys) for each in ids]
        for one in strings:
            assert fields(one, is_plotlys=is_plotlys) in expected, (ids, one)
            assert (one == one.strip()) == (ids[0] == ids[0].strip()), (ids, one)


@pytest.mark.parametrize("code", CODES)
def test_what_pages_read_is_the_catalogue(code: str) -> None:
    compiled = gettext.translation(language.DOMAIN, language.CATALOGUES, [code])
    for text in catalogues.read(code):
        ids = forms(text.id)
        if len(ids) == 1 and ids[0]:
            assert compiled.gettext(ids[0]) == text.string, "run: make catalogues"
        for n in (1, 2, 5) if len(ids) == 2 else ():
            found = compiled.ngettext(ids[0], ids[1], n)
            assert found in forms(text.string), "run: make catalogues"


def test_the_mark_is_never_another_thing() -> None:
    """`_` is also what values are called that nobody needs."""
    for path in catalogues.modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "mmc_core.language"
            for alias in node.names
        }
        if "_" in imported:
            stored = [
                node.lineno
                for node in ast.walk(tree)
                if (
                    isinstance(node, ast.Name)
                    and node.id == "_"
                    and isinstance(node.ctx, ast.Store)
                )
                or (isinstance(node, ast.arg) and node.arg == "_")
            ]
            assert not stored, f"{path}: lines {stored}"


def test_a_marked_text_is_collected(template: Catalog) -> None:
    """One that is made on the spot cannot be, nor one within an f-string."""
    known = {forms(text.id)[0] for text in template}
    for path, call in calls(catalogues.modules()):
        if getattr(call.func, "id", "") not in ("_", "N_", "ngettext") or not call.args:
            continue
        text = call.args[0]
        assert not isinstance(text, ast.JoinedStr | ast.BinOp), f"{path}, line {call.lineno}"
        if isinstance(text, ast.Constant) and text.value:
            assert text.value in known, f"{path}, line {call.lineno}"


def test_pages_mark_what_they_show() -> None:
    pages = [
        path
        for path in catalogues.modules()
        if {"ui", "pages"} & {*path.relative_to(PROJECT).parts}
    ]
    unmarked = []
    for path, call in calls(pages):
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in SHOWING:
            continue
        if "ogger" in ast.dump(call.func.value):
            continue
        for shown in [*call.args[:1], *(each.value for each in call.keywords if each.arg in NAMED)]:
            parts = shown.values if isinstance(shown, ast.JoinedStr) else [shown]
            said = "".join(str(each.value) for each in parts if isinstance(each, ast.Constant))
            if not CODE.fullmatch(said):
                unmarked.append(f"{path}:{shown.lineno}: {said}")
    assert not unmarked, "\n".join(unmarked)


@cache
def in_english(name: str) -> tuple[str, str]:
    """Return the title of a page and all of its text, once for all languages."""
    app = page(name)
    return app.title[0].value, words(app)


@pytest.mark.parametrize("name", HEADINGS)
@pytest.mark.parametrize("code", CODES)
def test_a_page_speaks_the_language_that_its_address_names(code: str, name: str) -> None:
    app, (english_title, english) = page(name, language=code), in_english(name)
    shown = words(app)
    translated = {text.id: text.string for text in catalogues.read(code) if text.id}
    assert app.title[0].value == translated[english_title]
    for text in translated:
        if isinstance(text, str) and len(text) > 20 and "{" not in text and text in english:
            assert text not in shown or translated[text] == text


def test_the_choice_holds_on_other_pages_and_is_in_the_address() -> None:
    app = page("overview")
    assert "language" not in app.query_params
    names = language.languages()
    assert choice(app).options == list(names.values())
    choice(app).set_value("tr").run()
    assert app.title[0].value != HEADINGS["overview"]
    assert app.query_params["language"] == "tr"
    choice(app).set_value("en").run()
    assert app.title[0].value == HEADINGS["overview"]
    choice(app).set_value("tr").run()
    app.switch_page("pages/listen.py").run()
    assert app.title[0].value != HEADINGS["listen"]
    assert app.query_params["language"] == "tr"


def test_an_unknown_language_is_english() -> None:
    assert page("overview", language="xx").title[0].value == HEADINGS["overview"]


MOMENT = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
WRITTEN = [
    (0.1235, ".2f", "0,12"),
    (1234567.891, ",.2f", "1.234.567,89"),
    (np.float32(0.5), "", "0,5"),
    (np.int64(12_000), ",", "12.000"),
    (12_000, "", "12000"),
    (-0.5, "+.1f", "-0,5"),
    (0.753, ".1%", "%75,3"),
    (2e-9, ".2g", "2e-09"),
    (7, "02d", "07"),
    (True, "", "True"),
    ("1.5", "", "1.5"),
    (MOMENT, "%Y-%m-%d", "9 Mar 2026"),
    (MOMENT.date(), "%Y-%m-%d", "9 Mar 2026"),
    (MOMENT, "%H:%M", "14:05"),
    (MOMENT, "%Y-%m-%d %H:%M", "9 Mar 2026 14:05"),
    (MOMENT, "%Y", "2026"),
]


@pytest.mark.parametrize(("value", "spec", "turkish"), WRITTEN)
def test_numbers_and_dates_are_written_as_the_language_does(
    value: Any, spec: str, turkish: str
) -> None:
    template = f"{{value:{spec}}}"
    assert language._(template, value=value) == format(value, spec)
    assert language.write(value, spec) == format(value, spec)
    with language.speaking("tr"):
        assert language.write(value, spec) == turkish
        assert language._(template, value=value) == turkish
        assert language.ngettext(template, template, 2, value=value) == turkish
    with language.speaking("xx"):  # one that Unicode knows nothing of
        assert language.write(0.5) == "0.5"


def test_shares_and_probabilities_are_written_as_the_language_does() -> None:
    with language.speaking("tr"):
        assert wording.percent(0.7561, 1) == "%75,6"
        assert wording.rounded(12_345.6) == "12.346"
        assert wording.rounded(0.123456) == "0,1235"
        assert wording.p_value(0.0499) == "p = 0,0499"
        assert wording.p_value(2e-9) == "p < 0,001"


def without_styles(text: str) -> str:
    return re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)


def test_a_turkish_page_has_turkish_numbers() -> None:
    shown = without_styles(words(page("compare", language="tr")))
    assert re.search(r"%\d", shown)
    assert not re.search(r"\d[\s\xa0]?%(?!\d)", shown)
    assert re.search(r"\d,\d", shown)
    assert not re.search(r"(?<![\d.])0\.\d", shown)
    english = without_styles(words(page("compare")))
    assert re.search(r"(?<![\d.])0\.\d", english)


@pytest.mark.filterwarnings("ignore")  # Streamlit's own
def test_a_turkish_page_has_turkish_dates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMC_CORRECTIONS", str(tmp_path))
    corrections.add(replace(made_correction(1), at=MOMENT))
    for code, date in [("tr", "9 Mar 2026 14:05"), ("en", "9 Mar 2026 14:05")]:
        assert date in page("own", language=code).dataframe[0].value.to_string()


def test_a_third_language_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: Catalog
) -> None:
    made = Catalog(locale="de", domain=language.DOMAIN)
    for text in template:
        if isinstance(text.id, str) and text.id:
            made.add(text.id, f"»{text.id}«")
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "mmc.mo").write_bytes(catalogues.compiled(made))
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    app = page("overview", language="de")
    assert app.title[0].value == f"»{HEADINGS['overview']}«"
    assert choice(app).options == ["English", "»English«"]
    assert page("overview").title[0].value == HEADINGS["overview"]


def test_other_threads_speak_english() -> None:
    """And so does the command line, whatever a page has set up."""
    page("overview", language="tr")
    assert language.current() == language.ENGLISH
    assert language._("Predict the mood of a song") == "Predict the mood of a song"
