"""All clips on the page Explore, as Streamlit runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mmc_core import datasets, runs
from mmc_core.datasets import user
from mmc_core.exploration.clip_rows import held_out
from mmc_core.exploration.clips import PAGE
from mmc_core.moods import NAMES
from mmc_core.ui.common.widgets import escape_markdown
from mmc_core.wording import percent
from tests.support.pages import frame, page, words

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

BEST = "4qaed-probe-both-grouped-10"
CLIP, NAME = "MT0000011357", "Dismember: Reborn in Blasphemy"


def shown(app: AppTest) -> pd.DataFrame:
    (table,) = (frame(each) for each in app.dataframe)
    return table


def alts(app: AppTest) -> list[str]:
    return [figure.proto.alt for figure in app.get("plotly_chart")]


def test_it_opens_with_names_and_what_was_predicted() -> None:
    app = page("explore")
    assert not app.warning and not app.info
    assert "**898 clips**" in words(app)
    rows = shown(app)
    assert len(rows) == PAGE
    table = datasets.get("4qaed").table()
    found = held_out(runs.load_run(BEST).predictions()).reindex(table["clip"])
    assert rows["predicted"].tolist() == found["predicted"][:PAGE].tolist()
    assert rows["name"][1] == NAME
    assert [alt.split(" of ")[0] for alt in alts(app)] == ["Map", "Map", "Boxplots"]


def test_a_filter_is_seen_in_the_table_and_in_all_figures() -> None:
    text = f"tempo > 120 and mood = '{NAMES[2]}' and predicted <> mood"
    app = page("explore", filter=text)
    rows = shown(app)
    assert (rows["tempo"] > 120).all() and (rows["mood"] == NAMES[2]).all()
    assert (rows["predicted"] != NAMES[2]).all()
    assert f"**{len(rows)} of 898 clips selected**" in words(app)
    assert sum(f"{len(rows)} of them are selected" in alt for alt in alts(app)) == 2
    assert "Selected clips: " in alts(app)[-1]


def test_what_is_wrong_with_a_filter_is_said_and_the_one_before_stays() -> None:
    app = page("explore", filter="tempo > 170")
    before = shown(app)
    app.text_input(key="filter").set_value("tempo > ").run()
    assert not app.exception
    assert "The filter ends too early" in app.error[0].value
    assert "the clips of the filter before, `tempo > 170`" in words(app)
    assert shown(app)["name"].tolist() == before["name"].tolist()
    assert "without a filter" in words(page("explore", filter="(select 1) = 1"))


def test_a_clip_is_found_by_a_part_of_its_name_and_chosen() -> None:
    app = page("explore", find="reborn in", clip=f"4qaed:{CLIP}")
    assert shown(app)["name"].tolist() == [NAME]
    found = held_out(runs.load_run(BEST).predictions()).loc[[CLIP]].to_dict("records")[0]
    share = percent(found["probability"])
    assert (
        f"**{escape_markdown(NAME)}**, labelled ▲ angry, predicted ▲ {found['predicted']} {share}"
    ) in words(app)


def test_facets_and_areas_select_together_and_are_cleared() -> None:
    app = page(
        "explore", correct="wrong", mode="minor", **{"scatter-area": "tempo:rms_mean:100,0;150,1"}
    )
    rows = shown(app)
    assert rows["tempo"].between(100, 150).all() and not rows["correct"].any()
    assert "Selected: Tempo (BPM) 100 to 150" in words(app).replace("\\", "")
    app.button[[each.label for each in app.button].index("Clear all")].click().run()
    assert "**898 clips**" in words(app)
    assert app.query_params == {}


@pytest.mark.parametrize(
    "area",
    ["", "tempo", "tempo:rms_mean:1", "tempo:mood:1,2;3,4", "tempo:rms_mean:1,nan;2,3", "::::;,"],
)
def test_an_area_that_makes_no_sense_is_none(area: str) -> None:
    app = page("explore", **{"scatter-area": area, "map-area": area})
    assert not app.exception
    assert "**898 clips**" in words(app)


def test_an_area_of_a_map_is_none_of_another() -> None:
    area = {"map-area": "lda:4qaed:-1,-1;1,1"}
    assert "of 898 clips selected**" in words(page("explore", **area))
    assert "**898 clips**" in words(page("explore", plane="pca", **area))


def test_several_datasets_have_a_column_and_a_facet() -> None:
    app = page("explore", dataset=["4qaed", "emopia"], only="emopia", sort="tempo")
    rows = shown(app)
    assert set(rows["dataset"]) == {"EMOPIA"}
    assert rows["tempo"].is_monotonic_increasing
    assert "**1,078 of 1,976 clips selected**" in words(app)


def test_pages_follow_each_other() -> None:
    first, last = (shown(page("explore", page=str(i))) for i in (1, 9))
    assert len(first) == PAGE and len(last) == 898 - 8 * PAGE


def header(app: AppTest, column: str) -> str:
    """What the table's header of a column says."""
    (table,) = app.dataframe
    label: str = json.loads(table.proto.columns)[column]["label"]
    return label


def test_names_are_sorted_over_all_pages() -> None:
    app = page("explore", sort="tempo", descending="on", page="2")
    values = datasets.get("4qaed").table()["tempo"].sort_values(ascending=False)
    assert shown(app)["tempo"].tolist() == values[PAGE : 2 * PAGE].tolist()
    assert header(app, "tempo") == "Tempo (BPM) ↓"
    assert header(app, "name") == "Name"


def test_the_clip_after_the_last_of_a_page_is_on_the_next() -> None:
    clips = datasets.get("4qaed").table()["clip"]
    app = page("explore", clip=f"4qaed:{clips[PAGE - 1]}")
    app.button(key="player-next").click().run()
    assert not app.exception
    assert app.query_params["clip"] == f"4qaed:{clips[PAGE]}"
    assert app.query_params["page"] == "2"
    app.button(key="player-previous").click().run()
    assert app.query_params["clip"] == f"4qaed:{clips[PAGE - 1]}"
    assert "page" not in app.query_params


def test_outliers_are_drawn_as_points() -> None:
    app = page("explore", feature="tempo")
    boxes = json.loads(app.get("plotly_chart")[-1].proto.spec)["data"]
    drawn = {
        point[0] for trace in boxes if trace["type"] == "scatter" for point in trace["customdata"]
    }
    table = datasets.get("4qaed").table()
    low, high = (
        table.groupby("mood", observed=True)["tempo"].transform("quantile", q) for q in (0.25, 0.75)
    )
    beyond = (table["tempo"] < low - 1.5 * (high - low)) | (
        table["tempo"] > high + 1.5 * (high - low)
    )
    assert drawn == set("4qaed:" + table["clip"][beyond])
    assert drawn


def test_no_system_and_no_table_are_fine(own_models: Path) -> None:
    assert "predicted" not in shown(page("explore"))
    app = page("explore", dataset="turkish")
    assert not app.exception
    assert "not on this machine" in words(app) and not app.dataframe
    assert "Choose at least one dataset" in words(page("explore", dataset=""))


def test_a_dataset_of_few_features_has_no_map_but_a_table(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    pd.DataFrame({"mood": NAMES * 3, "tempo": range(12)}).to_csv(path, index=False)
    datasets.build_dataset(path, "Few features")
    app = page("explore", dataset="few-features")
    assert not app.exception
    assert "lacks 56 of the 57 features" in words(app)
    assert len(shown(app)) == 12
    assert len(alts(app)) == 2


def test_a_selection_is_saved_as_a_dataset() -> None:
    app = page("explore", filter="tempo > 150")
    app.text_input(key="clips-save-name").set_value("Fast ones").run()
    app.button(key="clips-save").click().run()
    assert not app.exception
    assert "**Fast ones** is saved" in app.success[0].value
    assert sum(user.every()["fast-ones"].clips().values()) == int(
        (datasets.get("4qaed").table()["tempo"] > 150).sum()
    )


def test_visitors_save_nothing_where_that_is_switched_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MMC_PAGE_DATASETS", "0")
    app = page("explore")
    assert "clips-save" not in [each.key for each in app.button]
