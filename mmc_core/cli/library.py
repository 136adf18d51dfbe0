"""`mmc library`: all songs of a folder, with their moods."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmc_core.cli.output import TimedProgress, echo, json_text, print_json
from mmc_core.cli.places import SCHEDULER, OutFile
from mmc_core.cli.tagging import playlist_command, tag_command, undo_command
from mmc_core.wording import printable

if TYPE_CHECKING:
    from mmc_core.library.journal import LibrarySong

FOLDER = click.argument("folder", type=click.Path(path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group("library")
def library_group() -> None:
    """The moods of all songs of a folder: scanned once, then only what is new or changed.

    What is known of them is kept in a journal, in the cache or where MMC_LIBRARY says; no sound is.
    """


@library_group.command("scan")
@FOLDER
@click.option(
    "--model",
    default="best",
    show_default=True,
    metavar="best|quick|1|2|RUN",
    help="Which answers, as of `mmc predict`. With another than before, all songs are heard again.",
)
@click.option(
    "--jobs",
    default=os.cpu_count(),
    type=click.IntRange(min=1),
    help="Processes, each on one thread; all cores by default.",
)
@SCHEDULER
@click.option("--retry", is_flag=True, help="Also try files again that could not be used.")
@AS_JSON
def scan_command(
    folder: Path, model: str, jobs: int, scheduler: str | None, retry: bool, as_json: bool
) -> None:
    """Find the features, mood and tags of every song in FOLDER, in all depths.

    A scan that was stopped, or killed, goes on where it was. Files that are as they were are not
    heard again, under another name neither.
    """
    import mutagen  # noqa: F401 - where it is not installed, that is told before any work

    from mmc_core.library.journal import Journal
    from mmc_core.library.scan import scan
    from mmc_core.workers.cluster import connected

    with (
        Journal() as journal,
        connected(scheduler, jobs) as cluster,
        TimedProgress("files") as progress,
    ):
        done = scan(
            journal, folder, model, jobs=jobs, cluster=cluster, retry=retry, progress=progress
        )
    for left_out in done.left_out:
        echo(left_out, err=True)
    if as_json:
        print_json(done.to_json())
    else:
        echo(done)
        if done.errors:
            echo(f"Why files could not be used: mmc library list {done.folder} --errors", err=True)
    sys.exit(1 if done.has_failed else 0)


@library_group.command("list")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--mood", metavar="MOOD", help="Only songs whose answer names this mood.")
@click.option("--errors", is_flag=True, help="Only files that could not be used.")
@AS_JSON
def list_command(folder: Path | None, mood: str | None, errors: bool, as_json: bool) -> None:
    """List the songs that were scanned, of FOLDER or of all.

    A mood that a person heard, a correction, stands in place of the model's.
    """
    from mmc_core import moods
    from mmc_core.library.browse import as_json as song_as_json
    from mmc_core.library.heard import heard_moods, with_heard
    from mmc_core.library.journal import Journal

    wanted = moods.parse(mood) if mood else None
    if mood and wanted is None:
        raise click.BadParameter(f"got {mood!r}; expected {moods.SPELLINGS}", param_hint="--mood")
    heard = heard_moods()
    with Journal() as journal:
        songs = (
            (song, of)
            for song in journal.songs(folder and folder.resolve(), features=False)
            for of in [heard.get(song.sha256 or "")]
            if (wanted is None or wanted.name in with_heard(song.prediction, of).named)
            and (not errors or song.error)
        )
        if as_json:  # a line a song: a library may be large
            separator = "["
            for song, of in songs:
                echo(separator, nl=False)
                echo("\n  " + json_text(song_as_json(song, of)), nl=False)
                separator = ","
            echo("[]" if separator == "[" else "\n]")
            return
        for song, of in songs:
            echo(_line(song, of))


def _line(song: LibrarySong, heard: str | None) -> str:
    name = printable(str(song.path))
    if song.error:
        return f"{name}: {song.error}"
    shares = "  ".join(f"{name} {100 * p:3.0f} %" for name, p in (song.probabilities or {}).items())
    answer = song.prediction.answer
    if heard:
        answer = f"{heard}, heard by a person (model: {answer})"
    return f"{name}: {answer}  {shares}"


@library_group.command("export")
@click.argument("file", metavar="FILE.csv|FILE.parquet", type=OutFile(".csv", ".parquet"))
def export_command(file: Path) -> None:
    """Write all songs to FILE: tags, moods, probabilities and features, a row a song."""
    from mmc_core.library.browse import export
    from mmc_core.library.journal import Journal

    with Journal() as journal:
        echo(f"{export(journal, file):,} files: {file}", err=True)


@library_group.command("forget")
@FOLDER
def forget_command(folder: Path) -> None:
    """Drop all that is known of the songs in FOLDER. The files stay as they are."""
    from mmc_core.library.journal import Journal

    with Journal() as journal:
        echo(f"{journal.forget(folder.resolve()):,} files are forgotten.", err=True)


for command in (tag_command, undo_command, playlist_command):
    library_group.add_command(command)
