"""What is kept of the studies holds together."""

from __future__ import annotations

import numpy as np
import pytest

from mmc_core.runs.original import original_runs
from mmc_core.saved import study_files
from mmc_core.settings import DATA
from studies.__main__ import STUDIES


@pytest.mark.parametrize("name", STUDIES)
def test_a_picture_comes_with_each(name: str) -> None:
    result = study_files.load(name)
    assert result["command"] == f"python -m studies {name}"
    _, draw, _ = STUDIES[name]
    axes, *_ = draw(result).axes
    assert axes.get_ylabel()
    assert (DATA / "studies" / f"{name}.svg").stat().st_size > 5_000


def test_where_the_originals_figure_falls() -> None:
    result = study_files.load(study_files.SPREAD)
    values = np.array(result["accuracies"])
    assert len(values) == 100
    assert np.allclose(values * 40, np.round(values * 40))  # whole clips of 40
    assert result["original"] in {run.test_accuracy for run in original_runs()}
    assert result["share_at_or_below_the_originals"] == np.mean(
        values <= result["original"] + 0.005
    )
    assert result["mean"] == pytest.approx(values.mean())
