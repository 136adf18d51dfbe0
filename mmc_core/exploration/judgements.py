"""What people make of doubtful labels: one CSV file per dataset in the cache, written whole."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from mmc_core import files
from mmc_core.errors import DatasetError
from mmc_core.language import N_
from mmc_core.moods import NAMES
from mmc_core.settings import judgements_dir

KEEP, CHANGE, UNSURE = N_("keep"), N_("change"), N_("unsure")
LONGEST_NOTE = 500  # characters
WAIT_S = 10.0  # for another process


@dataclass(frozen=True)
class Judgement:
    """One person's answer to whether a clip's label is right.

    Attributes:
        dataset: its id.
        clip: the clip's id there.
        label: the mood in the dataset when it was judged.
        judged: `KEEP`, `CHANGE` or `UNSURE`.
        mood: what the label should be; the label itself where it is kept, "" if unsure.
        note: the person's own words.
        run: the evaluation that found the label doubtful.
        date: when, in UTC.
    """

    dataset: str
    clip: str
    label: str
    judged: str
    mood: str
    note: str
    run: str
    date: str


Judgements = dict[str, Judgement]  # by clip
COLUMNS = [field.name for field in fields(Judgement)]


def judge(
    dataset: str, clip: str, label: str, judged: str, *, mood: str = "", note: str = "", run: str
) -> Judgement:
    """Return a judgement made now."""
    mood = {KEEP: label, UNSURE: ""}.get(judged, mood)
    date = datetime.now(UTC).isoformat(timespec="seconds")
    note = " ".join(note.split())[:LONGEST_NOTE]
    return Judgement(dataset, clip, label, judged, mood, note, run, date)


def path_of(dataset: str) -> Path:
    """Return the file that a dataset's judgements are in, or will be."""
    return judgements_dir() / f"{dataset}.csv"


def read(dataset: str) -> Judgements:
    """Read a dataset's judgements, by clip, in the order in which they were made.

    Raises:
        DatasetError: if the file cannot be read or is damaged. It stays as it is.
    """
    path = path_of(dataset)
    try:
        text = path.read_text("utf-8")
        table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False).fillna("")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # pandas' own errors of parsing are ValueErrors
        raise _damaged(path, str(error)) from error
    if table.columns.tolist() != COLUMNS:
        raise _damaged(path, f"its columns should be {', '.join(COLUMNS)}")
    rows = [Judgement(*map(files.unguarded, row)) for row in table.to_numpy().tolist()]
    for number, row in enumerate(rows, start=2):
        if wrong := _what_is_wrong(row, dataset):
            raise _damaged(path, f"row {number}: {wrong}")
    return {row.clip: row for row in rows}


def save(judgement: Judgement) -> None:
    """Write a judgement beside the others of its dataset, in place of one of the same clip.

    Raises:
        DatasetError: if it cannot be written; what was there is unchanged.
    """

    def with_it(there: Judgements) -> Judgements:
        there.pop(judgement.clip, None)
        return {**there, judgement.clip: judgement}

    _change(judgement.dataset, with_it)


def clear(dataset: str, clip: str) -> None:
    """Remove the judgement of a clip, if there is one.

    Raises:
        DatasetError: as `save`.
    """
    _change(dataset, lambda there: {name: row for name, row in there.items() if name != clip})


def as_table(judgements: Iterable[Judgement]) -> pd.DataFrame:
    """Return judgements as a table, a row each."""
    return pd.DataFrame([asdict(each) for each in judgements], columns=COLUMNS)


def _change(dataset: str, change: Callable[[Judgements], Judgements]) -> None:
    """Read, change and write, while no other visitor or process does."""
    path = path_of(dataset)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=WAIT_S):
            changed = change(read(dataset))
            files.write_text(files.csv_text(as_table(changed.values())), path)
    except Timeout as error:
        raise DatasetError(f"Another process is using {path}. Try again in a moment.") from error
    except OSError as error:
        raise DatasetError(
            f"The judgement cannot be written to {path}: {error.strerror or error}. Those that are "
            "there are unchanged. Check the folder and the space left."
        ) from error


def _what_is_wrong(row: Judgement, dataset: str) -> str:
    """Return why a row is no judgement of this dataset; "" if it is one."""
    if row.dataset != dataset:
        return f"dataset should be {dataset}"
    if row.judged not in (KEEP, CHANGE, UNSURE):
        return f"judged should be {KEEP}, {CHANGE} or {UNSURE}"
    if row.label not in NAMES or row.mood not in (*NAMES, "") or not row.clip:
        return f"label and mood should be among {', '.join(NAMES)}"
    return ""


def _damaged(path: Path, why: str) -> DatasetError:
    return DatasetError(
        f"The judgements in {path} cannot be read ({why}). The file was left as it is; repair it, "
        "or move it away to begin anew."
    )
