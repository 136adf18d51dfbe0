"""The study of the leak: what is kept of it holds together, and a small one runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core._typing import Ints
from mmc_core.analysis.statistics import corrected_resampled_t
from mmc_core.comparison import leak
from mmc_core.figures.leak import leak_figure
from mmc_core.learning import inputs, recipes
from mmc_core.learning.splits import assert_apart
from mmc_core.saved import study_files
from mmc_core.settings import DATA
from tests.support.dataset import Made


def test_a_picture_comes_with_it() -> None:
    result = study_files.load(study_files.LEAK)
    assert result["command"] == "mmc study leak"
    axes, *_ = leak_figure(result).axes
    assert axes.get_ylabel()
    assert (DATA / "studies" / "leak.svg").stat().st_size > 5_000


def test_the_leaks_differences_are_those_of_its_splits() -> None:
    result = study_files.load(study_files.LEAK)
    assert len(result["splits"]) == leak.SPLITS
    for name, difference in result["differences"].items():
        one, other = name.split(" - ")
        values = np.array([s["accuracy"][one] - s["accuracy"][other] for s in result["splits"]])
        shares = [s["n_test"] / (result["n"] - s["n_test"]) for s in result["splits"]]
        assert difference["mean"] == pytest.approx(values.mean())
        expected = corrected_resampled_t(values, float(np.mean(shares)))
        assert difference["interval"] == pytest.approx(expected)
    assert all(0.25 < s["n_test"] / result["n"] < 0.35 for s in result["splits"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_small_leak_study_gives_each_arm_what_it_should(
    table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same training clips in all three, copies of test clips in one alone."""
    from mmc_core.learning.networks import learn

    dataset = Made()
    dataset.made_table = table
    monkeypatch.setitem(datasets.DATASETS, "made", dataset)
    recipe = recipes.load("cnn1d-copies", ["dataset=made", "epochs=1", 'copies=["shift"]'])
    x = inputs.features(table)
    clips = inputs.Clips(table, x, [x + 1])
    monkeypatch.setattr(recipes, "load", lambda *_: recipe)
    monkeypatch.setattr(type(recipe), "load_clips", lambda *_: clips)
    asked: list[dict[str, Any]] = []
    learned = learn.learned

    def spy(recipe: Any, given: inputs.Clips, rows: Ints, **others: Any) -> Any:
        asked.append({"copies": len(given.copies), "rows": rows, **others})
        return learned(recipe, given, rows, **others)

    monkeypatch.setattr(learn, "learned", spy)
    result = leak.study(lambda *_: None)
    assert len(asked) == 3 * leak.SPLITS
    group = table["group"].to_numpy(dtype=object)
    for leaky, clean, none in zip(asked[::3], asked[1::3], asked[2::3], strict=True):
        assert leaky["rows"].tolist() == clean["rows"].tolist() == none["rows"].tolist()
        assert leaky["seed"] == clean["seed"] == none["seed"]
        assert (leaky["copies"], clean["copies"], none["copies"]) == (1, 1, 0)
        assert len(leaky["copied"]) == len(table)
        assert clean["copied"] is none["copied"] is None
        assert_apart(group, leaky["rows"], np.setdiff1d(np.arange(len(table)), leaky["rows"]))
    assert [split["split"] for split in result["splits"]] == [1, 2, 3, 4, 5]
