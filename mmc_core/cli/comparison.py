"""`mmc compare` and `mmc study`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mmc_core.cli.output import Progress, print_json, quiet_tensorflow

if TYPE_CHECKING:
    pass


@click.command("compare")
@click.argument("ids", nargs=-1, required=True, metavar="ID ID...")
@click.option("--moods", default="", metavar="MOOD,MOOD...", help="All four, if not said.")
@click.option("--again", is_flag=True, help="Even if it is kept of the same data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare_command(ids: tuple[str, ...], moods: str, again: bool, as_json: bool) -> None:
    """Datasets against each other: which is easier, by how much, because of which features.

    Kept in data/comparisons, or in the cache where datasets of one's own are among them.
    """
    from mmc_core.comparison import compare, conclusions
    from mmc_core.moods import NAMES

    quiet_tensorflow()
    some = [mood.strip() for mood in moods.split(",")] if moods else list(NAMES)
    compare.check(ids, some)
    found = None if again else compare.kept(ids, some)
    if found is None:
        with Progress("steps") as progress:
            found = compare.compare(ids, some, progress)
        if not found["missing"]:
            click.echo(f"Kept: {compare.keep(found)}", err=True)
    found["answer"] = conclusions.answer(found)
    found["caveats"] = conclusions.caveats(found)
    if as_json:
        print_json(found)
        return
    for sentence in found["answer"]:
        click.echo(sentence)
    for sentence in found["caveats"]:
        click.echo(f"- {sentence}")


@click.command("study")
@click.argument("name", type=click.Choice(["leak", "spread", "extraction"]))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def study_command(name: str, as_json: bool) -> None:
    """What leaked copies do to a score, how far one wanders on 40 clips, and how far features
    move with codec, rate, level and cut: data/studies.
    """
    from mmc_core.comparison import studies
    from mmc_core.figures.studies import PICTURES

    with Progress("splits") as progress:
        found = studies.STUDIES[name](progress)
    studies.keep(name, found)
    PICTURES[name](found).savefig(studies.FOLDER / f"{name}.svg")
    if as_json:
        print_json(found)
    else:
        click.echo(str(studies.FOLDER / f"{name}.json"), err=True)
