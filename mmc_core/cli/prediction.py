"""`mmc extract` and `mmc predict`: files to features, and to moods."""

from __future__ import annotations

import os
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmc_core.cli.output import Progress, echo, print_json
from mmc_core.cli.places import SCHEDULER, OutFile, Place
from mmc_core.errors import AudioError
from mmc_core.files import is_remote
from mmc_core.wording import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mmc_core.audio.remote import Source
    from mmc_core.prediction.result import Prediction


@click.command("extract")
@click.argument("inputs", nargs=-1, required=True, type=Place())
@click.option(
    "--out",
    required=True,
    metavar="FILE.parquet|FOLDER/|s3://BUCKET/FOLDER",
    help="A Parquet file, or a folder of them: the table in parts.",
)
@click.option("--jobs", default=os.cpu_count(), type=click.IntRange(min=1), help="Processes.")
@SCHEDULER
@click.option(
    "--engine",
    default="mmc",
    type=click.Choice(["mmc", "librosa"]),
    show_default=True,
    help="mmc: this program. librosa: the same features from librosa, to check them on your files; "
    "tonic, mode and key_clarity stay empty, as librosa has no function for them.",
)
@click.option(
    "--part-rows",
    default=2000,
    show_default=True,
    type=click.IntRange(min=1),
    help="Rows of each part, where --out is a folder.",
)
def extract_command(
    inputs: tuple[Path | str, ...],
    out: str,
    jobs: int,
    scheduler: str | None,
    engine: str,
    part_rows: int,
) -> None:
    """Extract the features of files or folders, also of object storage (s3://BUCKET/FOLDER), into
    a table: one row per file with path, duration, error and features.

    Features describe the first 25.5 s that are not silent; start_s says where they begin. A file
    that fails gets a row with its error. A stopped run is resumed.
    """
    import pyarrow.parquet as pq

    from mmc_core.features.extract import as_arrow, extract_files
    from mmc_core.features.parts import extract_parts
    from mmc_core.files import replacing
    from mmc_core.workers.cluster import connected

    in_parts = is_remote(out) or out.endswith(("/", os.sep)) or Path(out).is_dir()
    if out.lower().endswith(".parquet") == in_parts:
        raise click.BadParameter(
            f"{out} should be a file name ending in .parquet, a folder ending in /, or an address "
            "such as s3://bucket/folder",
            param_hint="--out",
        )
    sources, left_out, is_incomplete = _search(inputs)
    with connected(scheduler, jobs) as cluster, Progress("files") as progress:
        where: dict[str, Any] = {
            "engine": engine,
            "jobs": jobs,
            "cluster": cluster,
            "progress": progress,
        }
        if in_parts:
            fresh = extract_parts(sources, out, rows=part_rows, **where)
            rows = [row for row in fresh if row["error"] or row["note"]]
        else:
            journal = Path(f"{out}.partial")
            rows = extract_files(sources, journal=journal, **where)
            with replacing(Path(out)) as part:
                pq.write_table(as_arrow(rows), part)
            journal.unlink(missing_ok=True)
    errors = [row["error"] for row in rows if row["error"]]
    notes = [f"{printable(str(row['path']))}: {row['note']}" for row in rows if row.get("note")]
    for sentence in (*notes, *errors, *left_out):
        echo(sentence, err=True)
    echo(f"{len(sources) - len(errors)} of {len(sources)} files: {out}", err=True)
    sys.exit(1 if errors or is_incomplete else 0)


def _search(inputs: Sequence[Path | str]) -> tuple[list[Source], list[str], bool]:
    """Search paths and addresses in object storage for sound files.

    Returns:
        The files, a sentence for each place that was left out, and whether sound may be missing.
    """
    from mmc_core.audio.folders import Found, find_audio
    from mmc_core.audio.remote import search_remote

    paths = [each for each in inputs if isinstance(each, Path)]
    found = find_audio(paths) if paths else Found([])
    remote = [search_remote(each) for each in inputs if isinstance(each, str)]
    left_out = [*map(str, found.left_out), *(line for each in remote for line in each.left_out)]
    files = sorted({file for each in remote for file in each.files})
    return [*found.files, *files], left_out, found.is_incomplete


@click.command("predict")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--model",
    default="best",
    metavar="best|quick|1|2|RUN",
    help="best: a calibrated classifier on embeddings of pretrained networks. quick: the same on "
    "the AudioSet network alone. 1: a 1D CNN on the features. 2: a vote of three 2D CNNs on images "
    "of the sound. Or the name of a run.",
)
@click.option(
    "--timeline", is_flag=True, help="Also print the mood over time and where the music changes."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--m3u", type=OutFile(".m3u8"), metavar="FILE.m3u8", help="Also write a playlist.")
@click.option("--mood", metavar="MOOD", help="Only songs of this mood in the playlist.")
@click.option(
    "--sort",
    default="arousal",
    type=click.Choice(["arousal", "valence", "mood"]),
    show_default=True,
    help="Order of the playlist: from calm to energetic, from unpleasant to pleasant, or by mood.",
)
def predict_command(
    files: tuple[Path, ...],
    model: str,
    timeline: bool,
    as_json: bool,
    m3u: Path | None,
    mood: str | None,
    sort: str,
) -> None:
    """Predict the mood of each file. Folders are searched for sound files.

    A playlist has the songs' full paths; songs that failed, and those whose mood the model cannot
    tell, are not in it.
    """
    from mmc_core.audio import decoder

    decoder.begin()  # it loads while this process does

    from dataclasses import replace

    from mmc_core import runs
    from mmc_core.audio.folders import Found, find_audio
    from mmc_core.prediction.result import Prediction
    from mmc_core.prediction.song import predict

    only = _checked(m3u, mood)
    run = runs.find(model)
    found = [find_audio([path]) if path.is_dir() else Found([path]) for path in files]
    paths = [path for each in found for path in each.files]
    predictions, songs = [], []
    with Progress("files") as progress:
        for i, path in enumerate(paths):
            try:
                prediction = predict(path, run, features=False)
            except AudioError as error:
                prediction = Prediction(path.name, run.name, error=str(error))
            prediction = replace(prediction, file=str(path))
            predictions.append(prediction.to_json(timeline=timeline))
            songs.append(replace(prediction, windows=[], timeline=[]))  # there may be many
            if not as_json:
                _print_prediction(prediction, timeline)
            progress(i + 1, len(paths))
    if as_json:
        print_json(predictions)
    if m3u:
        _write_playlist(m3u, songs, only, sort)
    for left_out in chain.from_iterable(each.left_out for each in found):
        echo(left_out, err=True)
    failed = any(p["error"] for p in predictions) or any(each.is_incomplete for each in found)
    sys.exit(1 if failed else 0)


def _checked(m3u: Path | None, mood: str | None) -> str | None:
    """The mood of a playlist, by its name."""
    from mmc_core import moods

    if mood is None:
        return None
    if m3u is None:
        raise click.UsageError("--mood chooses the songs of a playlist: add --m3u FILE.m3u8")
    parsed = moods.parse(mood)
    if parsed is None:
        raise click.BadParameter(
            f"There is no mood {mood!r}; there are {moods.SPELLINGS}.", param_hint="--mood"
        )
    return parsed.name


def _write_playlist(
    path: Path, predictions: list[Prediction], mood: str | None, order: str
) -> None:
    from dataclasses import replace

    from mmc_core.files import write_text
    from mmc_core.prediction.playlists import m3u, selected

    songs = selected(predictions, mood=mood, order=order)
    write_text(m3u([replace(each, file=str(Path(each.file).absolute())) for each in songs]), path)
    echo(f"{len(songs)} of {len(predictions)} songs: {printable(str(path))}", err=True)


def _print_prediction(prediction: Prediction, timeline: bool) -> None:
    if prediction.error:
        echo(prediction.error, err=True)
        return
    echo(f"{printable(prediction.file)}: {prediction.answer}  {_shares(prediction.probabilities)}")
    for note in prediction.notes:
        echo(f"  {note}")
    if prediction.reason:
        echo(f"  {prediction.reason}")
    for vote in prediction.votes or ():
        echo(f"  {vote.title + ':':17}{vote.mood:9}{_shares(vote.probabilities)}")
    for moment in prediction.timeline if timeline else ():
        echo(f"  {moment.start_s:7.1f} to {moment.end_s:7.1f} s  {_shares(moment.probabilities)}")
    if timeline and prediction.changes:
        seconds = ", ".join(f"{at:.1f}" for at in prediction.changes)
        echo(f"  The music changes at {seconds} s.")


def _shares(probabilities: dict[str, float] | None) -> str:
    return "  ".join(
        f"{mood} {100 * share:3.0f} %" for mood, share in (probabilities or {}).items()
    )
