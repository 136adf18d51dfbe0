"""Every page as Streamlit runs it, without a browser: what it says, not only that it runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mmc_core import __version__, datasets, runs
from mmc_core.datasets import DATASETS, title_of
from mmc_core.moods import NAMES
from mmc_core.runs.provenance import data_hash
from mmc_core.settings import PROJECT
from tests.support.pages import page, words

CITATION = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own


def test_the_app_opens_on_the_overview() -> None:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "What mood is this music in?"


@pytest.mark.parametrize(
    "name",
    ["overview", "distributions", "compare", "explore", "training", "predict", "vote", "own"],
)
def test_a_page_can_be_run_without_the_app(name: str) -> None:
    app = AppTest.from_file(str(PROJECT / "pages" / f"{name}.py"), default_timeout=60).run()
    assert not app.exception, app.exception
    assert app.title


def test_a_failing_page_leaves_the_app_alone(own_models: Path) -> None:
    (own_models / "serving.json").write_text("no JSON")
    app = page("predict")
    assert "is not JSON" in app.error[0].value
    app.switch_page("pages/overview.py").run()
    assert app.title[0].value == "What mood is this music in?"


# ---- overview -------------------------------------------------------------------------------


def test_overview_leads_to_a_song() -> None:
    app = page("overview")
    assert app.button(key="try-a-song").label == "Try a song"
    app.button(key="try-a-song").click().run()
    assert not app.exception
    assert app.title[0].value == page("predict").title[0].value


def test_overview_says_how_to_cite_and_what_this_is() -> None:
    app = page("overview")
    assert f"MMC {__version__}, with Python" in words(app)
    (entries,) = [each.value for each in app.code]
    cited = " ".join([CITATION, *(each.citation for each in DATASETS.values())])
    for doi in re.findall(r"doi: ?(10\.\S+[^\s.])", cited):
        assert f"doi = {{{doi}}}" in entries
    assert f"version = {{{__version__}}}" in entries
    assert not app.dataframe
    app.session_state["fingerprints"] = True
    app.run()
    shown = app.dataframe[0].value.set_index("name")["fingerprint"]
    best = runs.find("best")
    assert best.info["model_sha256"].startswith(shown[f"{best.title}, {title_of(best.dataset)}"])
    assert shown["4QAED"] == data_hash(datasets.get("4qaed").table())[:12]


def test_overview_describes_every_dataset() -> None:
    text = words(page("overview"))
    for dataset in DATASETS.values():
        assert dataset.title in text
        assert dataset.citation in text
        assert dataset.licence in text
        assert f"{sum(dataset.clips().values())} clips" in text
    for word in ("Valence", "arousal", "quadrant", *NAMES):
        assert word in text
