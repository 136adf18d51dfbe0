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
from mmc_core.saved import study_files
from mmc_core.settings import PROJECT
from mmc_core.ui.common import about, load, menu
from mmc_core.wording import percent
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
    assert str(best.info.model_sha256).startswith(shown[f"{best.title}, {title_of(best.dataset)}"])
    assert shown["4QAED"] == data_hash(datasets.get("4qaed").table())[:12]


def test_overview_recommends_the_most_accurate_model_that_runs() -> None:
    best = load.grouped(runs.find("best"))
    assert best is not None
    others = [scored for run in runs.servable() if (scored := load.grouped(run))]
    rivals = [each.scores.accuracy for each in others if each.dataset == best.dataset]
    assert best.scores.accuracy == max(rivals)
    text = words(page("overview"))
    assert "the most accurate of ours that can run on this machine" in text
    assert f"**{percent(best.scores.accuracy)}** of held-out clips of 4QAED" in text


def test_overview_says_what_was_measured_on_datasets_that_models_had_not_learned_from() -> None:
    shares = [row["accuracy"] for row in study_files.load(study_files.UNSEEN)["rows"]]
    compared = load.comparison(list(DATASETS), list(NAMES)).transfer
    shares += [each.of("accuracy").value for each in compared if each.train != each.test]
    assert (round(min(shares), 2), round(max(shares), 2)) == about.ELSEWHERE
    app = page("overview")
    assert f"**25 to {percent(0.5)}** of the clips of a dataset that they had not" in words(app)
    links = {(link.proto.page, link.proto.query_string) for link in app.get("page_link")}
    assert {("training", "view=evaluations"), ("compare", "view=transfer")} <= links


def test_overview_leads_to_all_other_pages_in_the_menus_order() -> None:
    links = [link.proto.page for link in page("overview").get("page_link")]
    further = [each.name for each in menu.PAGES if each.offer]
    assert len(further) == 6
    start = links.index("explore") - 1
    assert links[start : start + len(further)] == further


def test_overview_describes_every_dataset() -> None:
    text = words(page("overview"))
    for dataset in DATASETS.values():
        assert dataset.title in text
        assert dataset.citation in text
        assert dataset.licence in text
        assert f"{sum(dataset.clips().values())} clips" in text
    for word in ("Valence", "arousal", "quadrant", *NAMES):
        assert word in text
