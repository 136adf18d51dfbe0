"""The original system's runs, as they are cited."""

from __future__ import annotations

from mmc_core.datasets import DATASETS
from mmc_core.runs.original import original_runs


def test_the_originals_26_runs() -> None:
    originals = original_runs()
    assert len(originals) == 26
    for run in originals:
        assert run.dataset in DATASETS
        assert list(run.history) == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
        assert run.history["epoch"].tolist() == list(range(1, len(run.history) + 1))
        assert len(run.history) in (50, 80)
    leaky = [run for run in originals if run.augmented != "no"]
    assert len(leaky) == 4
    assert all("leak" in run.note for run in leaky)
    assert {(run.test_accuracy, run.n_test) for run in leaky} >= {(0.94, 120), (0.97, 120)}
