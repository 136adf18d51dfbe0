"""What the documentation shows of kept files is what these hold."""

from __future__ import annotations

import json
from typing import Any

from benchmarks import load, visitors
from benchmarks.hostile import __main__ as hostile
from benchmarks.hostile.targets import TARGETS
from mmc_core.settings import PROJECT


def kept(name: str) -> Any:
    return json.loads((PROJECT / "benchmarks" / name).read_text(encoding="utf-8"))


def document(name: str) -> str:
    return (PROJECT / "docs" / name).read_text(encoding="utf-8")


def test_thirty_visitors() -> None:
    found = kept("load.json")
    assert load.table(found) in document("speed.md")
    assert found["errors"] == []
    assert found["answered"] == found["songs"] > 0


def test_hostile_files() -> None:
    found = kept("hostile.json")
    assert hostile.table(found) in document("security.md")
    assert list(found["by"]) == list(TARGETS)
    for by in found["by"].values():
        assert by["crashed"] == by["over_limits"] == 0
        assert by["answered"] + sum(by["refused"].values()) == by["cases"] > 300


def test_memory_over_200_interactions() -> None:
    found = kept("memory.json")
    assert visitors.in_words(found["memory"]) in document("speed.md")
    assert found["memory"]["each"] * (len(found["memory"]["mb"]) - 1) == visitors.INTERACTIONS
