"""Doubtful labels: planted ones are found, sure ones are not; the check measures what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, runs
from mmc_core.exploration import doubts
from mmc_core.moods import NAMES

N = 200


def sure(wrong: int = 0, repeats: int = 1) -> pd.DataFrame:
    """Clips whose mood is predicted with 0.7 to 0.9; of the first ones the label is the next."""
    rng = np.random.default_rng(2)
    rows = []
    for repeat in range(repeats):
        for i in range(N):
            own = rng.uniform(0.7, 0.9)
            rows.append(
                {
                    "repeat": repeat + 1,
                    "fold": 1 + i % 5,
                    "clip": f"clip {i:03}",
                    "mood": NAMES[(i + (i < wrong)) % 4],
                    "group": f"group {i // 2}",
                    **{name: own if m == i % 4 else (1 - own) / 3 for m, name in enumerate(NAMES)},
                    "predicted": NAMES[i % 4],
                }
            )
    return pd.DataFrame(rows)


def test_no_label_is_doubtful_where_the_system_finds_them_all() -> None:
    table = doubts.doubtful(sure())
    assert not table["doubtful"].any()
    assert (table["margin"] > 0).all() and table["margin"].is_monotonic_increasing


@pytest.mark.parametrize("repeats", [1, 3])
def test_planted_wrong_labels_come_first(repeats: int) -> None:
    table = doubts.doubtful(sure(wrong=8, repeats=repeats))
    assert len(table) == N
    assert set(table["clip"][:8]) == {f"clip {i:03}" for i in range(8)}
    assert not table["doubtful"][8:].any()
    # Of these, those that are at least as sure as a mood's clips usually are: about half.
    assert 2 <= table["doubtful"][:8].sum() <= 8
    assert (table["other"][:8] == [NAMES[int(clip[-3:]) % 4] for clip in table["clip"][:8]]).all()


def test_doubtful_labels_come_first_then_the_lowest_margin() -> None:
    table = doubts.doubtful(runs.load_run("4qaed-probe-both-grouped-10").predictions())
    n = table["doubtful"].sum()
    assert n and table["doubtful"][:n].all()
    for part in (table["margin"][:n], table["margin"][n:]):
        assert part.is_monotonic_increasing


def test_the_confident_joint_counts_both_ways() -> None:
    joint = doubts.confused(doubts.doubtful(sure(wrong=8)))
    assert joint.to_numpy().sum() <= N
    off = joint.to_numpy() - np.diag(np.diag(joint))
    assert off.sum() == doubts.doubtful(sure(wrong=8))["doubtful"].sum()
    for i in range(4):  # a clip that is like mood i is labelled as the next
        assert off[(i + 1) % 4, i] == off[:, i].sum()


def test_agreement_is_spearmans_with_an_interval_over_groups() -> None:
    table = doubts.doubtful(sure(wrong=8))
    rising = pd.Series(np.arange(N, dtype=float), table["clip"])
    whole = doubts.agreement(table, rising, seed=1)
    assert whole.rho == pytest.approx(1) == pytest.approx(whole.high)
    rng = np.random.default_rng(3)
    unrelated = pd.Series(rng.normal(size=N), table["clip"]).iloc[: N - 20]
    found = doubts.agreement(table, unrelated, seed=1)
    expected = unrelated.rank().corr(table.set_index("clip")["margin"].iloc[: N - 20].rank())
    assert found.rho == pytest.approx(expected)
    assert found.low < 0 < found.high and found.clips == N - 20


def test_leaving_out_what_is_doubtful_raises_accuracy() -> None:
    predictions = sure(wrong=8)
    changed = doubts.without_doubtful(predictions, doubts.doubtful(predictions))
    assert changed["left_out"] == 10
    assert changed["accuracy"] == pytest.approx(1 - 8 / N)
    assert changed["without"] == 1


def test_the_authors_agreement_does_not_confirm_the_order_of_4qaed() -> None:
    """What docs/honest_results.md says of it."""
    run = runs.load_run("4qaed-probe-both-grouped-10")
    table = doubts.doubtful(run.predictions())
    found = doubts.agreement(table, datasets.get("4qaed").about_clips()["agreement"], seed=13)
    assert found.clips == 898
    assert found.low < 0 < found.high
