"""`mmc corrections`: moods that you heard in place of the model's."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmc_core.cli.output import echo, print_json
from mmc_core.cli.places import OutFile
from mmc_core.wording import printable

if TYPE_CHECKING:
    from mmc_core.saved.correction import Correction


@click.group("corrections")
def corrections_group() -> None:
    """Keep the mood that you hear in a song, beside the model's answer.

    The songs become the dataset "corrections". The sound is not kept.
    """


@corrections_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_corrections(as_json: bool) -> None:
    """List all corrections, the newest first."""
    from mmc_core.datasets.user import corrections
    from mmc_core.datasets.user.correction import as_row

    saved = corrections.every()
    for path in corrections.moved_aside():
        echo(f"{path} could not be read as a correction and was moved aside.", err=True)
    for sentence in corrections.newer():
        echo(sentence, err=True)
    if as_json:
        print_json([as_row(each) for each in saved])
        return
    for each in saved:
        answered = f"the model answered {each.answered}" if each.answered else "the model had none"
        name = printable(each.name)
        echo(f"{each.sha256[:12]}  {each.at:%Y-%m-%d}  {name}: {each.mood}; {answered}")


@corrections_group.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mood", required=True, metavar="MOOD", help="The mood that you hear.")
@click.option(
    "--model",
    default="best",
    show_default=True,
    metavar="best|quick|1|2|RUN",
    help="Which answers.",
)
def add_correction(file: Path, mood: str, model: str) -> None:
    """Keep the MOOD that you hear in FILE, in place of an earlier correction of it. The song's
    features, embeddings and name are kept, not its sound.
    """
    from mmc_core import moods
    from mmc_core.audio import load_audio
    from mmc_core.datasets.user import corrections
    from mmc_core.files import sha256_of
    from mmc_core.prediction.correction import correct
    from mmc_core.prediction.song import predict
    from mmc_core.prediction.sound import Song

    heard = moods.parse(mood)
    if heard is None:
        raise click.BadParameter(f"got {mood!r}; expected {moods.SPELLINGS}", param_hint="--mood")
    song = Song(load_audio(file))
    prediction = predict(song, model, features=False)
    corrections.add(correct(song, sha256_of(file), heard.name, prediction))
    echo(f"{printable(file.name)}: {heard.name}; the model answered: {prediction.answer}", err=True)


@corrections_group.command("remove")
@click.argument("which", metavar="FILE|NAME|SHA256")
def remove_correction(which: str) -> None:
    """Remove the correction of a song: a FILE with the same sound, whatever its tags are now, the
    NAME under which it is listed, or 8 or more digits of its SHA-256.
    """
    from mmc_core.datasets.user import corrections

    one = _correction_of_file(Path(which)) or corrections.find(which)
    corrections.remove(one.sha256)
    echo(f"The correction of {printable(one.name)} is removed.", err=True)


def _correction_of_file(path: Path) -> Correction | None:
    """Return the correction of the song in a file; None if it has none, or is no sound file."""
    from mmc_core.audio import open_audio
    from mmc_core.datasets.user import corrections
    from mmc_core.errors import AudioError
    from mmc_core.files import sha256_of
    from mmc_core.prediction.sound import Song

    with suppress(OSError, ValueError, AudioError):
        found = corrections.of(sha256_of(path))
        return found or corrections.of(Song(open_audio(path)).sound_sha256)
    return None


@corrections_group.command("undo")
def undo_correction() -> None:
    """Take the newest correction back. The one that it replaced is there again."""
    from mmc_core.datasets.user import corrections

    last = corrections.undo()
    if last is None:
        echo("There is no correction.", err=True)
        return
    echo(f"The correction of {printable(last.name)} to {last.mood} is taken back.", err=True)
    if before := corrections.of(last.sha256):
        echo(f"The earlier one is there again: {before.mood}", err=True)


@corrections_group.command("clear")
@click.option("--yes", is_flag=True, help="Do not ask.")
def clear_corrections(yes: bool) -> None:
    """Remove all corrections for good. Models that were trained on them stay."""
    from mmc_core.datasets.user import corrections

    if not yes:
        click.confirm(f"Remove all corrections ({corrections.count()})?", abort=True, err=True)
    echo(f"Corrections removed: {corrections.clear()}", err=True)


@corrections_group.command("export")
@click.argument("file", metavar="FILE.csv|FILE.json", type=OutFile(".csv", ".json"))
def export_corrections(file: Path) -> None:
    """Write all corrections to FILE: .csv with the songs' features, .json with embeddings too."""
    from mmc_core.datasets.user import corrections
    from mmc_core.datasets.user.correction import as_csv, as_json
    from mmc_core.files import write_text

    formats = {".csv": as_csv, ".json": as_json}
    saved = corrections.every()
    write_text(formats[file.suffix.lower()](saved), file)
    echo(f"Corrections written to {file}: {len(saved)}", err=True)
