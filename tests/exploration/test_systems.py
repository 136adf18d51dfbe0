"""Two systems on one set of clips, and slices: what is planted is found, what is not, is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from mmc_core import datasets, runs
from mmc_core.errors import RunError
from mmc_core.exploration import systems
from mmc_core.moods import NAMES
from tests.support.runs import predictions

TABLE = datasets.get("4qaed").table()
GROUP = TABLE["group"].to_numpy(dtype=object)
FACETS = systems.facets(TABLE, datasets.get("4qaed").about_clips())


def wrong_on(table: pd.DataFrame, clips: list[str]) -> pd.DataFrame:
    """The same predictions, but wrong on some clips."""
    changed = table.copy()
    others = {mood: NAMES[(i + 1) % 4] for i, mood in enumerate(NAMES)}
    at = changed["clip"].isin(clips)
    changed.loc[at, "predicted"] = changed.loc[at, "mood"].map(others)
    return changed


def test_clips_that_only_one_gets_right_come_first() -> None:
    one = predictions(repeats=2, folds=2)
    other = wrong_on(one, ["sad 3", "relaxed 4"])
    table = systems.side_by_side(one, other)
    assert set(table["clip"][:2]) == {"sad 3", "relaxed 4"}
    assert table["one"][:2].tolist() == [1, 1] and table["other"][:2].tolist() == [0, 0]
    assert (table["one"] == table["other"])[2:].all()
    assert len(table) == one["clip"].nunique()


def test_mcnemar_counts_each_clip_once() -> None:
    one = predictions(repeats=3, folds=2)
    other = wrong_on(one, [f"sad {i}" for i in range(1, 7)])
    result = systems.mcnemar(one, other)
    assert (result["only_one"], result["only_other"], result["clips"]) == (6, 0, 40)
    assert result["p"] == pytest.approx(2 * binom.cdf(0, 6, 0.5))
    assert systems.mcnemar(one, one)["p"] == 1


def test_systems_of_other_folds_or_clips_are_refused() -> None:
    one = predictions(folds=2)
    with pytest.raises(RunError, match="share no fold"):
        systems.side_by_side(one, one.assign(repeat=2))
    with pytest.raises(RunError, match="held out other clips"):
        systems.mcnemar(one, one.assign(clip="another " + one["clip"]))


def test_facets_are_of_all_clips() -> None:
    assert list(FACETS) == ["mood", "tempo", "loudness", "mode", "genre"]
    for facet in ("mood", "tempo", "loudness", "mode"):
        assert (np.sum(list(FACETS[facet].values()), axis=0) == 1).all(), facet
    assert FACETS["genre"]["Jazz"].sum() > 100


def test_a_planted_slice_is_found_and_is_the_worst() -> None:
    rng = np.random.default_rng(5)
    reggae = FACETS["genre"]["Reggae"]
    right = (rng.random(len(TABLE)) < np.where(reggae, 0.35, 0.75)).astype(float)
    found = systems.slices(right, GROUP, FACETS)
    worst = found.iloc[0]
    assert (worst["facet"], worst["slice"]) == ("genre", "Reggae")
    assert worst["p_corrected"] < 0.05 and worst["high"] < 0
    assert worst["clips"] == reggae.sum()
    assert worst["difference"] == pytest.approx(right[reggae].mean() - right[~reggae].mean())


def test_nothing_is_found_where_nothing_is() -> None:
    """Groups are right or wrong whole: taken clip by clip, they would give far more alarms."""
    rng = np.random.default_rng(6)
    numbers = pd.factorize(GROUP)[0]
    tries, alarms, single = 200, 0, []
    for _ in range(tries):
        right = (rng.random(numbers.max() + 1) < 0.7)[numbers].astype(float)
        found = systems.slices(right, GROUP, FACETS)
        alarms += bool((found["p_corrected"] < 0.05).any())
        single += (found["p"] < 0.05).tolist()
    assert alarms <= binom.ppf(0.999, tries, 0.05)
    assert np.mean(single) == pytest.approx(0.05, abs=0.02)


def test_slices_that_are_too_small_are_left_out() -> None:
    found = systems.slices(np.ones(len(TABLE)), GROUP, FACETS)
    assert found["clips"].min() >= systems.LEAST
    assert (found["p"] == 1).all()
    nothing = systems.slices(np.ones(4), GROUP[:4], {"mood": {"sad": np.ones(4, dtype=bool)}})
    assert nothing.empty and "p_corrected" in nothing


def test_slices_of_a_run_are_of_its_dataset() -> None:
    run = runs.load_run("4qaed-probe-both-grouped-10")
    found = systems.of_clips(systems.right_by_clip(run.predictions()), datasets.get("4qaed"))
    moods = found[found["facet"] == "mood"]
    assert moods["mean"].mul(moods["clips"]).sum() / 898 == pytest.approx(run.scores.accuracy)
