"""Runs that a person renames or deletes, and which of them have to stay as they are."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache

from mmc_core.errors import RunError
from mmc_core.language import N_
from mmc_core.runs import writing
from mmc_core.runs.registry import all_runs, serving
from mmc_core.runs.run import Run
from mmc_core.settings import PROJECT

MOST_CHARACTERS = 80  # of a title
SHIPPED = N_("This run comes with the program.")
SERVES = N_("This run answers on Predict.")
IS_NEEDED = N_("Another run is made of this one.")


def is_shipped(run: Run) -> bool:
    """Return whether a run comes with the program, or is a copy of one that does in another models
    folder, so that it is not a person's own.
    """
    if run.name not in _shipped():
        return False
    shipped = Run(PROJECT / "models" / run.name)
    return run.path.resolve() == shipped.path.resolve() or (
        (shipped.path / "run.json").exists() and run.info == shipped.info
    )


def why_kept(run: Run) -> str:
    """Return why a run may not be deleted, to be translated; "" if it may."""
    if is_shipped(run):
        return SHIPPED
    others = [other for other in all_runs() if other.name != run.name]
    makers = [other for other in others if run.name in (other.info.members or [])]
    served = set(serving().values())
    if run.name in served or any(maker.name in served for maker in makers):
        return SERVES
    return IS_NEEDED if makers else ""


def rename(run: Run, title: str) -> None:
    """Give a run a title of one's own, or its recipe's again where that is empty.

    Its folder and so its name stay: links and commands know it by that.

    Raises:
        RunError: if the run comes with the program.
    """
    if is_shipped(run):
        raise RunError(f"{run.name!r} comes with the program and keeps its title.")
    run.reread()
    own = " ".join(title.split())[:MOST_CHARACTERS].strip()
    writing.write_info(run, replace(run.info, title=own or None))


def delete(run: Run) -> None:
    """Remove a run's folder, and what is kept of its training.

    Raises:
        RunError: if it has to stay, or is being trained.
    """
    if reason := why_kept(run):
        raise RunError(f"{run.name!r} cannot be deleted. {reason}")
    with run.session.alone():
        # Without `run.json` it is no run any more, whatever else cannot be removed.
        (run.path / "run.json").unlink(missing_ok=True)
        shutil.rmtree(run.path)
    shutil.rmtree(run.session.folder, ignore_errors=True)


@cache
def _shipped() -> frozenset[str]:
    path = PROJECT / "models" / "shipped.txt"
    return frozenset(path.read_text(encoding="utf-8").split() if path.exists() else ())
