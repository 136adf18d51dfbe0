"""`mmc extract` and `mmc predict`: files to features, and to moods."""

from __future__ import annotations

import os
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmc_core.cli.output import Progress, echo, print_json
from mmc_core.errors import AudioError
from mmc_core.wording import escaped

if TYPE_CHECKING:
    from mmc_core.prediction.result import Prediction


@click.command("extract")
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Parquet file.")
@click.option("--jobs", default=os.cpu_count(), type=click.IntRange(min=1), help="Processes.")
@click.option(
    "--engine",
    default="mmc",
    type=click.Choice(["mmc", "librosa"]),
    show_default=True,
    help="mmc: this program. librosa: the same features from librosa, to check them on your files; "
    "tonic, mode and key_clarity stay empty, as librosa has no function for them.",
)
def extract_command(inputs: tuple[Path, ...], out: Path, jobs: int, engine: str) -> None:
    """Extract the features of files or folders into a table: one row per file with path,
    duration, error and features.

    Features describe the first 25.5 s that are not silent; start_s says where they begin. A file
    that fails gets a row with its error. A stopped run is resumed.
    """
    from mmc_core.audio.folders import find_audio
    from mmc_core.features.extract import as_table, extract_files
    from mmc_core.files import replacing

    if out.suffix != ".parquet" or out.is_dir():
        raise click.BadParameter(
            f"{out} should be a file name ending in .parquet", param_hint="--out"
        )
    journal = out.with_name(out.name + ".partial")
    found = find_audio(inputs)
    with Progress("files") as progress:
        table = as_table(
            extract_files(found.files, journal=journal, engine=engine, jobs=jobs, progress=progress)
        )
    with replacing(out) as part:
        table.to_parquet(part, index=False)
    journal.unlink(missing_ok=True)
    errors = table["error"].dropna()
    noted = table.dropna(subset=["note"])
    notes = [f"{path}: {note}" for path, note in zip(noted["path"], noted["note"], strict=True)]
    for sentence in (*notes, *errors, *found.left_out):
        echo(sentence, err=True)
    echo(f"{len(table) - len(errors)} of {len(table)} files: {out}", err=True)
    sys.exit(1 if len(errors) or found.is_incomplete else 0)


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
def predict_command(files: tuple[Path, ...], model: str, timeline: bool, as_json: bool) -> None:
    """Predict the mood of each file. Folders are searched for sound files."""
    from dataclasses import replace

    from mmc_core import runs
    from mmc_core.audio.folders import Found, find_audio
    from mmc_core.prediction.result import Prediction
    from mmc_core.prediction.song import predict

    run = runs.find(model)
    found = [find_audio([path]) if path.is_dir() else Found([path]) for path in files]
    paths = [path for each in found for path in each.files]
    predictions = []
    with Progress("files") as progress:
        for i, path in enumerate(paths):
            try:
                prediction = predict(path, run, features=False)
            except AudioError as error:
                prediction = Prediction(path.name, run.name, error=str(error))
            prediction = replace(prediction, file=str(path))
            predictions.append(prediction.to_json(timeline=timeline))
            if not as_json:
                _print_prediction(prediction, timeline)
            progress(i + 1, len(paths))
    if as_json:
        print_json(predictions)
    for left_out in chain.from_iterable(each.left_out for each in found):
        echo(left_out, err=True)
    failed = any(p["error"] for p in predictions) or any(each.is_incomplete for each in found)
    sys.exit(1 if failed else 0)


def _print_prediction(prediction: Prediction, timeline: bool) -> None:
    if prediction.error:
        echo(prediction.error, err=True)
        return
    echo(f"{escaped(prediction.file)}: {prediction.answer}  {_shares(prediction.probabilities)}")
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
