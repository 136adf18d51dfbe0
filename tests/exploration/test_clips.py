"""The table of clips: what is in it, and that it answers as pandas would."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, language, runs
from mmc_core._typing import Float32
from mmc_core.analysis.summaries import Summary
from mmc_core.datasets import UserDataset
from mmc_core.datasets.user import store
from mmc_core.errors import DatasetError, FilterError, MMCError
from mmc_core.exploration import clips as module
from mmc_core.exploration import database, saving
from mmc_core.exploration.clip_rows import MAP, held_out
from mmc_core.exploration.clips import ClipTable
from mmc_core.exploration.expression import parse
from mmc_core.exploration.queries import Area, Query
from mmc_core.moods import NAMES
from tests.support.runs import predictions

RUNS = ("4qaed-probe-both-grouped-10", "4qaed-svm-grouped-10")
EVERYTHING = Query()


@pytest.fixture(scope="module")
def fourqaed() -> pd.DataFrame:
    return datasets.get("4qaed").table()


@pytest.fixture(scope="module")
def places(fourqaed: pd.DataFrame) -> Float32:
    made = np.random.default_rng(5).normal(size=(len(fourqaed), 2)).astype(np.float32)
    made[:3] = np.nan
    return made


@pytest.fixture(scope="module")
def clips(places: Float32) -> ClipTable:
    systems = {"4qaed": [runs.load_run(name) for name in RUNS]}
    return ClipTable([datasets.get("4qaed"), datasets.get("emopia")], systems, {"4qaed": places})


def frame(clips: ClipTable, query: Query, **how: str | bool) -> pd.DataFrame:
    return pd.concat(list(clips.parts(query, **how)), ignore_index=True)  # type: ignore[arg-type]


def filtered(clips: ClipTable, text: str) -> Query:
    return Query(parse(text, clips.columns))


# ---- what is in it ----------------------------------------------------------------------------


def test_it_has_all_clips_as_their_tables_have_them(clips: ClipTable) -> None:
    rows = frame(clips, EVERYTHING)
    assert list(rows.columns) == list(clips.columns)
    for id_ in ("4qaed", "emopia"):
        table = datasets.get(id_).table()
        mine = rows[rows["dataset"] == id_].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine[list(table)], table, check_dtype=False)
        names = datasets.get(id_).about_clips()["name"]
        assert mine["name"].tolist() == names.reindex(table["clip"]).tolist()


def test_a_prediction_is_the_mean_over_repeats() -> None:
    p = np.array([[0.4, 0.3, 0.2, 0.1], [0.2, 0.5, 0.2, 0.1], [0.1, 0.1, 0.1, 0.7]])
    tries = pd.DataFrame(p, columns=list(NAMES)).assign(clip=["a", "a", "b"])
    found = held_out(tries)
    assert found.loc["a", "predicted"] == NAMES[1]
    assert found.loc["b", "predicted"] == NAMES[3]
    assert found["probability"].tolist() == pytest.approx([0.4, 0.7])


def test_predictions_stand_beside_their_clips(clips: ClipTable) -> None:
    rows = frame(clips, EVERYTHING)
    mine, others = (rows[(rows["dataset"] == "4qaed") == is_of] for is_of in (True, False))
    for name, after in zip(RUNS, ("", "_2"), strict=True):
        found = held_out(runs.load_run(name).predictions()).reindex(mine["clip"])
        assert mine[f"predicted{after}"].tolist() == found["predicted"].tolist()
        right = found["predicted"].to_numpy(object) == mine["mood"].to_numpy(object)
        assert mine[f"correct{after}"].tolist() == right.tolist()
    assert others[["predicted", "probability", "correct", "predicted_2"]].isna().all(axis=None)


def test_clips_without_a_prediction_are_neither_right_nor_wrong(fourqaed: pd.DataFrame) -> None:
    class Half:
        def predictions(self) -> pd.DataFrame:
            return predictions().assign(clip=fourqaed["clip"][:40], mood=fourqaed["mood"][:40])

    table = ClipTable([datasets.get("4qaed")], {"4qaed": [Half()]})  # type: ignore[list-item]
    counted = [
        sum(table.counts(filtered(table, f"correct{rest}")).values())
        for rest in ("", " = false", " is null")
    ]
    assert sum(counted[:2]) == 40
    assert counted[2] == len(fourqaed) - 40


def made_dataset(table: pd.DataFrame, tmp_path: Path, name: str = "mine") -> UserDataset:
    path = tmp_path / f"{name}.parquet"
    table.to_parquet(path)
    return datasets.build_dataset(path, name)


def test_a_dataset_may_have_few_features_and_no_names(tmp_path: Path) -> None:
    rows = {"mood": [*NAMES[:2], NAMES[0]], "tempo": [1.0, 2.0, 3.0], "clip": ["a", "b", "'c\""]}
    mine = made_dataset(pd.DataFrame(rows), tmp_path)
    table = ClipTable([mine, datasets.get("4qaed")])
    found = frame(table, Query(facets={"dataset": ["mine"]}))
    assert found["name"].tolist() == ["a", "b", "'c\""]
    assert found["rms_mean"].isna().all()
    assert "predicted" not in table.columns
    assert list(table.by_mood(Query(facets={"dataset": ["mine"]}), "tempo")) == list(NAMES[:2])
    assert table.by_mood(Query(facets={"dataset": ["mine"]}), "rms_mean") == {}


def test_a_table_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    mine = made_dataset(pd.DataFrame({"mood": NAMES, "tempo": [1.0, 2, 3, 4]}), tmp_path)
    mine.table_path.write_bytes(b"no parquet")
    with pytest.raises(DatasetError, match=r"The table of mine cannot be read"):
        ClipTable([mine])


# ---- what it answers --------------------------------------------------------------------------


def test_it_counts_pages_and_sorts_as_pandas(clips: ClipTable) -> None:
    rows = frame(clips, EVERYTHING)
    query = filtered(clips, f"tempo > 110 and mood <> '{NAMES[0]}'")
    wanted = rows[(rows["tempo"] > 110) & (rows["mood"] != NAMES[0])]
    assert clips.counts(query) == {mood: (wanted["mood"] == mood).sum() for mood in NAMES[1:]}
    for descending in (False, True):
        ordered = wanted.sort_values("rms_mean", ascending=not descending, kind="stable")
        pages = [
            clips.page(query, ["clip"], sort="rms_mean", descending=descending, page=i)
            for i in (1, 2)
        ]
        shown = pd.concat(pages)["clip"].tolist()
        assert shown == ordered["clip"][: 2 * module.PAGE].tolist()


def test_clips_without_a_value_come_last(clips: ClipTable) -> None:
    for descending in (False, True):
        found = frame(clips, EVERYTHING, sort="probability", descending=descending)["probability"]
        n = int(found.notna().sum())
        assert found[:n].notna().all()
        assert found[:n].is_monotonic_decreasing if descending else True


def test_a_part_of_a_name_is_found_whatever_its_case_and_accents(clips: ClipTable) -> None:
    assert clips.page(Query(name="reborn IN"), ["clip"])["clip"].tolist() == ["MT0000011357"]
    rows = frame(clips, EVERYTHING)
    accented = next(name for name in rows["name"] if "é" in name)
    assert accented in frame(clips, Query(name=accented.replace("é", "E")))["name"].tolist()
    assert sum(clips.counts(Query(name="' or 1=1 --%")).values()) == 0


def test_names_are_found_and_sorted_as_readers_expect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["Zappa", "IŞIK", "abba", "Çelik", "İstanbul", "Cem", "Røde", "می\u200cخواهم"]
    rows = {"mood": [NAMES[0]] * 8, "tempo": np.arange(8.0), "clip": names}
    table = ClipTable([made_dataset(pd.DataFrame(rows), tmp_path)])
    for typed, name in (("ışık", 1), ("istanbul", 4), ("celik", 3), ("rode", 6), ("میخواهم", 7)):
        assert frame(table, Query(name=typed))["name"].tolist() == [names[name]]
    english = ["abba", "Çelik", "Cem", "IŞIK", "İstanbul", "Røde", "Zappa", names[7]]
    assert frame(table, EVERYTHING, sort="name")["name"].tolist() == english
    monkeypatch.setattr(language, "_chosen", lambda: "tr")
    assert frame(table, EVERYTHING, sort="name")["name"].tolist()[:3] == ["abba", "Cem", "Çelik"]


def test_facets_take_any_of_their_values(clips: ClipTable) -> None:
    rows = frame(clips, EVERYTHING)
    genres = rows["genres"].fillna("").str.split("; ")
    jazz = [("Jazz" in each or "Rap" in each) for each in genres]
    query = Query(facets={"genres": ["Jazz", "Rap"], "mode": ["minor"], "mood": []})
    wanted = rows[pd.Series(jazz) & (rows["mode"] == "minor")]
    assert frame(clips, query)["clip"].tolist() == wanted["clip"].tolist()
    assert "Jazz" in clips.values("genres") and "" not in clips.values("genres")
    assert clips.values("correct") == [False, True]


def test_a_box_and_a_polygon_hold_the_points_inside(clips: ClipTable, places: Float32) -> None:
    x, y = places.T.astype(float)
    box = Area.of(*MAP, [1.0, -1.0], [-0.5, 0.5])
    inside = (np.abs(x) <= 1) & (np.abs(y) <= 0.5)
    assert sum(clips.counts(Query(areas=[box])).values()) == inside.sum()
    triangle = Area.of(*MAP, [-2, 2, 0], [-1, -1, 2])
    under = (y > -1) & (y < 2 + 1.5 * x) & (y < 2 - 1.5 * x)
    assert sum(clips.counts(Query(areas=[triangle])).values()) == under.sum()
    both = (inside & under).sum()
    assert sum(clips.counts(Query(areas=[box, triangle])).values()) == both
    # A bow tie: what is enclosed twice is outside (even-odd).
    star = Area.of(*MAP, [-1, 1, 1, -1], [-1, 1, -1, 1])
    tie = (np.abs(x) <= 1) & (np.abs(y) < np.abs(x))
    assert sum(clips.counts(Query(areas=[star])).values()) == tie.sum()


def test_an_area_drawn_by_hand_keeps_few_corners() -> None:
    angle = np.linspace(0, 2 * np.pi, 1000)
    area = Area.of("x", "y", np.cos(angle).tolist(), np.sin(angle).tolist())
    assert 30 < len(area.corners) <= 60


def test_boxes_are_those_of_the_summary(clips: ClipTable, fourqaed: pd.DataFrame) -> None:
    summary = Summary.of(fourqaed)
    found = clips.by_mood(Query(facets={"dataset": ["4qaed"]}), "rolloff_var")
    for mood, d in summary.by_mood("rolloff_var").items():
        for name in ("n", "n_outliers", "mean", "sd", "whisker_low", "q1", "median", "q3"):
            assert getattr(found[mood], name) == pytest.approx(getattr(d, name), rel=1e-9)
        assert found[mood].whisker_high == pytest.approx(d.whisker_high, rel=1e-9)
        assert found[mood].outliers == pytest.approx(d.outliers, rel=1e-9)
        assert len(d.outliers) == d.n_outliers > 0
        assert (found[mood].minimum, found[mood].maximum) == (d.minimum, d.maximum)


def test_points_are_all_clips_or_a_bounded_sample(
    clips: ClipTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = filtered(clips, f"mood = '{NAMES[0]}'")
    n = sum(clips.counts(query).values())
    points = clips.points(query, "tempo", "rms_mean", asked_for=n)
    assert len(points) == clips.n == clips.n_places("tempo", "rms_mean")
    assert (points["selected"] == (points["mood"] == NAMES[0])).all()
    on_map = clips.points(EVERYTHING, *MAP, asked_for=clips.n)
    assert len(on_map) == clips.n_places(*MAP) == 898 - 3
    monkeypatch.setattr(module, "MOST_POINTS", 90)
    some = clips.points(query, "tempo", "rms_mean", asked_for=n)
    assert some["selected"].sum() == 60 and len(some) == 90
    pd.testing.assert_frame_equal(some, clips.points(query, "tempo", "rms_mean", asked_for=n))
    assert len(clips.points(EVERYTHING, "tempo", "rms_mean", asked_for=clips.n)) == 90


def test_what_takes_too_long_is_given_up(clips: ClipTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LONGEST_S", 0.05)
    endless = "SELECT count(*) FROM range(100000000) AS a, range(100000000) AS b WHERE a <> b"
    with pytest.raises(FilterError, match="took longer than"):
        clips._database.frame(endless)
    monkeypatch.undo()
    assert sum(clips.counts(EVERYTHING).values()) == clips.n  # it answers again


def test_the_database_reaches_no_file(clips: ClipTable, tmp_path: Path) -> None:
    import duckdb

    for sql in (
        "SELECT * FROM read_csv('/etc/hostname')",
        f"COPY clips TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/out.db'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            clips._database.frame(sql)
    assert not list(tmp_path.glob("out*"))


# ---- saved ------------------------------------------------------------------------------------


def test_a_selection_becomes_a_dataset_with_names(clips: ClipTable) -> None:
    query = filtered(clips, "tempo > 150")
    made = saving.save(clips, query, "Fast songs")
    assert (made.id, made.title) == ("fast-songs", "Fast songs")
    assert made.clips() == clips.counts(query)
    wanted = frame(clips, query)
    again = ClipTable([store.every()["fast-songs"]])
    found = frame(again, EVERYTHING)
    assert found["name"].tolist() == wanted["name"].tolist()
    assert found["clip"][0] == f"{wanted['dataset'][0]}:{wanted['clip'][0]}"
    assert found["group"].nunique() == (wanted["dataset"] + wanted["group"]).nunique()
    assert found["tempo"].tolist() == wanted["tempo"].tolist()


def test_what_cannot_be_saved_is_said(clips: ClipTable, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MMCError, match="0 clips are selected"):
        saving.save(clips, filtered(clips, "tempo > 10000"), "None")
    monkeypatch.setattr(saving, "MOST", 10)
    with pytest.raises(MMCError, match="expected 1 to 10"):
        saving.csv(clips, EVERYTHING, "", descending=False)


def test_a_csv_has_all_columns_in_order(clips: ClipTable) -> None:
    query = filtered(clips, "tempo > 150 and dataset = '4qaed'")
    lines = saving.csv(clips, query, "tempo", descending=True).splitlines()
    assert lines[0] == ",".join(clips.columns)
    assert len(lines) - 1 == sum(clips.counts(query).values())
