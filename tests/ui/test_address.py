"""What addresses hold: keys, not labels; and what is said of those that name nothing."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mmc_core.comparison.transfer import ITSELF
from mmc_core.features.schema import RHYTHM, TIMBRE
from mmc_core.moods import NAMES
from mmc_core.runs import catalogue
from tests.support.pages import page

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

KINDS = ("button_group", "selectbox", "multiselect", "toggle", "checkbox", "slider", "number_input")
NOWHERE = "<b>no-such & thing*"
PARAMETERS = {
    "distributions": ["view", "dataset", "group", "feature", "plot", "log", "points"],
    "compare": ["view", "dataset", "moods"],
    "explore": ["view", "dataset", "system", "plane", "x", "y", "feature", "sort", "page", "mood"],
    "listen": ["source", "sample", "view", "pictures", "start"],
    "training": ["view", "dataset", "input", "architecture", "runs-4qaed", "metric", "part"],
    "predict": ["model", "song", "sample"],
    "own": ["from"],
}
IN_A_VIEW = {
    ("distributions", "ranking"): ["features", "groups"],
    ("distributions", "correlations"): ["groups"],
    ("listen", "moods"): ["beside", "feature", "groups"],
    ("compare", "features"): ["pair", "feature"],
    ("compare", "map"): ["plane"],
    ("compare", "transfer"): ["model", "score"],
    ("explore", "doubts"): ["dataset", "run-4qaed", "many"],
    ("explore", "systems"): ["other-4qaed-probe-both-grouped-10"],
    ("training", "quality"): ["run", "true", "predicted"],
    ("training", "train"): ["recipe", "dataset", "cnn1d-epochs"],
}
EVERY: list[tuple[str, dict[str, str], list[str]]] = [
    *((name, {}, parameters) for name, parameters in PARAMETERS.items()),
    *((name, {"view": view}, parameters) for (name, view), parameters in IN_A_VIEW.items()),
]
CHOICES: list[tuple[str, dict[str, Any], str, Any, list[str]]] = [
    ("distributions", {}, "group", RHYTHM, ["rhythm"]),
    ("distributions", {"view": "ranking"}, "groups", [RHYTHM, TIMBRE], ["rhythm", "timbre"]),
    ("distributions", {}, "plot", "ecdf", ["ecdf"]),
    ("distributions", {}, "dataset", ["4qaed", "emopia"], ["4qaed", "emopia"]),
    ("distributions", {}, "log", True, ["on"]),
    ("compare", {"view": "features"}, "pair", "turkish,emopia", ["turkish,emopia"]),
    ("compare", {"view": "transfer"}, "model", ITSELF, ["scaled-by-itself"]),
    ("compare", {}, "moods", list(NAMES[:2]), list(NAMES[:2])),
    *(
        ("explore", {"view": view}, "run-4qaed", "4qaed-svm-grouped-10", ["4qaed-svm-grouped-10"])
        for view in ("doubts", "slices", "systems")
    ),
    ("explore", {}, "dataset", ["4qaed", "emopia"], ["4qaed", "emopia"]),
    ("explore", {}, "correct", [False], ["wrong"]),
    ("explore", {}, "sort", "probability", ["probability"]),
    ("explore", {}, "descending", True, ["on"]),
    ("explore", {}, "plane", "pca", ["pca"]),
    ("listen", {"source": "sample"}, "start", 4.5, ["4.5"]),
    ("training", {}, "input", [catalogue.FEATURES], ["features"]),
    ("training", {}, "architecture", [catalogue.CNN2D], ["cnn2d"]),
    (
        *("training", {"dataset": "turkish"}, "runs-turkish"),
        *(["Original system: 1D CNN, augmented"], ["original:turkish-1d-aug"]),
    ),
    ("training", {"view": "train"}, "cnn1d-epochs", 7, ["7"]),
]


def _listed(values: str | list[str]) -> list[str]:
    return [values] if isinstance(values, str) else values


def _widget(app: AppTest, parameter: str) -> Any:
    every = [each for kind in KINDS for each in app.get(kind)]
    return next(each for each in every if getattr(each, "key", None) == parameter)


@pytest.mark.parametrize(("name", "query", "parameters"), EVERY)
def test_what_is_not_there_is_said(
    name: str, query: dict[str, str], parameters: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    app = page(name, **query, **dict.fromkeys(parameters, NOWHERE))
    said = "\n".join(each.value.replace("\\", "") for each in app.warning)
    assert said.count("Not here: ") == len(parameters)
    for parameter in parameters:
        assert f"{parameter.replace('-', ' ')} “{NOWHERE}”" in said, parameter


@pytest.mark.parametrize(("name", "query", "parameter", "value", "written"), CHOICES)
def test_a_choice_is_written_by_its_key(
    name: str, query: dict[str, Any], parameter: str, value: object, written: list[str]
) -> None:
    app = page(name, **query)
    _widget(app, parameter).set_value(value).run()
    assert not app.exception
    assert _listed(app.query_params[parameter]) == written
    again = page(name, **app.query_params)
    assert not again.warning
    assert _widget(again, parameter).value == value
    assert again.query_params == app.query_params


def test_the_default_is_not_written() -> None:
    app = page("distributions", view="ranking")
    app.segmented_control(key="view").set_value("feature").run()
    assert "view" not in app.query_params
    assert app.segmented_control(key="view").value == "feature"


def test_a_link_shows_what_it_names_and_else_the_defaults() -> None:
    app = page("distributions", plot="ecdf", feature="tempo")
    assert app.selectbox(key="group").value == "All"
    app.segmented_control(key="plot").set_value("violin").run()
    app.query_params.clear()
    app.query_params["feature"] = "rolloff_mean"
    app.run()
    assert app.segmented_control(key="plot").value == "boxplot"
    assert app.selectbox(key="feature").value == "rolloff_mean"


def test_pages_keep_their_own_choices() -> None:
    """Though both call one of them `view`, and another `dataset`."""
    app = page("distributions", view="correlations")
    app.query_params.clear()
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    assert app.segmented_control(key="view").value == "answer"
    app.query_params.clear()
    app.switch_page("pages/distributions.py").run()
    assert app.segmented_control(key="view").value == "correlations"
    assert _listed(app.query_params["view"]) == ["correlations"]


def test_none_of_several_is_a_choice() -> None:
    app = page("compare", moods=list(NAMES[:2]))
    app.pills(key="moods").set_value([]).run()
    assert _listed(app.query_params["moods"]) == [""]
    assert page("compare", moods="").pills(key="moods").value == []
