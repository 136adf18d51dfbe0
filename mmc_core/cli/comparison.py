"""`mmc compare` and `mmc study`."""

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


@click.command("study")
@click.argument("name", type=click.Choice(["leak", "spread", "extraction", "unseen", "similar"]))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def study_command(name: str, as_json: bool) -> None:
    """Run a study and save it in data/studies.

    leak: how copies of test clips in the training set change a score. spread: how much a score
    varies on test sets of 40 clips. extraction: how much codec, sampling rate, level and cut change
    features. unseen: how well probes do on a dataset they were not trained on. similar: how often
    clips that sound alike share mood and genre, and another file of a recording finds its clip.
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
