"""The command line. Commands import what they need when called, so that --help is instant."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from mmc_core import __version__
from mmc_core.errors import AudioError, MMCError


class Group(click.Group):
    """Commands whose errors are sentences, not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MMCError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        except OSError as error:
            click.echo(f"Error: {error}. Check the path and the space left.", err=True)
            ctx.exit(1)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mmc_core")
def main() -> None:
    """Music Mood Classification: datasets, features, training and prediction.

    Exit codes: 0 all well, 1 some file failed, 2 wrong use.
    """


# ---- datasets -------------------------------------------------------------------------------


@main.group("datasets")
def datasets_group() -> None:
    """List, fetch and build datasets."""


@datasets_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_datasets(as_json: bool) -> None:
    """Every dataset: clips a mood, what is here, what can be fetched, licence."""
    from mmc_core.datasets import DATASETS

    listed: list[dict[str, Any]] = [
        {
            "id": dataset.id,
            "title": dataset.title,
            "clips": dataset.clips(),
            "bundled": dataset.bundled,
            "fetchable": dataset.download is not None,
            "licence": dataset.licence,
            "citation": dataset.citation,
        }
        for dataset in DATASETS.values()
    ]
    if as_json:
        _print_json(listed)
        return
    for entry in listed:
        clips = ", ".join(f"{mood} {n}" for mood, n in entry["clips"].items())
        click.echo(f"{entry['id']}: {entry['title']}\n  clips: {clips}")
        fetchable = "; the table can be fetched" if entry["fetchable"] else ""
        click.echo(f"  bundled: {', '.join(entry['bundled'])}{fetchable}\n  {entry['licence']}")


@datasets_group.command("fetch")
@click.argument("dataset_id", metavar="ID")
def fetch_dataset(dataset_id: str) -> None:
    """Download what may be downloaded of a dataset."""
    from mmc_core import datasets

    path = datasets.get(dataset_id).fetch()
    click.echo(f"The table of {dataset_id} is ready: {path}", err=True)


@datasets_group.command("build")
@click.argument("dataset_id", metavar="ID")
@click.option(
    "--audio",
    type=click.Path(path_type=Path),
    help="Folder of the dataset's audio; MMC_DATA_MIRROR's by default.",
)
def build_dataset(dataset_id: str, audio: Path | None) -> None:
    """Compute a dataset's table and summary again, from its audio. A stopped build goes on.

    A dataset whose table is only fetched gets its summary from that table.
    """
    from mmc_core import datasets, tables

    dataset = datasets.get(dataset_id)
    if dataset.download is None:
        with _Progress("clips") as progress:
            table = dataset.build(audio, progress)
        tables.write_table(table, dataset.table_path)
    else:
        table = tables.read_table(dataset.fetch())
    tables.write_summary(tables.summarise(table), dataset.summary_path)
    click.echo(f"{len(table)} clips: {dataset.table_path}, {dataset.summary_path}", err=True)


# ---- features, training, prediction ---------------------------------------------------------


@main.command()
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Parquet file.")
@click.option("--jobs", default=os.cpu_count(), type=click.IntRange(min=1), help="Processes.")
def extract(inputs: tuple[Path, ...], out: Path, jobs: int) -> None:
    """Files or folders to a table with a row each: path, duration, error, features.

    A file that fails is a row with its error. A stopped run goes on where it was.
    """
    from mmc_core.extract import as_table, extract_files, find_audio

    if out.suffix != ".parquet" or out.is_dir():
        raise click.BadParameter(
            f"{out} should be a file that ends in .parquet", param_hint="--out"
        )
    paths = find_audio(inputs)
    done = out.with_name(out.name + ".partial")
    out.parent.mkdir(parents=True, exist_ok=True)
    rows = []
    with _Progress("files") as progress:
        for i, row in enumerate(extract_files(paths, done=done, jobs=jobs)):
            rows.append(row)
            progress(i + 1, len(paths))
    table = as_table(rows)
    table.to_parquet(out, index=False)
    done.unlink(missing_ok=True)
    failed = table["error"].dropna()
    for sentence in failed:
        click.echo(sentence, err=True)
    click.echo(f"{len(table) - len(failed)} of {len(table)} files: {out}", err=True)
    sys.exit(1 if len(failed) else 0)


@main.command("train")
@click.argument("recipe_name", metavar="RECIPE")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a setting.")
def train_command(recipe_name: str, settings: tuple[str, ...]) -> None:
    """Train a recipe into a new run folder under models/."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from mmc_core import recipes
    from mmc_core.cards import accuracy_sentence
    from mmc_core.train import train

    recipe = recipes.load(recipe_name, settings)
    with _Progress("epochs") as progress:
        run = train(recipe, lambda epoch, n, logs: progress(epoch, n, logs))
    click.echo(f"{run.path}\n{accuracy_sentence(run)}", err=True)


@main.command("predict")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", default="best", metavar="1|best|RUN", help="Which model.")
@click.option("--timeline", is_flag=True, help="Also print every window.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def predict_command(files: tuple[Path, ...], model: str, timeline: bool, as_json: bool) -> None:
    """The mood of each file; folders are searched for sound files."""
    from mmc_core import runs
    from mmc_core.audio import load_audio
    from mmc_core.extract import find_audio
    from mmc_core.predict import Prediction, predict

    run = runs.find(model)
    paths = [p for file in files for p in (find_audio([file]) if file.is_dir() else [file])]
    predictions = []
    with _Progress("files") as progress:
        for i, path in enumerate(paths):
            try:
                prediction = predict(load_audio(path), run)
            except AudioError as error:
                prediction = Prediction(path.name, run.name, error=str(error))
            predictions.append({**prediction.to_json(), "file": str(path)})
            if not as_json:
                _print_prediction(predictions[-1], timeline)
            progress(i + 1, len(paths))
    if as_json:
        _print_json(predictions)
    sys.exit(1 if any(p["error"] for p in predictions) else 0)


def _print_prediction(prediction: dict[str, Any], timeline: bool) -> None:
    if prediction["error"]:
        click.echo(prediction["error"], err=True)
        return
    file = os.fsencode(prediction["file"]).decode("utf-8", "replace")
    click.echo(f"{file}: {prediction['mood']}  {_shares(prediction)}")
    for window in prediction["windows"] if timeline else ():
        click.echo(f"  {window['start_s']:7.1f} to {window['end_s']:7.1f} s  {_shares(window)}")


def _shares(entry: dict[str, Any]) -> str:
    return "  ".join(f"{mood} {share:4.0%}" for mood, share in entry["probabilities"].items())


def _print_json(content: Any) -> None:
    click.echo(json.dumps(content, indent=2, allow_nan=False))


class _Progress:
    """A count on standard error, rewritten in place where that is a terminal."""

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def __enter__(self) -> _Progress:
        return self

    def __call__(self, done: int, total: int, logs: dict[str, float] | None = None) -> None:
        if not sys.stderr.isatty():
            return
        detail = "".join(f"  {name} {value:.3f}" for name, value in (logs or {}).items())
        click.echo(f"\r{done} of {total} {self.unit}{detail}\033[K", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if sys.stderr.isatty():
            click.echo(err=True)
