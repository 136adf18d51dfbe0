"""Journals are brought to the newest version whole or not at all, also if the process is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from mmc_core.errors import LibraryError, TagError
from mmc_core.library import journal_file, undo
from mmc_core.saved import journal

ROWS = 1000
# What a later version could add: a column, and a value of it in every row.
LATER = {
    "songs": "alter table songs add column weather text; update songs set weather = 'fair'",
    "changes": "alter table changes add column weather text; update changes set weather = 'fair'",
}
STEPS = {"songs": journal_file.STEPS, "changes": undo.STEPS}
KILLED = """
import sqlite3, sys, time
from mmc_core.library import journal_file, undo
from mmc_core.saved import journal

def pause():
    print("in the middle", flush=True)
    time.sleep(60)

db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.create_function("pause", 0, pause)
table, later = sys.argv[2:]
steps = {"songs": journal_file.STEPS, "changes": undo.STEPS}[table]
journal.upgrade(db, [*steps, later + f"; update {table} set weather = pause() where rowid = 500"])
"""


def fill(path: Path, table: str, steps: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Make a journal with a thousand rows that have a value in every column; return the rows."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        journal.upgrade(db, steps)
        columns = db.execute(f"pragma table_info({table})").fetchall()
        db.execute("begin")
        for number in range(1, ROWS + 1):
            values = [value_of(kind, number) for _, _, kind, *_ in columns]
            marks = ", ".join("?" * len(values))
            db.execute(f"insert into {table} values ({marks})", values)
        db.execute("commit")
        return rows_of(db, table)


def value_of(kind: str, number: int) -> object:
    values: dict[str, object] = {
        "INTEGER": number,
        "REAL": number / 7,
        "BLOB": os.fsencode(f"/music/{number}") + b"\xff",
        "TEXT": f"“{number}”\n\0",
    }
    return values[kind.upper()]


def rows_of(db: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    return db.execute(f"select * from {table} order by rowid").fetchall()


@pytest.mark.parametrize("table", STEPS)
def test_a_thousand_rows_survive_a_kill_in_the_middle_of_an_upgrade(
    table: str, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    before = fill(path, table, STEPS[table])
    command = [sys.executable, "-c", KILLED, str(path), table, LATER[table]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "in the middle\n"
        process.send_signal(signal.SIGKILL)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert journal.version_of(db) == len(STEPS[table])
        assert rows_of(db, table) == before  # as if nothing had been begun
        journal.upgrade(db, [*STEPS[table], LATER[table]])
        assert journal.version_of(db) == len(STEPS[table]) + 1
        assert rows_of(db, table) == [(*row, "fair") for row in before]


@pytest.mark.parametrize("table", STEPS)
def test_a_step_that_fails_changes_nothing(table: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    before = fill(path, table, STEPS[table])
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        with pytest.raises(sqlite3.OperationalError):
            journal.upgrade(db, [*STEPS[table], f"{LATER[table]}; no statement"])
        assert journal.version_of(db) == len(STEPS[table])
        assert rows_of(db, table) == before


def test_the_oldest_library_opens_with_every_value(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    before = fill(path, "songs", journal_file.STEPS[:1])
    with journal_file.JournalFile(path):
        pass
    with closing(sqlite3.connect(path)) as db:
        assert journal.version_of(db) == len(journal_file.STEPS)
        assert [row[: len(before[0])] for row in rows_of(db, "songs")] == before


def test_newer_journals_are_refused_and_stay_as_they_are(tmp_path: Path) -> None:
    library, tags = tmp_path / "library.sqlite", tmp_path / "tags.sqlite"
    for path, table in ((library, "songs"), (tags, "changes")):
        fill(path, table, STEPS[table])
        with closing(sqlite3.connect(path)) as db:
            db.execute("pragma user_version = 999")
    before = [path.read_bytes() for path in (library, tags)]
    with pytest.raises(LibraryError, match=r"(?s)newer program wrote .*version 999"):
        journal_file.JournalFile(library)
    with pytest.raises(TagError, match="newer version of this program"), undo.TagJournal(tags):
        pass
    assert [path.read_bytes() for path in (library, tags)] == before
