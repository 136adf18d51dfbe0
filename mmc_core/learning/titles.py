"""What recipes are called, read without importing what checks them, which serving does without."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("recipes")


@cache
def recipe_titles() -> dict[str, str]:
    """The title of every recipe, by name."""
    files = sorted(FOLDER.glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8"))["title"] for path in files}
