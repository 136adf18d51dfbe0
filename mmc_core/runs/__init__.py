"""What was learned, on disk: trainings, and evaluations over folds."""

from mmc_core.runs.registry import (
    all_runs,
    broken_runs,
    find,
    load_run,
    seconds_a_song,
    servable,
    serving,
)
from mmc_core.runs.run import (
    FINISHED,
    HISTORY,
    OF_EVALUATION,
    OF_TRAINING,
    STOPPED,
    TRAINING,
    WAITING,
    Run,
    fingerprint,
    input_of,
)
from mmc_core.runs.writing import new_run

__all__ = [
    "FINISHED",
    "HISTORY",
    "OF_EVALUATION",
    "OF_TRAINING",
    "STOPPED",
    "TRAINING",
    "WAITING",
    "Run",
    "all_runs",
    "broken_runs",
    "find",
    "fingerprint",
    "input_of",
    "load_run",
    "new_run",
    "seconds_a_song",
    "servable",
    "serving",
]
