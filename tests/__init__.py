"""Tests. `SHIPPED` are the runs that come with the project; a person may have trained more."""

from mmc_core.runs import Run
from mmc_core.settings import PROJECT

NAMES = (PROJECT / "tests" / "shipped_runs.txt").read_text(encoding="utf-8").split()
SHIPPED = [Run(PROJECT / "models" / name) for name in NAMES]
