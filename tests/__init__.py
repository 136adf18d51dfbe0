"""Tests. `SHIPPED` are the runs that come with the project; a person may have trained more."""

from mmc_core.runs import Run
from mmc_core.settings import PROJECT

SHIPPED = [Run(PROJECT / "models" / name) for name in ("4qaed-cnn1d", "turkish-cnn1d")]
