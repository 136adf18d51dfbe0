"""What was learned, on disk: trainings, and evaluations over folds."""

from mmc_core.runs.store import (
    FINISHED,
    HISTORY,
    OF_EVALUATION,
    OF_TRAINING,
    STOPPED,
    TRAINING,
    WAITING,
    Run,
    all_runs,
    broken_runs,
    find,
    fingerprint,
    named,
    new_run,
    servable_runs,
    serving,
)

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
    "named",
    "new_run",
    "servable_runs",
    "serving",
]
