"""The recipes of CONTRIBUTING.md, followed: what they say is all that it takes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mmc_core.moods import NAMES
from mmc_core.settings import PROJECT
from mmc_core.ui.common import menu
from tests.support.headings import headings
from tests.support.pages import page, words

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own


def code_of(recipe: str) -> str:
    """Return the Python code of a recipe."""
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition(f"### {recipe}\n")[2].partition("\n### ")[0]
    (code,) = re.findall(r"^```python\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    return str(code)


def test_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(PROJECT / "pages", tmp_path / "pages")
    shutil.copy(PROJECT / "app.py", tmp_path)
    (tmp_path / "pages" / "tempo.py").write_text(code_of("A page"), encoding="utf-8")
    entry = menu.MenuEntry("tempo", "Tempo", "speed", "**Tempo**: how fast moods are")
    monkeypatch.setattr(menu, "PAGES", (*menu.PAGES, entry))
    app = AppTest.from_file(str(tmp_path / "app.py"), default_timeout=60)
    app.switch_page("pages/tempo.py").run()
    assert not app.exception, app.exception
    assert app.title[0].value == "Tempo"
    assert "How fast the music of each mood is." in words(app)
    overview = AppTest.from_file(str(tmp_path / "app.py"), default_timeout=60).run()
    assert [link.proto.page for link in overview.get("page_link")].count("tempo") == 1
    monkeypatch.setattr("tests.support.headings.PROJECT", tmp_path)
    assert headings()["tempo"] == "Tempo"  # what all tests over pages go through


def test_the_menu_has_every_page_once() -> None:
    names = [each.name for each in menu.PAGES]
    assert sorted(names) == sorted(path.stem for path in (PROJECT / "pages").glob("*.py"))
    assert list(headings()) == names
    assert [page(name).title[0].value for name in names[:2]] == list(headings().values())[:2]


def test_a_figure() -> None:
    counts = dict(zip(NAMES, (4, 3, 2, 1), strict=True))

    def draw(code: str, counts: dict[str, int]) -> None:
        from mmc_core.ui.common import widgets

        made: dict[str, Any] = {}
        exec(code, made)
        widgets.figure(made["clips_by_mood"](counts), key="clips", name="clips-by-mood")

    app = AppTest.from_function(draw, args=(code_of("A figure"), counts), default_timeout=60).run()
    assert not app.exception, app.exception
    (chart,) = app.get("plotly_chart")
    assert "at most 4" in str(chart.proto)
    assert [each.proto.label for each in app.get("download_button")] == ["CSV"]
    made: dict[str, Any] = {}
    exec(code_of("A figure"), made)
    figure = made["clips_by_mood"](counts)
    assert figure.data.to_dict("list") == {"mood": list(NAMES), "clips": [4, 3, 2, 1]}


@pytest.mark.parametrize(
    ("recipe", "test"),
    [
        ("A dataset", "datasets/test_add_a_dataset.py"),
        ("A language", "test_language.py"),
        ("A saved file", "saved/test_files.py"),
    ],
)
def test_the_other_recipes_name_a_test_that_follows_them(recipe: str, test: str) -> None:
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition(f"### {recipe}\n")[2].partition("\n### ")[0]
    assert f"tests/{test}" in section
    assert (PROJECT / "tests" / test).exists()
