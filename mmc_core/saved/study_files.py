"""The files of `data/studies`, which studies and benchmarks write and pages quote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mmc_core import files
from mmc_core.saved.kind import Content, Kind
from mmc_core.settings import DATA, made_data_dir

LEAK, SPREAD, EXTRACTION, UNSEEN, SIMILAR = "leak", "spread", "extraction", "unseen", "similar"
DELETION, SERVING = "deletion", "serving"  # of benchmarks


def save(name: str, result: dict[str, Any]) -> Path:
    """Write a study's result, but not over one whose numbers agree; return the file's path."""
    path = made_data_dir() / "studies" / f"{name}.json"
    files.write_json(result, path)
    return path


def load(name: str) -> dict[str, Any]:
    """Return a study's result as it was last saved.

    Raises:
        OSError: if the study was never run.
    """
    made = made_data_dir() / "studies" / f"{name}.json"
    path = made if made.exists() else DATA / "studies" / made.name
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return result


def read(kind: Kind[Content], name: str) -> Content:
    """Return a study's result as it was last saved, as the program reads it.

    Raises:
        OSError: if the study was never run.
        DamagedFile: if the file is not of that kind.
    """
    return kind.parse(load(name), f"{name}.json")


def find(name: str) -> dict[str, Any]:
    """Return a study's result as it was last saved; empty if it was never run."""
    try:
        return load(name)
    except FileNotFoundError:
        return {}
