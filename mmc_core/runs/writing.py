"""What writes a run folder, each file whole or not at all; see `runs.run` for what is in it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mmc_core import files
from mmc_core.moods import NAMES
from mmc_core.runs.run import FINISHED, HISTORY, TEXTS, Run
from mmc_core.saved.run import RUN, RunInfo
from mmc_core.saved.scores import SCORES, Scores
from mmc_core.settings import models_dir, models_dirs

if TYPE_CHECKING:
    import pandas as pd


def new_run(name: str) -> Run:
    """A new folder, numbered where there is one of that name already."""
    folder = models_dir()
    taken = {path.name for each in models_dirs() for path in each.glob("*")}
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    (folder / free).mkdir(parents=True)
    run = Run(folder / free)
    run.session.clear()  # of a run of that name that was taken away
    return run


def write_info(run: Run, info: RunInfo) -> None:
    """Write `run.json`."""
    RUN.write(info, run.path / "run.json")
    run.reread()


def update_info(run: Run, **changes: Any) -> None:
    """Write `run.json` with some of it changed, and without what stopped the run before."""
    write_info(run, replace(run.info, **{"error": None, **changes}))


def finish(run: Run, **made: Any) -> None:
    """Write that a run is finished, what is to be known of it, and which network it made."""
    if run.model_path.exists():
        made["model_sha256"] = files.sha256_of(run.model_path)
    update_info(run, status=FINISHED, **made)


def write_scores(run: Run, scores: Scores) -> None:
    """Write `scores.json`."""
    SCORES.write(scores, run.path / "scores.json")
    run.reread()


def write_predictions(run: Run, predictions: pd.DataFrame) -> None:
    """Write `predictions.parquet`; for the columns see `learning.scores`."""
    compact = predictions.astype(dict.fromkeys(TEXTS, "category"))
    compact = compact.astype(dict.fromkeys(NAMES, "float32"))
    files.write_parquet(compact, run.path / "predictions.parquet")


def write_card(run: Run, text: str) -> None:
    """Write `card.md`."""
    files.write_text(text, run.path / "card.md")


def append_history(run: Run, member: int, epoch: int, logs: Mapping[str, float]) -> None:
    """A row more in `history.csv`, for an epoch of a network."""
    path = run.path / "history.csv"
    row = [str(member), str(epoch), *(f"{logs[column]:.4f}" for column in HISTORY[2:])]
    lines = [row] if path.exists() else [HISTORY, row]
    with path.open("a", newline="", encoding="utf-8") as file:
        # In one piece: who reads along never meets a file without its header.
        file.write("".join(",".join(line) + "\n" for line in lines))


def cut_history(run: Run, member: int, epoch: int) -> None:
    """Drop what came after an epoch of a network: it is about to be trained again."""
    if not run.has_history():
        return
    history = run.history()
    later = (history["member"] > member) | (
        (history["member"] == member) & (history["epoch"] > epoch)
    )
    text = io.StringIO()
    history[~later].to_csv(text, index=False, float_format="%.4f", lineterminator="\n")
    files.write_text(text.getvalue(), run.path / "history.csv")
