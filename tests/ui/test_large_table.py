"""A dataset too large for memory on the pages: drawn from its summary, browsed in its file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mmc_core import datasets
from mmc_core.analysis import tables
from mmc_core.datasets import UserDataset
from mmc_core.datasets.user import dataset as module
from tests.support.pages import frame, page, words

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # Streamlit's own


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UserDataset]:
    table = datasets.get("4qaed").table()[[*tables.META, "tempo", "rms_mean", "mode"]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_CACHE", str(tmp_path_factory.mktemp("cache")))
        folder = tmp_path_factory.mktemp("parts")
        table.to_parquet(folder / "part-000000.parquet")
        yield datasets.build_dataset(folder, "Large table")


@pytest.fixture(autouse=True)
def large(built: UserDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 800)
    monkeypatch.setenv("MMC_CACHE", str(built.folder.parent.parent))


def test_distributions_are_drawn_from_the_summary() -> None:
    app = page("distributions", dataset="large-table", feature="tempo")
    assert list(frame(app.table[0]).loc["n"]) == ["223", "225", "225", "225"]
    assert "898 clips, of which at most 800 are held in memory" in words(app)
    assert len(app.get("plotly_chart")) == 1
    assert page("distributions", dataset="large-table", view="ranking").get("plotly_chart")


def test_its_clips_are_found_and_drawn() -> None:
    app = page("explore", dataset="large-table", filter="tempo > 120", sort="tempo")
    (rows,) = (frame(each) for each in app.dataframe)
    tempo = datasets.get("4qaed").table()["tempo"]
    expected = tempo[tempo > 120].sort_values()[: len(rows)].tolist()
    assert rows["tempo"].tolist() == pytest.approx(expected)
    assert f"**{(tempo > 120).sum()} of 898 clips selected**" in words(app)
    assert len(app.get("plotly_chart")) == 2  # no map


def test_it_cannot_be_learned_from_which_is_said() -> None:
    assert "Models cannot be trained on it: Large table has 898 clips" in words(page("own"))
    assert page("compare", dataset=["4qaed", "large-table"])
