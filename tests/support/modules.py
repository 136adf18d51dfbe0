"""The project's own modules."""

from __future__ import annotations

from pathlib import Path

from mmc_core.settings import PROJECT


def modules_of(package: str) -> dict[str, Path]:
    """Return the files of a package by their modules' names."""
    return {
        ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((PROJECT / package).rglob("*.py"))
    }


MODULES = modules_of("mmc_core")
STUDIES = modules_of("studies")
