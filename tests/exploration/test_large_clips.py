"""A dataset too large for memory: the table of clips answers from its file as from memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from mmc_core import datasets, files
from mmc_core.analysis import tables
from mmc_core.comparison import compare
from mmc_core.datasets import UserDataset
from mmc_core.datasets.user import dataset as module
from mmc_core.exploration import saving
from mmc_core.exploration.clips import ClipTable
from mmc_core.exploration.expression import parse
from mmc_core.exploration.queries import Query

COLUMNS = ["dataset", "clip", "name", "mood", "group", "tempo", "mode"]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UserDataset]:
    """4QAED's clips with few features, in two parts."""
    table = datasets.get("4qaed").table()[[*tables.META, "tempo", "mode"]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_CACHE", str(tmp_path_factory.mktemp("it's [a] cache")))
        folder = tmp_path_factory.mktemp("parts")
        table.iloc[:500].to_parquet(folder / "part-0.parquet")
        table.iloc[500:].to_parquet(folder / "part-1.parquet")
        yield datasets.build_dataset(folder, "Large")


@pytest.fixture
def large(own: UserDataset, monkeypatch: pytest.MonkeyPatch) -> UserDataset:
    monkeypatch.setattr(module, "MOST_ROWS", 800)
    monkeypatch.setenv("MMC_CACHE", str(own.folder.parent.parent))
    assert own.too_large
    return own


@pytest.mark.parametrize("others", [[], ["emopia"]])
def test_it_answers_as_in_memory(
    others: list[str], own: UserDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [*map(datasets.get, others), own]
    held = ClipTable(every)
    monkeypatch.setattr(module, "MOST_ROWS", 800)
    clips = ClipTable(every)
    assert clips.columns == held.columns
    assert clips.n == held.n
    for query in (Query(), Query(parse("tempo > 120 and mode = 'minor'", held.columns))):
        counts = held.counts(query)
        assert clips.counts(query) == counts
        expected, found = (
            [
                each.page(query, COLUMNS),
                each.page(query, COLUMNS, page=4),
                each.page(query, COLUMNS, sort="tempo", descending=True),
                *each.parts(query, COLUMNS),
            ]
            for each in (held, clips)
        )
        for one, other in zip(expected, found, strict=True):
            pd.testing.assert_frame_equal(one, other)
        boxes = (
            {mood: vars(d) for mood, d in each.by_mood(query, "tempo").items()}
            for each in (held, clips)
        )
        assert files.agree(*boxes)
    assert clips.values("mode") == held.values("mode")
    last = expected[-1].iloc[-1]
    assert clips.find("large", str(last["clip"]), COLUMNS)["tempo"].tolist() == [last["tempo"]]
    points = clips.points(Query(), "tempo", "tempo", asked_for=clips.n)
    assert len(points) == clips.n
    assert points["name"].equals(points["clip"]) or others


def test_only_its_file_can_be_read(large: UserDataset, tmp_path: Path) -> None:
    clips = ClipTable([large])
    other = tmp_path / "other.csv"
    other.write_text("a\n1\n")
    with pytest.raises(duckdb.PermissionException):
        clips._database.frame("SELECT * FROM read_csv(?)", (str(other),))
    with pytest.raises(duckdb.Error):
        clips._database.frame("SET enable_external_access = true")


def test_a_selection_is_saved(large: UserDataset) -> None:
    clips = ClipTable([large])
    query = Query(parse("tempo > 150", clips.columns))
    made = saving.save(clips, query, "Fast")
    assert made.clips() == clips.counts(query)
    assert (made.table()["tempo"] > 150).all()


def test_what_needs_single_clips_leaves_it_out(large: UserDataset) -> None:
    comparison = compare.work_out(["4qaed", large.id], list(large.clips()), lambda *_: None)
    assert "898 clips, of which at most 800" in comparison.missing[large.id]
    assert comparison.shift
