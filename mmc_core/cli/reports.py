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
    help="File name ending in .html, .pdf or .zip.",
)
def report_command(dataset_id: str, out: Path) -> None:
    """Export a full report of a dataset's features by mood, with figures in ggplot2 style: as one
    HTML file, as a PDF with one figure per page, or each figure as PNG, SVG and PDF in a ZIP file.

    Outliers are drawn if the dataset's table is on this machine.
    """
    from mmc_core import datasets
    from mmc_core.files import replacing
    from mmc_core.reports import report

    dataset = datasets.get(dataset_id)
    write = report.writer(out)
    with Progress("steps") as progress, replacing(out) as part, part.open("wb") as file:
        write(dataset, file, progress)
    echo(f"{dataset.title}: {out}", err=True)
