"""A run's network, as it is loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from mmc_core import runs
from mmc_core.errors import RunError
from mmc_core.files import sha256_of
from mmc_core.prediction import network
from mmc_core.settings import PROJECT


def test_a_network_that_was_exchanged_is_refused(own_models: Path) -> None:
    shutil.copytree(PROJECT / "models" / "turkish-cnn1d", own_models / "turkish-cnn1d")
    run = runs.load_run("turkish-cnn1d")
    x = np.zeros((1, 57), dtype=np.float32)
    assert network.answer(run, x).sum() == pytest.approx(1.0)
    assert run.info.model_sha256 == sha256_of(run.model_path)
    run.model_path.write_bytes(run.model_path.read_bytes() + b"\0")
    with pytest.raises(RunError, match="is not the one that was trained"):
        network.answer(run, x)
