"""`mmc train` and `mmc evaluate`."""

from __future__ import annotations

import sys

import click

from mmc_core.cli.output import Progress, echo, print_fields, print_json, quiet_tensorflow
from mmc_core.cli.places import SCHEDULER


@click.command("train")
@click.argument("recipe_name", metavar="RECIPE", required=False)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a setting.")
@click.option("--resume", "resumed", metavar="RUN", help="Resume a stopped run instead.")
def train_command(recipe_name: str | None, settings: tuple[str, ...], resumed: str | None) -> None:
    """Train a RECIPE and save it as a new run under models/, or resume a stopped run."""
    if (recipe_name is None) == (resumed is None) or (resumed and settings):
        raise click.UsageError("Expected either a RECIPE, with settings, or --resume RUN.")
    from mmc_core import runs
    from mmc_core.learning import recipes
    from mmc_core.runs.cards import accuracy_sentence
    from mmc_core.runs.train import prepare, resume

    quiet_tensorflow()
    run = runs.load_run(resumed) if resumed else prepare(recipes.load(str(recipe_name), settings))
    with Progress("epochs") as progress:
        try:
            resume(run, progress)
        except KeyboardInterrupt:
            echo(f"Stopped. Resume with: mmc train --resume {run.name}", err=True)
            sys.exit(1)
    echo(f"{run.path}\n{accuracy_sentence(run)}", err=True)


def _repeat_and_fold(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> tuple[int, int] | None:
    """From a text such as 1.3; both count from 1."""
    if value is None:
        return None
    try:
        repeat, fold = (int(part) for part in value.split("."))
    except ValueError:
        raise click.BadParameter(
            f"got {value!r}; expected a repeat and a fold, such as 1.3"
        ) from None
    return repeat, fold


@click.command("evaluate")
@click.argument("target", metavar="RECIPE|RUN")
@click.option(
    "--protocol",
    type=click.Choice(["published", "grouped", "official", "original"]),
    help="How clips are split. grouped: no artist or song in both training and test.",
)
@click.option(
    "--folds", default=10, type=click.IntRange(2, 50), help="For published and grouped; 10."
)
@click.option(
    "--repeats", default=1, type=click.IntRange(1, 100), help="How often folds are drawn; 1."
)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a setting.")
@click.option("--jobs", default=-1, type=int, help="Number of processes; -1 for all cores.")
@SCHEDULER
@click.option("--against", metavar="RUN", help="Compare with another run on the same folds.")
@click.option(
    "--again",
    metavar="REPEAT.FOLD",
    callback=_repeat_and_fold,
    help="Train one fold again and compare it with the saved result, such as 1.3.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def evaluate_command(
    target: str,
    protocol: str | None,
    folds: int,
    repeats: int,
    settings: tuple[str, ...],
    jobs: int,
    scheduler: str | None,
    against: str | None,
    again: tuple[int, int] | None,
    as_json: bool,
) -> None:
    """Train a RECIPE on the folds of a --protocol, or score the saved predictions of a RUN again.

    A stopped evaluation continues where it stopped. With more --repeats, only the new ones are
    trained.
    """
    from mmc_core import runs
    from mmc_core.learning import recipes
    from mmc_core.runs import scoring

    if protocol:
        from mmc_core.learning.splits import Protocol
        from mmc_core.runs.evaluate import over_folds
        from mmc_core.workers.cluster import connected

        quiet_tensorflow()
        recipe = recipes.load(target, settings)
        with connected(scheduler, jobs) as cluster, Progress("folds") as progress:
            wanted = Protocol.of(protocol, folds, repeats)
            run = over_folds(recipe, wanted, progress, jobs=jobs, cluster=cluster)
        echo(str(run.path), err=True)
    else:
        if scheduler:
            raise click.UsageError("--scheduler is for a RECIPE with a --protocol.")
        if settings or target in recipes.names():
            raise click.UsageError(f"Expected a --protocol with the recipe {target!r}.")
        run = scoring.finished(target)
    if again:
        from mmc_core.runs.evaluate import train_again

        quiet_tensorflow()
        result = train_again(run, *again)
    else:
        result = scoring.score_run(run)
        if against:
            result["against"] = scoring.compare_runs(run, runs.load_run(against))
    if as_json:
        print_json(result)
        return
    print_fields(result)
