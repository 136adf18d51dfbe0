"""`mmc explore`: doubtful labels, kinds of music, two systems; of an evaluation's clips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mmc_core.cli.output import echo, print_json

if TYPE_CHECKING:
    import pandas as pd

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group("explore")
def explore_group() -> None:
    """Look into single clips, by what an evaluation predicted while they were held out."""


@explore_group.command("doubts")
@click.argument("run_name", metavar="RUN")
@AS_JSON
def doubts_command(run_name: str, as_json: bool) -> None:
    """List clips by how doubtful their label is, the most doubtful first (confident learning)."""
    from mmc_core import datasets
    from mmc_core.exploration import doubts
    from mmc_core.runs.scoring import finished

    run = finished(run_name)
    predictions = run.predictions()
    about = datasets.get(run.dataset).about_clips()
    table = doubts.doubtful(predictions)
    names = about["name"].reindex(table["clip"])
    table.insert(1, "name", names.where(names.notna(), None).to_numpy())
    result: dict[str, Any] = {"without_doubtful": doubts.without_doubtful(predictions)}
    if "agreement" in about:
        result["agreement"] = doubts.agreement(
            table, about["agreement"], seed=doubts.SEED
        )._asdict()
    _show(table, result, as_json)


@explore_group.command("slices")
@click.argument("run_name", metavar="RUN")
@AS_JSON
def slices_command(run_name: str, as_json: bool) -> None:
    """Compare accuracy on each kind of music with that on the rest, the worst first."""
    from mmc_core import datasets
    from mmc_core.exploration import systems
    from mmc_core.runs.scoring import finished

    run = finished(run_name)
    dataset = datasets.get(run.dataset)
    found = systems.of_clips(systems.right_by_clip(run.predictions()), dataset)
    _show(found, {}, as_json)


@explore_group.command("systems")
@click.argument("run_name", metavar="RUN")
@click.argument("other_name", metavar="OTHER")
@AS_JSON
def systems_command(run_name: str, other_name: str, as_json: bool) -> None:
    """List the clips that only one of two systems gets right, with McNemar's test."""
    from mmc_core.exploration import systems
    from mmc_core.runs.scoring import finished

    one, other = (finished(name).predictions() for name in (run_name, other_name))
    table = systems.side_by_side(one, other)
    _show(table[table["one"] != table["other"]], {"mcnemar": systems.mcnemar(one, other)}, as_json)


def _show(table: pd.DataFrame, result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(result | {"rows": table.to_dict(orient="records")})
        return
    echo(table.to_string(index=False, float_format="{:.3f}".format))
    for key, value in result.items():
        echo(f"{key}: {value}")
