"""`python -m studies NAME`: a study, the axes of similarity, or the documentation's tables."""

from __future__ import annotations

from pathlib import Path

import click

from mmc_core.cli.main import Group
from mmc_core.cli.output import Progress, echo
from mmc_core.cli.studies import AS_JSON, leak_command, run_study
from mmc_core.files import write_text
from studies import axes, extraction, figures, results, similar, spread, unseen

# Each study, its figure, and what `--help` says.
STUDIES = {
    "spread": (
        spread.study,
        figures.spread,
        "Measure how much a score varies on test sets of 40 clips. Needs the Turkish table.",
    ),
    "extraction": (
        extraction.study,
        figures.extraction,
        "Measure how much codec, sampling rate, level and cut change features. Needs the audio of "
        "4QAED.",
    ),
    "unseen": (
        unseen.study,
        figures.unseen,
        "Measure how well probes do on a dataset that they were not trained on. Needs the audio of "
        "4QAED and EMOPIA, and the AudioSet network.",
    ),
    "similar": (
        similar.study,
        figures.similar,
        "Measure how often clips that sound alike share mood and genre, and another file of a "
        "recording finds its clip. Needs the audio of 4QAED and EMOPIA, and the AudioSet network.",
    ),
}


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Make the project's published numbers again: studies (in data/studies), axes and tables."""


def study_command(name: str) -> click.Command:
    """Return the command that runs a study."""
    study, draw, text = STUDIES[name]

    @click.command(name, help=text)
    @AS_JSON
    def command(as_json: bool) -> None:
        run_study(name, study, draw, as_json)

    return command


main.add_command(leak_command)
for each in STUDIES:
    main.add_command(study_command(each))


@main.command("axes")
def axes_command() -> None:
    """Fit the axes on which clips are compared by sound. Needs the audio of 4QAED and EMOPIA.

    Make the embeddings of all datasets again afterwards (mmc datasets embeddings ID).
    """
    with Progress("datasets") as progress:
        path = axes.make(progress)
    echo(f"The axes are fitted: {path}", err=True)


@main.command("results")
@click.option(
    "--into",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A Markdown file whose marked tables are updated.",
)
def results_command(files: tuple[Path, ...]) -> None:
    """Print the table of all evaluations, or update the tables of the documentation."""
    for file in files:
        write_text(results.put_into(file.read_text(encoding="utf-8")), file)
    if not files:
        echo(results.main_table())


if __name__ == "__main__":
    main(prog_name="python -m studies")
