"""`mmc datasets`: list, fetch, build, divide, remove."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from mmc_core.cli.output import Progress, echo, print_json


@click.group("datasets")
def datasets_group() -> None:
    """List, download and build datasets."""


@datasets_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_datasets(as_json: bool) -> None:
    """List all datasets: clips per mood, bundled files, downloads, licence."""
    from mmc_core import datasets

    listed: list[dict[str, Any]] = [
        {
            "id": dataset.id,
            "title": dataset.title,
            "clips": dataset.clips(),
            "bundled": dataset.bundled,
            "own": isinstance(dataset, datasets.UserDataset),
            "fetchable": dataset.download is not None,
            "licence": dataset.licence,
            "citation": dataset.citation,
        }
        for dataset in datasets.every().values()
    ]
    if as_json:
        print_json(listed)
        return
    for entry in listed:
        clips = ", ".join(f"{mood} {n}" for mood, n in entry["clips"].items())
        echo(f"{entry['id']}: {entry['title']}\n  clips: {clips}")
        fetchable = "; the table can be downloaded (datasets fetch)" if entry["fetchable"] else ""
        here = "your own" if entry["own"] else f"bundled: {', '.join(entry['bundled'])}{fetchable}"
        echo(f"  {here}\n  {entry['licence']}")
    for name in datasets.user.damaged():
        echo(f"{name} is damaged; remove it with: datasets remove {name}", err=True)
    for name, sentence in datasets.user.newer().items():
        echo(f"{name}: {sentence}", err=True)


@datasets_group.command("fetch")
@click.argument("dataset_id", metavar="ID")
def fetch_dataset(dataset_id: str) -> None:
    """Download the feature table of a dataset, if it may be downloaded."""
    from mmc_core import datasets

    path = datasets.get(dataset_id).fetch()
    echo(f"The table of {dataset_id} is ready: {path}", err=True)


@datasets_group.command("folds")
@click.argument("dataset_id", metavar="ID")
def draw_folds(dataset_id: str) -> None:
    """Draw the folds of all protocols and save them with the dataset's summary."""
    from mmc_core import datasets
    from mmc_core.files import write_parquet
    from mmc_core.learning import splits

    dataset = datasets.get(dataset_id)
    folds = splits.drawn_folds(dataset.table())
    write_parquet(folds, dataset.folder / dataset.folds_path.name)
    echo(
        f"{len(folds.columns) - 1} splits of {len(folds)} clips: {dataset.folds_path}",
        err=True,
    )


@datasets_group.command("duplicates")
@click.argument("dataset_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_duplicates(dataset_id: str, as_json: bool) -> None:
    """List pairs of clips that are duplicates, by features and names, and for 4QAED by audio. Saved
    with the summary.
    """
    from mmc_core import datasets
    from mmc_core.files import write_csv

    dataset = datasets.get(dataset_id)
    pairs = dataset.duplicates()
    write_csv(pairs, dataset.folder / dataset.duplicates_path.name, float_format="%.3f")
    if as_json:
        print_json(pairs.to_dict(orient="records"))
    else:
        echo(pairs.to_string(index=False, float_format="{:.3f}".format))


@datasets_group.command("clips")
@click.argument("dataset_id", metavar="ID")
@click.option(
    "--audio",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of the dataset's released files (default: in MMC_DATA_MIRROR).",
)
def describe_clips(dataset_id: str, audio: Path | None) -> None:
    """Read names, artists and genres of a dataset's clips from its released files. Saved with the
    summary.
    """
    from mmc_core import datasets

    dataset = datasets.get(dataset_id)
    about = dataset.describe_clips(audio)
    dataset.write_clips(about)
    echo(
        f"{len(about)} clips: {dataset.clips_path}"
        if len(about)
        else f"The files of {dataset.title} tell no more of a clip than its name.",
        err=True,
    )


@datasets_group.command("embeddings")
@click.argument("dataset_id", metavar="ID")
def embed_clips(dataset_id: str) -> None:
    """Compute how each clip of a dataset sounds, for `explore similar`. Needs its audio. Saved with
    the summary.
    """
    from mmc_core import datasets
    from mmc_core.datasets.embeddings import NAME
    from mmc_core.learning import axes

    dataset = datasets.get(dataset_id)
    axes.describe(dataset)
    echo(f"{len(dataset.table())} clips: {dataset.file(NAME)}", err=True)


@datasets_group.command("build")
@click.argument("dataset_id", metavar="ID|NAME")
@click.option(
    "--audio",
    "--from",
    "--table",
    "source",
    metavar="PATH",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of the dataset's audio (default: in MMC_DATA_MIRROR). For your own dataset: a "
    "folder with one subfolder per mood, a CSV of path, mood and group, a table of features, or a "
    "folder of Parquet files that are such a table.",
)
@click.option("--title", help="Title of your own dataset on the pages (default: NAME).")
def build_dataset(dataset_id: str, source: Path | None, title: str | None) -> None:
    """Build a dataset's feature table and summary from its audio. A stopped build is resumed.

    If a dataset has no audio, its summary is computed from the downloaded table. With any other
    name than the project's IDs, your own dataset is built from PATH; it replaces one of yours that
    was built under the same name, and no other.
    """
    from mmc_core import datasets

    if dataset_id not in datasets.DATASETS:
        _build_user_dataset(dataset_id, source, title)
        return
    if title:
        raise click.UsageError(
            f"{dataset_id} is a dataset of the project, so its title cannot be changed."
        )
    dataset = datasets.get(dataset_id)
    if source is not None and (source.is_file() or dataset.download):
        made_from = "its downloaded table" if dataset.download else "its released files"
        raise click.UsageError(
            f"{dataset_id} is a dataset of the project and built from {made_from}, not from "
            f"{source}. For your own dataset choose another name."
        )
    if dataset.download is None:
        with Progress("clips") as progress:
            table = dataset.build(source, progress)
        dataset.write_table(table)
        dataset.write_clips(dataset.describe_clips(source))
    else:
        dataset.fetch()
        table = dataset.table()
    dataset.write_summary(table)
    echo(f"{len(table)} clips: {dataset.table_path}, {dataset.summary_path}", err=True)


def _build_user_dataset(name: str, source: Path | None, title: str | None) -> None:
    from mmc_core import datasets

    called = datasets.user_dataset_name(name, title or "")  # says first if a name is taken
    before = datasets.user.every().get(called.id)
    if source is None:
        raise click.UsageError(
            f"{name!r} is not a dataset of the project ({', '.join(datasets.DATASETS)}). To build "
            "your own, name a folder or a table: --from PATH."
        )
    parts = datasets.user.parts_of(source)
    with Progress("steps" if parts else "files") as progress:
        dataset = datasets.build_dataset(source, name, title=title or "", progress=progress)
    for sentence in (*dataset.notes, *dataset.problem_sentences):
        echo(sentence, err=True)
    if before:
        n = sum(before.clips().values())
        echo(f"{before.id}: {before.title}, of {n:,} clips, is replaced by:", err=True)
    clips = ", ".join(f"{mood} {n}" for mood, n in dataset.clips().items())
    echo(f"{dataset.id}: {dataset.title}: {clips}: {dataset.folder}", err=True)
    if dataset.n_problems:
        echo(f"All problems: {dataset.problems_path}", err=True)
    sys.exit(1 if dataset.n_problems else 0)


@datasets_group.command("remove")
@click.argument("dataset_id", metavar="ID")
def remove_dataset(dataset_id: str) -> None:
    """Remove your own dataset. Your files and runs trained on it stay."""
    from mmc_core import datasets
    from mmc_core.datasets.user.corrected import ID

    if dataset_id == ID and ID not in datasets.user.every():
        raise click.UsageError("Corrections are removed with: mmc corrections clear")
    datasets.user.remove(dataset_id)
    echo(f"{dataset_id} is removed.", err=True)
