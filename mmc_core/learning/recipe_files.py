"""Recipe files: one small TOML file each, read and checked by the class of its kind."""

from __future__ import annotations

import operator
import tomllib
from collections.abc import Sequence
from functools import cache, reduce
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter, ValidationError

from mmc_core.errors import RecipeError, UnknownName
from mmc_core.learning.kinds.base import Learner

FOLDER = Path(__file__).with_name("recipes")

# Every kind of model, in the order of lists; `mmc_core.learning.recipes` fills it.
KINDS: list[type[Learner]] = []


def kinds_by_name() -> dict[str, type[Learner]]:
    """Return the kinds by what recipe files call them."""
    return {name: kind for kind in KINDS for name in get_args(kind.model_fields["kind"].annotation)}


@cache
def _adapter(kinds: tuple[type[Learner], ...]) -> TypeAdapter[Any]:
    any_kind: Any = reduce(operator.or_, kinds)
    return TypeAdapter(Annotated[any_kind, Field(discriminator="kind")])


@cache
def names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load(name: str, settings: Sequence[str] = ()) -> Learner:
    """A recipe by name, with settings such as "epochs=20" put in place.

    Raises:
        UnknownName: if there is no such recipe.
        RecipeError: if there is no such setting, or a value makes no sense.
    """
    if name not in names():
        raise UnknownName(f"There is no recipe {name!r}; expected one of {', '.join(names())}.")
    values = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    usual = parse({"name": name, **values})
    known = sorted(set(type(usual).model_fields) - {"name", "kind", "title"})
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or key not in known:
            raise RecipeError(
                f"The setting {setting!r} is not understood; expected key=value with a key among "
                f"{', '.join(known)}."
            )
        try:
            values[key] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            values[key] = text
    recipe = parse({"name": name, **values}) if settings else usual
    if nested := [member for member in recipe.parts if load(member).parts]:
        raise RecipeError(f"Recipe {name!r}: members has combinations, {nested}.")
    return recipe


def parse(values: dict[str, Any]) -> Learner:
    """A recipe from what its file, or a run, says.

    Raises:
        RecipeError: if something is missing, unknown or makes no sense.
    """
    try:
        recipe: Learner = _adapter(tuple(KINDS)).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        problem = first["msg"].removeprefix("Value error, ")
        got = f"{where} is {first['input']!r}: " if where else ""
        raise RecipeError(f"Recipe {values.get('name')!r}: {got}{problem}.") from error
    return recipe
