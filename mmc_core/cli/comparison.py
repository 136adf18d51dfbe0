"""`mmc compare`."""

from __future__ import annotations

import click

from mmc_core.cli.output import Progress, echo, print_json, quiet_tensorflow


@click.command("compare")
@click.argument("ids", nargs=-1, required=True, metavar="ID ID...")
@click.option("--moods", default="", metavar="MOOD,MOOD...", help="Default: all four.")
@click.option("--again", is_flag=True, help="Compute again even if the result is saved.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare_command(ids: tuple[str, ...], moods: str, again: bool, as_json: bool) -> None:
    """Compare datasets: which is easier, by how much, because of which features.

    The result is saved in data/comparisons, or in the cache if your own datasets are among them.
    """
    from mmc_core.comparison import conclusions, store
    from mmc_core.comparison.compare import compare
    from mmc_core.moods import NAMES

    quiet_tensorflow()
    some = [mood.strip() for mood in moods.split(",")] if moods else list(NAMES)
    with Progress("steps") as progress:
        comparison = compare(ids, moods=some, again=again, progress=progress)
    if not comparison.missing:
        echo(f"Saved: {store.existing_path(ids, some)}", err=True)
    answer, caveats = conclusions.answer(comparison), conclusions.caveats(comparison)
    if as_json:
        print_json(comparison.to_json() | {"answer": answer, "caveats": caveats})
        return
    for sentence in answer:
        echo(sentence)
    for sentence in caveats:
        echo(f"- {sentence}")
