"""`mmc datasets`: list, fetch, build, divide, remove."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from mmc_core.cli.output import Progress, echo, print_json


@click.group("datasets")
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
        fetchable = "; the table can be fetched" if entry["fetchable"] else ""
        here = "your own" if entry["own"] else f"bundled: {', '.join(entry['bundled'])}{fetchable}"
        echo(f"  {here}\n  {entry['licence']}")
    for name in datasets.user.damaged():
        echo(f"{name} is damaged; take it away with: datasets remove {name}", err=True)


@datasets_group.command("fetch")
@click.argument("dataset_id", metavar="ID")
def fetch_dataset(dataset_id: str) -> None:
    """Download what may be downloaded of a dataset."""
    from mmc_core import datasets

    path = datasets.get(dataset_id).fetch()
    echo(f"The table of {dataset_id} is ready: {path}", err=True)


@datasets_group.command("folds")
@click.argument("dataset_id", metavar="ID")
def draw_folds(dataset_id: str) -> None:
    """Draw the folds of all protocols again, and keep them beside the dataset's summary."""
    from mmc_core import datasets
    from mmc_core.files import write_parquet
    from mmc_core.learning import splits

    dataset = datasets.get(dataset_id)
    folds = splits.drawn_folds(dataset.table())
    write_parquet(folds, dataset.folder / dataset.folds_path.name)
    echo(
        f"{len(folds.columns) - 1} ways to divide {len(folds)} clips: {dataset.folds_path}",
        err=True,
    )


@datasets_group.command("duplicates")
@click.argument("dataset_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_duplicates(dataset_id: str, as_json: bool) -> None:
    """Pairs of clips that are one: by features and names, for 4QAED by their audio. Kept beside the
    summary.
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

    if dataset_id not in datasets.DATASETS:
        _build_user_dataset(dataset_id, source, title)
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
        with Progress("clips") as progress:
            table = dataset.build(source, progress)
        dataset.write_table(table)
    else:
        dataset.fetch()
        table = dataset.table()
    dataset.write_summary(table)
    echo(f"{len(table)} clips: {dataset.table_path}, {dataset.summary_path}", err=True)


def _build_user_dataset(name: str, source: Path | None, title: str | None) -> None:
    from mmc_core import datasets

    datasets.user_dataset_name(name, title or "")  # a name that is taken is the first to say
    if source is None:
        raise click.UsageError(
            f"{name!r} is no dataset of the project ({', '.join(datasets.DATASETS)}). To build one "
            "of your own, say of what: --from PATH, a folder or a table."
        )
    with Progress("files") as progress:
        dataset = datasets.build_dataset(source, name, title=title or "", progress=progress)
    for sentence in (*dataset.notes, *dataset.problem_sentences):
        echo(sentence, err=True)
    clips = ", ".join(f"{mood} {n}" for mood, n in dataset.clips().items())
    echo(f"{dataset.id}: {dataset.title}: {clips}: {dataset.folder}", err=True)
    if dataset.n_problems:
        echo(f"All problems: {dataset.problems_path}", err=True)
    sys.exit(1 if dataset.n_problems else 0)


@datasets_group.command("remove")
@click.argument("dataset_id", metavar="ID")
def remove_dataset(dataset_id: str) -> None:
    """Take a dataset of your own away. Your files stay; runs that were trained on it too."""
    from mmc_core import datasets

    datasets.user.remove(dataset_id)
    echo(f"{dataset_id} is gone.", err=True)
