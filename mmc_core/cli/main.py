"""The command line. Commands import what they need when called, so that --help is instant."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmc_core import __version__
from mmc_core.errors import AudioError, MMCError

if TYPE_CHECKING:
    from mmc_core.prediction.song import Prediction


class Group(click.Group):
    """Commands whose errors are sentences, not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MMCError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:  # whoever read has seen enough
            raise
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
    from mmc_core import datasets

    listed: list[dict[str, Any]] = [
        {
            "id": dataset.id,
            "title": dataset.title,
            "clips": dataset.clips(),
            "bundled": dataset.bundled,
            "own": isinstance(dataset, datasets.Own),
            "fetchable": dataset.download is not None,
            "licence": dataset.licence,
            "citation": dataset.citation,
        }
        for dataset in datasets.every().values()
    ]
    if as_json:
        _print_json(listed)
        return
    for entry in listed:
        clips = ", ".join(f"{mood} {n}" for mood, n in entry["clips"].items())
        click.echo(f"{entry['id']}: {entry['title']}\n  clips: {clips}")
        fetchable = "; the table can be fetched" if entry["fetchable"] else ""
        here = "your own" if entry["own"] else f"bundled: {', '.join(entry['bundled'])}{fetchable}"
        click.echo(f"  {here}\n  {entry['licence']}")
    for name in datasets.user.damaged():
        click.echo(f"{name} is damaged; take it away with: datasets remove {name}", err=True)


@datasets_group.command("fetch")
@click.argument("dataset_id", metavar="ID")
def fetch_dataset(dataset_id: str) -> None:
    """Download what may be downloaded of a dataset."""
    from mmc_core import datasets

    path = datasets.get(dataset_id).fetch()
    click.echo(f"The table of {dataset_id} is ready: {path}", err=True)


@datasets_group.command("folds")
@click.argument("dataset_id", metavar="ID")
def draw_folds(dataset_id: str) -> None:
    """Draw the folds of all protocols again, and keep them beside the dataset's summary."""
    from mmc_core import datasets
    from mmc_core.learning import splits

    dataset = datasets.get(dataset_id)
    kept = splits.drawn_folds(dataset.table())
    kept.to_parquet(dataset.folds_path, compression="zstd", index=False)
    click.echo(
        f"{len(kept.columns) - 1} ways to divide {len(kept)} clips: {dataset.folds_path}", err=True
    )


@datasets_group.command("duplicates")
@click.argument("dataset_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_duplicates(dataset_id: str, as_json: bool) -> None:
    """Pairs of clips with nearly the same features, or names alike; kept beside the summary."""
    from mmc_core import datasets
    from mmc_core.datasets.duplicates import pairs

    dataset = datasets.get(dataset_id)
    found = pairs(dataset.table())
    found.to_csv(dataset.duplicates_path, index=False, float_format="%.3f", lineterminator="\n")
    if as_json:
        _print_json(found.to_dict(orient="records"))
    else:
        click.echo(found.to_string(index=False, float_format="{:.3f}".format))


@datasets_group.command("build")
@click.argument("dataset_id", metavar="ID")
@click.option(
    *("--audio", "--from", "--table", "source"),
    metavar="PATH",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of the dataset's audio; MMC_DATA_MIRROR's by default. For a dataset of your own a "
    "folder with a subfolder a mood, a CSV of path, mood and group, or a table of features.",
)
@click.option("--title", help="What a dataset of your own is called on pages; ID by default.")
def build_dataset(dataset_id: str, source: Path | None, title: str | None) -> None:
    """Compute a dataset's table and summary again, from its audio. A stopped build goes on.

    A dataset whose table is only fetched gets its summary from that table. An ID that is none of
    the project's makes a dataset of your own of PATH, in place of one that has the ID.
    """
    from mmc_core import datasets
    from mmc_core.analysis import summaries

    if dataset_id not in datasets.DATASETS:
        _build_own(dataset_id, source, title)
        return
    if title:
        raise click.UsageError(f"{dataset_id} is a dataset of the project and keeps its title.")
    dataset = datasets.get(dataset_id)
    if source is not None and (source.is_file() or dataset.download):
        made_from = "what `datasets fetch` gets" if dataset.download else "its released files"
        raise click.UsageError(
            f"{dataset_id} is a dataset of the project and made from {made_from}, not from "
            f"{source}. For a dataset of your own choose another ID."
        )
    if dataset.download is None:
        with _Progress("clips") as progress:
            table = dataset.build(source, progress)
        summaries.write_table(table, dataset.table_path)
    else:
        table = summaries.read_table(dataset.fetch())
    dataset.keep_summary(table)
    click.echo(f"{len(table)} clips: {dataset.table_path}, {dataset.summary_path}", err=True)


def _build_own(name: str, given: Path | None, title: str | None) -> None:
    from mmc_core import datasets
    from mmc_core.datasets.user import problems, source

    dataset_id, title = datasets.own_name(name, title or "")
    if given is None:
        raise click.UsageError(
            f"{name!r} is no dataset of the project ({', '.join(datasets.DATASETS)}). To build one "
            "of your own, say of what: --from PATH, a folder or a table."
        )
    with _Progress("files") as progress:
        own, found = datasets.user.build(source.read(given), dataset_id, title, progress)
    for sentence in problems.sentences(found):
        click.echo(sentence, err=True)
    clips = ", ".join(f"{mood} {n}" for mood, n in own.clips().items())
    click.echo(f"{own.id}: {own.title}: {clips}: {own.folder}", err=True)
    if found:
        click.echo(f"All problems: {own.problems_path}", err=True)
    sys.exit(1 if found else 0)


@datasets_group.command("remove")
@click.argument("dataset_id", metavar="ID")
def remove_dataset(dataset_id: str) -> None:
    """Take a dataset of your own away. Your files stay; runs that were trained on it too."""
    from mmc_core import datasets

    datasets.user.remove(dataset_id)
    click.echo(f"{dataset_id} is gone.", err=True)


# ---- features, training, prediction ---------------------------------------------------------


@main.command()
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Parquet file.")
@click.option("--jobs", default=os.cpu_count(), type=click.IntRange(min=1), help="Processes.")
def extract(inputs: tuple[Path, ...], out: Path, jobs: int) -> None:
    """Files or folders to a table with a row each: path, duration, error, features.

    A file that fails is a row with its error. A stopped run goes on where it was.
    """
    from mmc_core.features.extract import as_table, extract_files, find_audio

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
@click.argument("recipe_name", metavar="RECIPE", required=False)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a setting.")
@click.option("--resume", "resumed", metavar="RUN", help="Go on with a stopped run instead.")
def train_command(recipe_name: str | None, settings: tuple[str, ...], resumed: str | None) -> None:
    """Train a recipe into a new run folder under models/, or go on with a stopped one."""
    if (recipe_name is None) == (resumed is None) or (resumed and settings):
        raise click.UsageError("Expected either a RECIPE, with settings, or --resume RUN.")
    from mmc_core import runs
    from mmc_core.learning import recipes
    from mmc_core.runs.cards import accuracy_sentence
    from mmc_core.runs.train import prepare, resume

    _quiet_tensorflow()
    run = runs.named(resumed) if resumed else prepare(recipes.load(str(recipe_name), settings))
    with _Progress("epochs") as progress:
        try:
            resume(run, progress)
        except KeyboardInterrupt:
            click.echo(
                f"Stopped. Go on with: python -m mmc_core train --resume {run.name}", err=True
            )
            sys.exit(1)
    click.echo(f"{run.path}\n{accuracy_sentence(run)}", err=True)


@main.command("evaluate")
@click.argument("target", metavar="RECIPE|RUN")
@click.option("--protocol", type=click.Choice(["published", "grouped", "official", "original"]))
@click.option("--folds", default=10, type=click.IntRange(2, 50), help="Of published and grouped.")
@click.option("--repeats", default=1, type=click.IntRange(1, 100), help="Of the same.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change a setting.")
@click.option("--jobs", default=-1, type=int, help="Processes; -1 for all cores.")
@click.option("--against", metavar="RUN", help="Compare with a run on the same folds.")
@click.option("--again", metavar="REPEAT.FOLD", help="Train one kept fold again and compare.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def evaluate_command(
    target: str,
    protocol: str | None,
    folds: int,
    repeats: int,
    settings: tuple[str, ...],
    jobs: int,
    against: str | None,
    again: str | None,
    as_json: bool,
) -> None:
    """Train a RECIPE over the folds of a --protocol, or score a RUN's kept predictions again.

    A stopped evaluation goes on where it was; more repeats are added to those there are.
    """
    from mmc_core import runs
    from mmc_core.learning import recipes
    from mmc_core.runs import scoring

    if protocol:
        from mmc_core.learning.splits import Protocol
        from mmc_core.runs.evaluate import over_folds

        _quiet_tensorflow()
        recipe = recipes.load(target, settings)
        with _Progress("folds") as progress:
            run = over_folds(recipe, Protocol.of(protocol, folds, repeats), progress, jobs=jobs)
        click.echo(str(run.path), err=True)
    else:
        if settings or target in recipes.names():
            raise click.UsageError(f"Expected a --protocol with the recipe {target!r}.")
        run = scoring.finished(target)
    if again:
        from mmc_core.runs.evaluate import train_again

        _quiet_tensorflow()
        try:
            repeat, fold = (int(part) for part in again.split("."))
        except ValueError:
            raise click.BadParameter(
                f"{again!r} should be such as 1.3", param_hint="--again"
            ) from None
        result = train_again(run, repeat, fold)
    else:
        result = scoring.score_run(run)
        if against:
            result["against"] = scoring.compare_runs(run, runs.named(against))
    if as_json:
        _print_json(result)
        return
    for key, value in result.items():
        click.echo(f"{key}: {value}")


@main.command("study")
@click.argument("name", type=click.Choice(["leak", "spread", "extraction"]))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def study_command(name: str, as_json: bool) -> None:
    """What leaked copies do to a score, how far one wanders on 40 clips, and how far features
    move with codec, rate, level and cut: data/studies.
    """
    from mmc_core.comparison import studies
    from mmc_core.figures.studies import PICTURES

    with _Progress("splits") as progress:
        found = studies.STUDIES[name](progress)
    studies.keep(name, found)
    PICTURES[name](found).savefig(studies.FOLDER / f"{name}.svg")
    if as_json:
        _print_json(found)
    else:
        click.echo(str(studies.FOLDER / f"{name}.json"), err=True)


@main.command("compare")
@click.argument("ids", nargs=-1, required=True, metavar="ID ID...")
@click.option("--moods", default="", metavar="MOOD,MOOD...", help="All four, if not said.")
@click.option("--again", is_flag=True, help="Even if it is kept of the same data.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare_command(ids: tuple[str, ...], moods: str, again: bool, as_json: bool) -> None:
    """Datasets against each other: which is easier, by how much, because of which features.

    Kept in data/comparisons, or in the cache where datasets of one's own are among them.
    """
    from mmc_core.comparison import compare, conclusions
    from mmc_core.moods import NAMES

    _quiet_tensorflow()
    some = [mood.strip() for mood in moods.split(",")] if moods else list(NAMES)
    compare.check(ids, some)
    found = None if again else compare.kept(ids, some)
    if found is None:
        with _Progress("steps") as progress:
            found = compare.compare(ids, some, progress)
        if not found["missing"]:
            click.echo(f"Kept: {compare.keep(found)}", err=True)
    found["answer"] = conclusions.answer(found)
    found["caveats"] = conclusions.caveats(found)
    if as_json:
        _print_json(found)
        return
    for sentence in found["answer"]:
        click.echo(sentence)
    for sentence in found["caveats"]:
        click.echo(f"- {sentence}")


@main.command("report")
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
    with _Progress("steps") as progress, part.open("wb") as file:
        write(dataset, file, progress)
    part.replace(out)
    click.echo(f"{dataset.title}: {out}", err=True)


@main.command("results")
@click.option(
    "--into",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A Markdown file whose marked tables are made anew.",
)
def results_command(files: tuple[Path, ...]) -> None:
    """Tables of all kept evaluations and studies, as the documentation has them."""
    from mmc_core.reports import results

    for file in files:
        file.write_text(results.put_into(file.read_text(encoding="utf-8")), encoding="utf-8")
    if not files:
        click.echo(results.main_table())


@main.command("predict")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--model",
    default="best",
    metavar="1|2|best|RUN",
    help="1: a network on the 57 features. 2: a vote of three networks, each on another image of "
    "the sound. best: the best there is. Or a run by its name.",
)
@click.option("--timeline", is_flag=True, help="Also print every window.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def predict_command(files: tuple[Path, ...], model: str, timeline: bool, as_json: bool) -> None:
    """The mood of each file; folders are searched for sound files."""
    from dataclasses import replace

    from mmc_core import runs
    from mmc_core.audio import load_audio
    from mmc_core.features.extract import find_audio
    from mmc_core.prediction.song import Prediction, predict

    run = runs.find(model)
    paths = [p for file in files for p in (find_audio([file]) if file.is_dir() else [file])]
    predictions = []
    with _Progress("files") as progress:
        for i, path in enumerate(paths):
            try:
                prediction = predict(load_audio(path), run)
            except AudioError as error:
                prediction = Prediction(path.name, run.name, error=str(error))
            prediction = replace(prediction, file=str(path))
            predictions.append(prediction.to_json())
            if not as_json:
                _print_prediction(prediction, timeline)
            progress(i + 1, len(paths))
    if as_json:
        _print_json(predictions)
    sys.exit(1 if any(p["error"] for p in predictions) else 0)


def _quiet_tensorflow() -> None:
    """TensorFlow's notes on the machine are not what was asked for."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def _print_prediction(prediction: Prediction, timeline: bool) -> None:
    if prediction.error:
        click.echo(prediction.error, err=True)
        return
    file = os.fsencode(prediction.file).decode("utf-8", "replace")
    click.echo(f"{file}: {prediction.mood}  {_shares(prediction.probabilities)}")
    for vote in prediction.votes or ():
        click.echo(f"  {vote.title + ':':17}{vote.mood:9}{_shares(vote.probabilities)}")
    for window in prediction.windows if timeline else ():
        click.echo(
            f"  {window.start_s:7.1f} to {window.end_s:7.1f} s  {_shares(window.probabilities)}"
        )


def _shares(probabilities: dict[str, float] | None) -> str:
    return "  ".join(f"{mood} {share:4.0%}" for mood, share in (probabilities or {}).items())


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
            if os.environ.get("MMC_PROGRESS") == "lines":  # a page reads them
                click.echo(f"{done} of {total}", err=True)
            return
        detail = "".join(f"  {name} {value:.3f}" for name, value in (logs or {}).items())
        click.echo(f"\r{done} of {total} {self.unit}{detail}\033[K", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if sys.stderr.isatty():
            click.echo(err=True)
