"""The schema of a journal in SQLite: numbered steps that bring a file to the newest version."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence


def version_of(db: sqlite3.Connection) -> int:
    """Return the version of a journal's schema; 0 of an empty file."""
    (version,) = db.execute("pragma user_version").fetchone()
    return int(version)


def upgrade(db: sqlite3.Connection, steps: Sequence[str]) -> None:
    """Bring a journal to the newest version in one transaction: all steps or none.

    Parameters
    ----------
    db : sqlite3.Connection
        Without implicit transactions (``isolation_level=None``).
    steps : sequence of str
        The statements of each version, separated by semicolons; the first step makes version 1 of
        an empty file. Steps are only ever added.
    """
    db.execute("begin immediate")
    try:
        # Read again: another process may have been first.
        for statement in ";".join(steps[version_of(db) :]).split(";"):
            db.execute(statement)
        db.execute(f"pragma user_version = {len(steps)}")
        db.execute("commit")
    except BaseException:
        if db.in_transaction:  # a full disk has ended it
            db.execute("rollback")
        raise
