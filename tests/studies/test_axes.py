"""The axes of similarity: found where copies agree, kept with the network they are for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmc_core._typing import Float32
from mmc_core.errors import DatasetError
from mmc_core.features.embeddings import axes as shipped
from studies import axes

WIDTH, STABLE = axes.COMPONENTS, 3


def planted(seed: int = 1) -> axes.Pairs:
    """Clips that differ everywhere alike; copies that change all but the first responses."""
    rng = np.random.default_rng(seed)
    clips = rng.normal(size=(400, WIDTH)).astype(np.float32)
    moved = rng.normal(size=clips.shape).astype(np.float32)
    moved[:, :STABLE] = 0
    return clips, clips + moved


def similar_to_copies(pairs: axes.Pairs, n: int) -> Float32:
    mean, weights = axes.fit([pairs], n)
    one, other = (((x - mean) @ weights) for x in pairs)
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(axis=1) / norms)


def test_axes_are_where_copies_agree() -> None:
    clips, copies = planted()
    _, weights = axes.fit([(clips, copies)], STABLE)
    share = np.square(weights[:STABLE]).sum() / np.square(weights).sum()
    assert share > 0.95
    # On clips that were not learned from, too.
    found = similar_to_copies(planted(seed=2), STABLE)
    assert np.median(found) > 0.95


def test_axes_have_no_free_sign_and_do_not_need_the_order() -> None:
    clips, copies = planted()
    mean, weights = axes.fit([(clips, copies)], STABLE)
    largest = np.abs(weights).argmax(axis=0)
    assert (weights[largest, np.arange(STABLE)] > 0).all()
    again = axes.fit([(clips[::-1], copies[::-1])], STABLE)
    assert again[0] == pytest.approx(mean, abs=1e-6)
    assert np.abs(again[1] - weights).max() < 0.02 * np.abs(weights).max()


def test_axes_are_kept_with_their_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "axes.parquet"
    rng = np.random.default_rng(3)
    mean, weights = rng.normal(size=20), rng.normal(size=(20, shipped.N))
    shipped.save(mean, weights, path)
    monkeypatch.setattr(shipped, "PATH", path)
    read = shipped.load()
    x = rng.normal(size=(4, 20))
    assert read.project(x) == pytest.approx((x - mean) @ weights, rel=1e-4, abs=1e-4)
    monkeypatch.setattr(shipped, "fingerprint", lambda _: "another network")
    shipped._load.cache_clear()
    with pytest.raises(DatasetError, match=r"expected 'another network'.*studies axes"):
        shipped.load()
    shipped._load.cache_clear()


def test_shipped_axes_fit_the_network() -> None:
    read = shipped.load()
    assert read.weights.shape == (1506, 32) and read.mean.shape == (1506,)
    assert shipped.PATH.stat().st_size < 200_000
