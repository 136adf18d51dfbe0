"""`mmc report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmc_core.cli.output import Progress

if TYPE_CHECKING:
    pass


@click.command("report")
@click.argument("dataset_id", metavar="ID")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that ends in .html, .pdf or .zip.",
)
def report_command(dataset_id: str, out: Path) -> None:
    """A dataset's features by mood, all of them, in the look of ggplot2, for print: as one HTML
    file, as a PDF with a figure a page, or each figure as PNG, SVG and PDF in a ZIP.

    Drawn from the summary; outliers too where the dataset's table is on this machine.
    """
    from mmc_core import datasets
    from mmc_core.reports import report

    dataset = datasets.get(dataset_id)
    write = report.writer(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f"{out.name}.part")
    with Progress("steps") as progress, part.open("wb") as file:
        write(dataset, file, progress)
    part.replace(out)
    click.echo(f"{dataset.title}: {out}", err=True)
