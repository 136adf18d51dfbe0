"""`mmc compare` and `mmc study`."""

from __future__ import annotations

import click

from mmc_core.cli.output import Progress, echo, print_json, quiet_tensorflow


@click.command("compare")
@click.argument("ids", nargs=-1, required=True, metavar="ID ID...")
@click.option("--moods", default="", metavar="MOOD,MOOD...", help="All four, if not said.")
@click.option("--again", is_flag=True, help="Even if it is kept of the same data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare_command(ids: tuple[str, ...], moods: str, again: bool, as_json: bool) -> None:
    """Datasets against each other: which is easier, by how much, because of which features.

    Kept in data/comparisons, or in the cache where datasets of one's own are among them.
    """
    from mmc_core.comparison import conclusions, store
    from mmc_core.comparison.compare import compare
    from mmc_core.moods import NAMES

    quiet_tensorflow()
    some = [mood.strip() for mood in moods.split(",")] if moods else list(NAMES)
    with Progress("steps") as progress:
        comparison = compare(ids, moods=some, again=again, progress=progress)
    if not comparison.missing:
        echo(f"Kept: {store.existing_path(ids, some)}", err=True)
    answer, caveats = conclusions.answer(comparison), conclusions.caveats(comparison)
    if as_json:
        print_json(comparison.to_json() | {"answer": answer, "caveats": caveats})
        return
    for sentence in answer:
        echo(sentence)
    for sentence in caveats:
        echo(f"- {sentence}")


@click.command("study")
@click.argument("name", type=click.Choice(["leak", "spread", "extraction", "unseen"]))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def study_command(name: str, as_json: bool) -> None:
    """What leaked copies do to a score, how far one wanders on 40 clips, how far features move
    with codec, rate, level and cut, and what probes know of a dataset they never heard:
    data/studies.
    """
    from mmc_core import files
    from mmc_core.comparison import studies
    from mmc_core.figures.studies import PICTURES, save

    with Progress("splits") as progress:
        result = studies.STUDIES[name](progress)
    path = studies.save(name, result)
    # Of what was saved, which is what there was where the numbers agree: then so is the picture.
    with files.replacing(path.with_suffix(".svg"), files.same_bytes) as part:
        save(PICTURES[name](studies.load(name)), part)
    if as_json:
        print_json(result)
    else:
        echo(str(path), err=True)
