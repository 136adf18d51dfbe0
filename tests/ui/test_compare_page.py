"""The compare page as Streamlit runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path

import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core.comparison import compare, conclusions, projection, store
from mmc_core.comparison.transfer import NETWORK
from mmc_core.datasets.turkish import Turkish
from mmc_core.errors import DatasetError, MMCError
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.figures.comparison import COLUMNS, separability_words
from mmc_core.jobs import comparison as jobs
from mmc_core.moods import NAMES
from mmc_core.saved.comparison import MEASURES
from mmc_core.ui.compare import views
from tests.support.pages import frame, page, words

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

VIEWS = list(views.VIEWS)
PAIR = ["4qaed", "turkish"]


def answer(*ids: str) -> list[str]:
    comparison = store.load(ids)
    assert comparison
    return conclusions.answer(comparison)


def test_it_opens_on_the_answer_for_all_of_the_projects_datasets() -> None:
    text = words(page("compare"))
    for sentence in answer(*datasets.DATASETS):
        assert sentence in text.replace("\\", "")


def test_a_pair_is_answered_with_its_numbers() -> None:
    app = page("compare", dataset=PAIR)
    assert answer("4qaed", "turkish")[0] in words(app).replace("\\", "")
    assert len(app.get("plotly_chart")) == 3 and not app.dataframe


def test_the_finding_comes_first_and_is_one_sentence() -> None:
    app = page("compare", dataset=PAIR)
    first, *others = answer("4qaed", "turkish")
    shown = [unescape(each.proto.body) for each in app.get("html")]
    assert sum(first in each for each in shown) == 1
    folded = "".join(str(each.value) for each in app.expander[0].markdown).replace("\\", "")
    assert app.expander[0].label == "More about this comparison"
    assert all(sentence in folded for sentence in others) and first not in folded


def test_the_first_screen_says_why_of_how_many_clips_and_what_it_does_not_mean() -> None:
    comparison = store.load(list(datasets.DATASETS))
    assert comparison
    shown = page("compare")
    text = words(shown).replace("\\", "")
    finding = conclusions.answer(comparison)[0]
    assert all(datasets.title_of(id_) in finding for id_ in datasets.DATASETS)
    folded = "".join(str(each.value) for each in shown.expander[0].markdown).replace("\\", "")
    for sentence in (conclusions.reason(comparison), conclusions.equal_size(comparison)):
        assert sentence and sentence in text and sentence not in folded
    assert f"{comparison.n} clips per mood" in conclusions.equal_size(comparison)
    easiest, second = comparison.easiest_first[:2]
    gaps = {
        group: share - comparison.by_group[second][group]
        for group, share in comparison.by_group[easiest].items()
    }
    share = comparison.by_group[easiest][max(gaps, key=gaps.__getitem__)]
    assert f"{100 * share:.0f}" in conclusions.reason(comparison)


def test_a_guess_is_right_on_half_of_the_clips_in_arousal_and_valence() -> None:
    comparison = store.load(PAIR)
    assert comparison
    table = separability_words(comparison, {id_: datasets.title_of(id_) for id_ in PAIR})
    guesses = table.set_index("Measure")["Guessing"]
    for name in ("arousal", "valence"):
        assert set(guesses[MEASURES[name]]) == {"0.500"}
    assert any("−" in value for value in table["95 % interval"])
    assert not any("-" in value for value in table["95 % interval"])


def test_tabs_hold_the_other_measures_and_all_as_a_table() -> None:
    app = page("compare", dataset=PAIR)
    app.session_state["compare-rest"] = "Table"
    app.run()
    assert not app.exception
    table = frame(app.dataframe[0])
    assert len(table) == 2 * len(MEASURES)
    assert set(table["Dataset"]) == {datasets.title_of(id_) for id_ in PAIR}
    assert set(table) == set(COLUMNS)
    app.session_state["compare-rest"] = "Other measures"
    app.run()
    assert not app.exception and len(app.get("plotly_chart")) == 2 + 3


def test_boxes_have_their_outliers_without_a_table_too(own_cache: Path) -> None:
    app = page("compare", dataset=PAIR, view="features", feature="rms_mean")
    assert "Not all outliers" not in words(app)
    figure = json.loads(app.get("plotly_chart")[1].proto.spec)
    drawn = sum(len(each["y"]) for each in figure["data"] if each.get("mode") == "markers")
    summaries = [datasets.get(id_).summary().by_mood("rms_mean") for id_ in PAIR]
    assert drawn == sum(d.n_outliers for moods in summaries for d in moods.values()) > 0


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws(view: str) -> None:
    app = page("compare", dataset=["4qaed", "emopia"], view=view)
    assert app.get("plotly_chart")
    assert all(len(chart.proto.spec) < 300_000 for chart in app.get("plotly_chart"))


def test_what_shifts_can_be_turned_to_any_pair_and_feature() -> None:
    app = page("compare", view="features")
    pairs = app.segmented_control[1].options
    assert len(pairs) == 3
    app.segmented_control(key="pair").set_value("turkish,emopia").run()
    assert not app.exception
    app.selectbox(key="feature").set_value("tempo").run()
    assert "Tempo (BPM)." in words(app)


def test_transfer_can_be_read_for_each_model_and_half_of_the_plane() -> None:
    app = page("compare", view=VIEWS[-1])
    assert len(app.selectbox(key="model").options) == 3
    before = words(app)
    app.selectbox(key="model").set_value(NETWORK).run()
    app.segmented_control[1].set_value("valence").run()
    assert not app.exception
    assert "most often right from" in words(app) != before


def test_the_map_of_what_is_here_without_a_table(own_cache: Path) -> None:
    app = page("compare", dataset=PAIR, view="map")
    assert app.get("plotly_chart")  # of 4QAED alone


def test_a_map_says_how_many_of_a_large_dataset_are_drawn(
    mine: str, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page("compare", dataset=["4qaed", mine], view="map")
    assert "chosen at random" not in words(app)
    monkeypatch.setattr(projection, "MAX_CLIPS", 120)
    app = page("compare", dataset=["4qaed", mine], view="map", moods=list(NAMES[:3]))
    shown = table["mood"].isin(NAMES[:3]).sum()
    assert f"120 of the {shown} clips of Mine" in words(app)


def test_fewer_than_two_is_said() -> None:
    for query in ({"dataset": ["4qaed"]}, {"moods": [NAMES[0]]}):
        assert "at least two" in page("compare", **query).info[0].value


@pytest.fixture
def mine(table: pd.DataFrame, tmp_path: Path) -> str:
    table.to_csv(tmp_path / "mine.csv", index=False)
    datasets.build_dataset(tmp_path / "mine.csv", "Mine")
    return "mine"


def test_ones_own_dataset_is_offered_and_worked_out(
    mine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page("compare", dataset=["4qaed", mine])
    assert "From the summaries alone" in words(app)
    asked: list[Sequence[str]] = []

    def comparing(ids: Sequence[str], moods: Sequence[str]) -> Iterator[tuple[int, int]]:
        asked.append(ids)
        yield 1, 2
        store.save(compare.from_summaries(ids, moods))

    monkeypatch.setattr(jobs, "watch", comparing)
    app.button(key="work-out").click().run()
    assert not app.exception
    assert asked[0] == ["4qaed", "mine"]
    assert store.load(["4qaed", "mine"])


def test_what_goes_wrong_is_said(mine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def comparing(ids: Sequence[str], moods: Sequence[str]) -> Iterator[tuple[int, int]]:
        yield 0, 1
        raise MMCError("No power today.")

    monkeypatch.setattr(jobs, "watch", comparing)
    app = page("compare", dataset=["4qaed", mine])
    app.button(key="work-out").click().run()
    assert app.error[0].value == "No power today."


def test_a_missing_table_is_said_with_what_to_do(
    mine: str, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page("compare", dataset=[PAIR[1], mine])
    assert "datasets fetch turkish" in words(app).replace("\\", "")
    Turkish().fetch()
    app.run()
    assert "datasets fetch turkish" not in words(app).replace("\\", "")


def test_a_dataset_without_a_mood_is_said(table: pd.DataFrame, tmp_path: Path) -> None:
    table[table["mood"] != NAMES[2]].to_csv(tmp_path / "t.csv", index=False)
    datasets.build_dataset(tmp_path / "t.csv", "Part")
    app = page("compare", dataset=["4qaed", "part"])
    assert f"no clips that are {NAMES[2]}" in app.warning[0].value
    app = page("compare", dataset=["4qaed", "part"], moods=list(NAMES[:2]))
    assert not app.warning


@pytest.mark.parametrize("view", VIEWS)
def test_datasets_with_nothing_in_common_are_said(
    table: pd.DataFrame, tmp_path: Path, view: str
) -> None:
    for title, feature in (("One", "tempo"), ("Other", "rms_mean")):
        table[["mood", feature]].to_csv(tmp_path / "t.csv", index=False)
        datasets.build_dataset(tmp_path / "t.csv", title)
    app = page("compare", dataset=["one", "other"], view=view)
    assert not app.exception
    assert not app.get("plotly_chart")
    text = words(app)
    assert "nothing to compare" in text or "lacks 56 of the 57 features" in text


@pytest.mark.parametrize("plane", ["lda", "pca"])
def test_a_map_of_one_group_is_refused_in_words(
    table: pd.DataFrame, tmp_path: Path, plane: str
) -> None:
    features = [name for name in ORIGINAL_57 if name in table]
    table.assign(group="one artist")[["mood", "group", *features]].to_csv(tmp_path / "t.csv")
    datasets.build_dataset(tmp_path / "t.csv", "Alone")
    tables = {"alone": datasets.get("alone").table(), "4qaed": datasets.get("4qaed").table()}
    with pytest.raises(DatasetError, match="one clip of each group"):
        projection.project(tables, NAMES, plane)
    result = compare.from_summaries(["4qaed", "alone"], NAMES)
    assert "no dataset has clearly better features" in conclusions.answer(result)[0]
    separations = datasets.get("alone").separation().values()
    assert {(one.low, one.high) for one in separations} == {(0.0, 1.0)}
