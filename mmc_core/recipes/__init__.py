"""Training recipes: one small TOML file each, read and checked here."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from mmc_core.errors import RecipeError, UnknownName

FOLDER = Path(__file__).parent
NETWORKS = ("cnn1d",)


@dataclass(frozen=True)
class Recipe:
    """All that decides a training run, but for the data."""

    name: str
    network: str
    dataset: str
    filters: list[int]
    kernels: list[int]
    dense: list[int]
    dropout: float
    learning_rate: float
    batch_size: int
    epochs: int
    seed: int

    def __post_init__(self) -> None:
        if self.network not in NETWORKS:
            raise RecipeError(f"network is {self.network!r}; expected one of {list(NETWORKS)}.")
        for key in ("filters", "kernels", "dense"):
            sizes = getattr(self, key)
            if not sizes or not all(type(size) is int and size > 0 for size in sizes):
                raise RecipeError(f"{key} is {sizes}; expected a list of whole numbers above 0.")
        if len(self.filters) != len(self.kernels):
            raise RecipeError(
                f"The recipe has {len(self.filters)} filters and {len(self.kernels)} kernels; "
                "expected as many of one as of the other."
            )
        for key in ("learning_rate", "batch_size", "epochs"):
            if not 0 < getattr(self, key) < math.inf:
                raise RecipeError(f"{key} is {getattr(self, key)}; expected more than 0.")
        if not 0 <= self.seed < 2**32:
            raise RecipeError(f"seed is {self.seed}; expected 0 to {2**32 - 1}.")
        if not 0 <= self.dropout < 1:
            raise RecipeError(f"dropout is {self.dropout}; expected 0 up to, not including, 1.")


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load(name: str, settings: Sequence[str] = ()) -> Recipe:
    """A recipe by name, with settings such as "epochs=20" put in place.

    Raises:
        UnknownName: if there is no such recipe.
        RecipeError: if there is no such setting, or a value is of the wrong type.
    """
    path = FOLDER / f"{name}.toml"
    if name not in names():
        raise UnknownName(f"There is no recipe {name!r}; expected one of {', '.join(names())}.")
    values: dict[str, Any] = {"name": name, **tomllib.loads(path.read_text(encoding="utf-8"))}
    known = {field.name for field in fields(Recipe)} - {"name"}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or key not in known:
            raise RecipeError(
                f"The setting {setting!r} is not understood; expected key=value with a key among "
                f"{', '.join(sorted(known))}."
            )
        values[key] = _parse(key, text, type(values[key]))
    return Recipe(**values)


def _parse(key: str, text: str, kind: type) -> Any:
    try:
        value = text if kind is str else tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = None
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise RecipeError(f"{key} is {text!r}; expected a value of type {kind.__name__}.")
    return value
