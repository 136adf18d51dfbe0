"""`mmc explore`: clips in a table, doubtful labels, kinds of music, systems, what sounds alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmc_core.cli.output import echo, print_fields, print_json
from mmc_core.errors import MMCError

if TYPE_CHECKING:
    import pandas as pd

    from mmc_core.exploration.clips import ClipTable
    from mmc_core.runs import Run

SHOWN = 20  # rows in a terminal

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group("explore")
def explore_group() -> None:
    """Look into single clips, by what an evaluation predicted while they were held out."""


@explore_group.command("clips")
@click.argument("ids", metavar="DATASET...", nargs=-1, required=True)
@click.option("--where", metavar="FILTER", help="Such as: tempo > 120 and predicted <> mood")
@click.option(
    "--system",
    "systems",
    metavar="RUN",
    multiple=True,
    help="An evaluation whose predictions are columns; the best of each dataset by default.",
)
@click.option("--sort", metavar="COLUMN", help="Sort by it; those without a value are last.")
@click.option("--descending", is_flag=True, help="Largest first.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write them as CSV.")
@AS_JSON
def clips_command(
    ids: tuple[str, ...],
    where: str | None,
    systems: tuple[str, ...],
    sort: str | None,
    descending: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """List clips of datasets: names, moods, features, and what systems predicted for them.

    In a filter, text stands in single quotes, and columns are called as in the table.
    """
    import pandas as pd

    from mmc_core import datasets
    from mmc_core.exploration import expression
    from mmc_core.exploration.clips import ClipTable
    from mmc_core.exploration.queries import Query

    every = [datasets.get(id_) for id_ in dict.fromkeys(ids)]
    clips = ClipTable(every, _systems([each.id for each in every], systems))
    if sort and sort not in clips.columns:
        raise MMCError(
            f"There is no column {sort!r} to sort by; expected one of {', '.join(clips.columns)}."
        )
    query = Query(expression.parse(where, clips.columns) if where else None)
    counts = clips.counts(query)
    parts = clips.parts(query, sort=sort or "", descending=descending)
    if out:
        _write_csv(parts, out, list(clips.columns))
    if as_json:
        rows = [] if out else [row for part in parts for row in _records(part)]
        print_json({"clips": sum(counts.values()), "moods": counts, "rows": rows})
        return
    if not out:
        first = clips.page(query, _shown(clips, sort), sort=sort or "", descending=descending).head(
            SHOWN
        )
        with pd.option_context("display.max_colwidth", 40):
            echo(first.to_string(index=False, na_rep="", float_format="{:.3f}".format))
    moods = ", ".join(f"{mood} {n:,}" for mood, n in counts.items())
    echo(f"{sum(counts.values()):,} of {clips.n:,} clips" + (f": {moods}" if moods else ""))


def _systems(ids: list[str], names: tuple[str, ...]) -> dict[str, list[Run]]:
    """By dataset, the evaluations that are named, or its best."""
    from mmc_core import runs
    from mmc_core.exploration.systems import best, evaluations
    from mmc_core.runs.scoring import finished

    if not names:
        every = evaluations(runs.all_runs())
        of = {id_: [run for run in every if run.dataset == id_] for id_ in ids}
        return {id_: [best(some)] for id_, some in of.items() if some}
    chosen: dict[str, list[Run]] = {}
    for name in names:
        run = finished(name)
        if run.dataset not in ids:
            raise MMCError(
                f"{name} is an evaluation of {run.dataset}; expected one of {', '.join(ids)}."
            )
        chosen.setdefault(run.dataset, []).append(run)
    return chosen


def _shown(clips: ClipTable, sort: str | None) -> list[str]:
    """Columns that fit a terminal."""
    from mmc_core.exploration.clip_rows import SYSTEM

    systems = [name for name in clips.columns if name.split("_")[0] in SYSTEM]
    dataset = ["dataset"] if len(clips.datasets) > 1 else []
    wanted = ["clip", "name", "mood", *dataset, *systems, *([sort] if sort else [])]
    return list(dict.fromkeys(wanted))


def _write_csv(parts: Iterator[pd.DataFrame], path: Path, columns: list[str]) -> None:
    from mmc_core.files import csv_text, replacing

    try:
        with replacing(path) as written, written.open("w", encoding="utf-8", newline="") as file:
            file.write(",".join(columns) + "\n")
            for part in parts:
                file.write(csv_text(part, header=False))
    except OSError as error:
        raise MMCError(f"{path} cannot be written: {error}. Choose another place.") from error


@explore_group.command("doubts")
@click.argument("run_name", metavar="RUN")
@AS_JSON
def doubts_command(run_name: str, as_json: bool) -> None:
    """List clips by how doubtful their label is, the most doubtful first (confident learning)."""
    from mmc_core import datasets
    from mmc_core.exploration import doubts, pairs
    from mmc_core.runs.scoring import finished

    run = finished(run_name)
    predictions = run.predictions()
    dataset = datasets.get(run.dataset)
    about = dataset.about_clips()
    table = doubts.doubtful(predictions)
    names = about["name"].reindex(table["clip"])
    table.insert(1, "name", names.where(names.notna(), None).to_numpy())
    result: dict[str, Any] = {"without_doubtful": doubts.without_doubtful(predictions, table)}
    if "agreement" in about:
        result["agreement"] = doubts.agreement(
            table, about["agreement"], seed=doubts.SEED
        )._asdict()
    near = pairs.alike(dataset)
    result["near_duplicates"] = pairs.differing(near)._asdict()
    if as_json:
        result["different_labels"] = _records(near[near["mood"] != near["other_mood"]])
    _show(table, result, as_json)


@explore_group.command("judgements")
@click.argument("dataset_id", metavar="DATASET")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write them as CSV.")
def judgements_command(dataset_id: str, out: Path | None) -> None:
    """Print as CSV what was judged of a dataset's doubtful labels on the page Explore."""
    from mmc_core import datasets
    from mmc_core.exploration import judgements
    from mmc_core.files import csv_text

    table = judgements.as_table(judgements.read(datasets.get(dataset_id).id).values())
    if out:
        _write_csv(iter([table]), out, judgements.COLUMNS)
    else:
        echo(csv_text(table).rstrip("\n"))


@explore_group.command("slices")
@click.argument("run_name", metavar="RUN")
@AS_JSON
def slices_command(run_name: str, as_json: bool) -> None:
    """Compare accuracy on each kind of music with that on the rest, the worst first."""
    from mmc_core import datasets
    from mmc_core.exploration import systems
    from mmc_core.runs.scoring import finished

    run = finished(run_name)
    dataset = datasets.get(run.dataset)
    found = systems.of_clips(systems.right_by_clip(run.predictions()), dataset)
    _show(found, {}, as_json)


@explore_group.command("systems")
@click.argument("run_name", metavar="RUN")
@click.argument("other_name", metavar="OTHER")
@AS_JSON
def systems_command(run_name: str, other_name: str, as_json: bool) -> None:
    """List the clips that only one of two systems gets right, with McNemar's test."""
    from mmc_core.exploration import systems
    from mmc_core.runs.scoring import finished

    one, other = (finished(name).predictions() for name in (run_name, other_name))
    table = systems.side_by_side(one, other)
    _show(table[table["one"] != table["other"]], {"mcnemar": systems.mcnemar(one, other)}, as_json)


@explore_group.command("similar")
@click.argument("song", metavar="FILE|DATASET:CLIP")
@click.option("--top", default=10, type=click.IntRange(min=1), show_default=True, help="Clips.")
@AS_JSON
def similar_command(song: str, top: int, as_json: bool) -> None:
    """List the clips of all datasets that sound most like a file, or like a clip (4qaed:MT...)."""
    from pathlib import Path

    from mmc_core import datasets
    from mmc_core.datasets.neighbours import library
    from mmc_core.prediction.similar import on_axes
    from mmc_core.prediction.sound import as_song

    every = datasets.every()
    clips = library(every.values())
    for note in clips.notes:
        echo(note, err=True)
    dataset, colon, clip = song.partition(":")
    if colon and dataset in every and not Path(song).exists():
        row = clips.row(dataset, clip)
        table = clips.nearest(clips.vectors[row], top, but=row)
    else:
        table = clips.nearest(on_axes(as_song(song)), top)
    _show(table, {}, as_json)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON, which has no word for a missing number but null."""
    known = table.astype(object).where(table.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in known.to_dict("records")]


def _show(table: pd.DataFrame, result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(result | {"rows": table.to_dict(orient="records")})
        return
    echo(table.to_string(index=False, float_format="{:.3f}".format))
    print_fields(result)
