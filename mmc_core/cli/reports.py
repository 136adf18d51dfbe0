"""`mmc report`."""

from __future__ import annotations

from pathlib import Path

import click

from mmc_core.cli.output import Progress, echo


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
    from mmc_core.files import replacing
    from mmc_core.reports import report

    dataset = datasets.get(dataset_id)
    write = report.writer(out)
    with Progress("steps") as progress, replacing(out) as part, part.open("wb") as file:
        write(dataset, file, progress)
    echo(f"{dataset.title}: {out}", err=True)
