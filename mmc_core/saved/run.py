"""`run.json` of a run: what it is of, what it came of, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Annotated, Any

from pydantic import AfterValidator

from mmc_core.saved.kind import Kind, Values, WithFormerKeys


def _recipe(values: Values) -> Values:
    if missing := [key for key in ("name", "title", "dataset", "kind") if key not in values]:
        raise ValueError(f"a recipe without {', '.join(missing)}")
    return values


SavedRecipe = Annotated[Values, AfterValidator(_recipe)]


@dataclass(frozen=True)
class SavedProtocol(WithFormerKeys):
    """How clips were divided; see `learning.splits.Protocol`."""

    name: str
    folds: int
    repeats: int


@dataclass(frozen=True)
class Data(WithFormerKeys):
    """The table that was learned from: its number of clips, and a hash of them."""

    n: int
    sha256: str


@dataclass(frozen=True)
class Inputs(WithFormerKeys):
    """The fingerprint of all that decides the values that the run takes."""

    fingerprint: str


@dataclass(frozen=True)
class Confidence(WithFormerKeys):
    """What makes a probe's probabilities into sets of moods, and songs unlike all others known.

    A mood is in the set of a song if its probability reaches its threshold; `set_level` is the
    share of songs whose set holds the true mood. A song farther than `distance_limit` is unlike
    what was learned; it is None in runs that were made before it was measured.
    """

    temperature: float
    set_level: float
    set_thresholds: dict[str, float]
    distance_limit: float | None = None


@dataclass(frozen=True, kw_only=True)
class RunInfo(WithFormerKeys):
    """The contents of `run.json`; what is not known of a run is None.

    `recipe`, and `parts` (the recipes of a combination's members), are JSON as
    `learning.recipes.parse` takes it: recipes of earlier versions may be none of today's.
    `training_s` is in seconds, `members` and `evaluation` are names of runs, `title` is a
    person's own, `error` is what stopped a training. `more` is what no version is known to
    have written; it is kept.
    """

    of: str
    status: str
    started: str = ""
    recipe: SavedRecipe
    parts: list[SavedRecipe] = field(default_factory=list)
    protocol: SavedProtocol
    data: Data
    features: Inputs
    moods: list[str]
    versions: dict[str, str] = field(default_factory=dict)
    commit: str | None = None
    title: str | None = None
    members: list[str] | None = None
    parameters: int | None = None
    training_s: float | None = None
    evaluation: str | None = None
    confidence: Confidence | None = None
    model_sha256: str | None = None
    error: str | None = None
    more: dict[str, Any] | None = None


def _to_2(values: Values) -> Values:
    """Rename the kind of recipe that "classifier" was once called; set aside what is unknown."""
    known = {each.name for each in fields(RunInfo)}
    upgraded = {key: value for key, value in values.items() if key in known}
    if more := {key: value for key, value in values.items() if key not in known}:
        upgraded["more"] = more
    if "recipe" in upgraded:
        upgraded["recipe"] = _with_todays_kind(upgraded["recipe"])
    if "parts" in upgraded:
        upgraded["parts"] = [_with_todays_kind(part) for part in upgraded["parts"]]
    return upgraded


def _with_todays_kind(recipe: Values) -> Values:
    return {**recipe, "kind": "classifier"} if recipe.get("kind") == "plain" else recipe


RUN = Kind("run", RunInfo, upgrades=(_to_2,), leaves_out_none=True)
