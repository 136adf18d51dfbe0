"""Near-duplicates and their labels: planted pairs are found once, with why they are one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmc_core.datasets import DATASETS
from mmc_core.datasets.neighbours import ALIKE, Library
from mmc_core.exploration import pairs
from mmc_core.moods import NAMES


def of_moods(*moods: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(moods, columns=["mood", "other_mood"])


def test_differing_labels_are_counted_against_chance() -> None:
    happy, angry, *_ = NAMES
    found = pairs.differing(of_moods((happy, happy), (angry, angry), (happy, angry)))
    assert (found.pairs, found.differing) == (3, 1)
    assert found.chance == pytest.approx(0.5)
    assert pairs.differing(of_moods((happy, happy))).chance == 0
    assert pairs.differing(of_moods()).pairs == 0


def test_planted_pairs_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    n = pairs.BLOCK + 40  # more than one block
    vectors = rng.normal(size=(n, 32)).astype(np.float32)
    vectors[n - 1], vectors[n - 2] = vectors[3], 2 * vectors[4]
    clips = pd.DataFrame(
        {
            "dataset": "made",
            "clip": [f"clip {i:03}" for i in range(n)],
            "name": "",
            "mood": [NAMES[i % 4] for i in range(n)],
            "group": [f"group {i}" if i not in (4, n - 2) else "group 4" for i in range(n)],
        }
    )
    monkeypatch.setattr(pairs, "library", lambda _: Library(clips, vectors))
    found = pairs._sounding_alike(DATASETS["4qaed"]).set_index("clip")
    assert found["other"].to_dict() == {"clip 003": f"clip {n - 1}", "clip 004": f"clip {n - 2}"}
    assert found["similarity"].to_numpy() == pytest.approx(1)
    assert found["why"].tolist() == [pairs.ALIKE_ONLY, pairs.SAME_GROUP]
    assert found["mood"].tolist() == [NAMES[3], NAMES[0]]


@pytest.mark.parametrize("name", ["4qaed", "emopia"])
def test_pairs_of_a_dataset_are_in_order_and_unique(name: str) -> None:
    found = pairs.alike(DATASETS[name])
    assert list(found) == pairs.COLUMNS
    assert len(set(map(frozenset, zip(found["clip"], found["other"], strict=True)))) == len(found)
    differ = found["mood"] != found["other_mood"]
    assert differ.is_monotonic_decreasing  # first those that differ
    assert found["similarity"][differ].is_monotonic_decreasing
    assert (found["similarity"].dropna() >= ALIKE - 1e-6).all()
    moods = DATASETS[name].table().set_index("clip")["mood"]
    assert (moods[found["clip"]].to_numpy() == found["mood"]).all()
    assert (moods[found["other"]].to_numpy() == found["other_mood"]).all()


def test_labels_of_4qaed_agree_more_than_those_of_emopia() -> None:
    """What docs/similar.md says of them."""
    shares = {}
    for name in ("4qaed", "emopia"):
        found = pairs.differing(pairs.alike(DATASETS[name]))
        shares[name] = found.differing / found.pairs
    assert shares["4qaed"] < 0.03 and 0.25 < shares["emopia"] < 0.45


def test_known_duplicates_alone_where_nothing_was_heard() -> None:
    found = pairs.alike(DATASETS["turkish"])
    assert len(found) == len(pd.read_csv(DATASETS["turkish"].duplicates_path))
    assert found["similarity"].isna().all()
    assert pairs.differing(found).differing == 0
