"""`mmc study`: the study that needs no checkout, and the commands that moved to `studies/`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from mmc_core.cli.output import Progress, echo, print_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mmc_core import _typing

    Study = Callable[[_typing.Progress], dict[str, Any]]
    Draw = Callable[[dict[str, Any]], Figure]

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def moved_command(old: str, new: str) -> click.Command:
    """Return a hidden command that warns and runs `python -m studies`, if this is a checkout."""
    settings = {"ignore_unknown_options": True, "help_option_names": []}

    @click.command(old.split()[-1], hidden=True, context_settings=settings)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def command(arguments: tuple[str, ...]) -> None:
        from mmc_core.errors import MMCError
        from mmc_core.settings import PROJECT

        if not (PROJECT / "studies").is_dir():
            raise MMCError(
                f"`mmc {old}` is now `python -m studies {new}`, in a checkout of the project."
            )
        echo(f"Deprecated: use `python -m studies {new}` instead of `mmc {old}`.", err=True)
        sys.path.insert(0, str(PROJECT))
        import_module("studies.__main__").main([new, *arguments], prog_name="python -m studies")

    return command


def run_study(name: str, study: Study, draw: Draw, as_json: bool) -> None:
    """Run a study, save its result and a figure of it, and print the result or the file's path."""
    from mmc_core import files
    from mmc_core.figures.leak import save_svg
    from mmc_core.saved import study_files

    with Progress("splits") as progress:
        result = study(progress)
    path = study_files.save(name, result)
    # The figure is of the saved result: where the numbers agree that is the earlier one, and so
    # the picture stays as it is, too.
    with files.replacing(path.with_suffix(".svg"), files.same_bytes) as part:
        save_svg(draw(study_files.load(name)), part)
    if as_json:
        print_json(result)
    else:
        echo(str(path), err=True)


@click.group("study")
def study_group() -> None:
    """Run a study and save it in data/studies."""


@study_group.command("leak")
@AS_JSON
def leak_command(as_json: bool) -> None:
    """Measure how copies of test clips in the training set change a score, on 4QAED's audio."""
    from mmc_core.comparison import leak
    from mmc_core.figures.leak import leak_figure

    run_study("leak", leak.study, leak_figure, as_json)


for study_name in ("spread", "extraction", "unseen", "similar"):
    study_group.add_command(moved_command(f"study {study_name}", study_name))
