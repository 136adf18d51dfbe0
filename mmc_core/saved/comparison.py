"""A file of a comparison of datasets: numbers, frozen and typed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Any

from pydantic import AliasChoices, ConfigDict, Field

from mmc_core.language import N_
from mmc_core.moods import BY_NAME
from mmc_core.saved.kind import Kind

HALVES = ("arousal", "valence")  # two moods alone leave nothing of them to tell
MEASURES = {
    "accuracy": N_("Accuracy"),
    "arousal": N_("Arousal accuracy"),
    "valence": N_("Valence accuracy"),
    "purity": N_("Nearest neighbours of the same mood"),
    "silhouette": N_("Silhouette"),
    "fisher": N_("Fisher ratio"),
}


class _Strict:
    """What knows all its keys."""

    __pydantic_config__ = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True)
class Estimate(_Strict):
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float

    def known(self) -> dict[str, float]:
        """Return the values that are known, by name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def turned(self) -> Estimate:
        """Return a difference the other way round."""
        return Estimate(value=-self.value, low=-self.high, high=-self.low)


@dataclass(frozen=True, kw_only=True)
class Measure(Estimate):
    """How far moods lie apart, beside what shuffled moods give: their mean, their 95th percentile,
    and how often they reach the value; and a guess's value, where that is known.
    """

    null: float
    null_high: float
    p: float
    chance: float | None = None


class _ByScore(_Strict):
    """What has an estimate for accuracy, and for arousal and valence where moods differ in both."""

    def of(self, score: str) -> Estimate:
        """Of "accuracy", "arousal" or "valence"."""
        estimate: Estimate = getattr(self, score)
        return estimate

    @property
    def scores(self) -> list[str]:
        """Which of them there are."""
        return [score for score in ("accuracy", *HALVES) if getattr(self, score) is not None]


@dataclass(frozen=True, kw_only=True)
class Difference(_ByScore):
    """Shares right in dataset `one` minus those in `other`."""

    one: str
    other: str
    accuracy: Estimate
    arousal: Estimate | None = None
    valence: Estimate | None = None


@dataclass(frozen=True, kw_only=True)
class Transfer(_ByScore):
    """Shares right of a model of one dataset on another; on the same one, over folds."""

    model: str
    train: str
    test: str
    accuracy: Estimate
    arousal: Estimate | None = None
    valence: Estimate | None = None


@dataclass(frozen=True, kw_only=True)
class Shift(_Strict):
    """One feature of `other` against `one`, every mood weighing alike, in pooled standard
    deviations (`std`, in the feature's unit): the difference of means (Cohen's d), and
    Wasserstein's distance, which also sees a change of shape. `bound` and `wasserstein_bound`: the
    most that extraction does to either. `low` and `high` are a 95 % bootstrap interval of the
    difference, groups drawn whole, where the tables are there.
    """

    feature: str
    one: str
    other: str
    difference: float
    wasserstein: float
    std: Annotated[
        float, Field(validation_alias=AliasChoices("std", "spread"), serialization_alias="spread")
    ]
    bound: float
    wasserstein_bound: float
    low: float | None = None
    high: float | None = None

    def turned(self) -> Shift:
        """Of `one` against `other`."""
        changed: dict[str, Any] = {"one": self.other, "other": self.one}
        changed["difference"] = -self.difference
        if self.low is not None and self.high is not None:
            changed |= {"low": -self.high, "high": -self.low}
        return replace(self, **changed)

    @property
    def beyond(self) -> bool:
        """Whether the means differ by more than extraction does, the interval's nearer end too."""
        if self.low is None or self.high is None:
            return abs(self.difference) > self.bound
        return self.low > self.bound or self.high < -self.bound


@dataclass(frozen=True, kw_only=True)
class ComparisonData(_Strict):
    """The numbers of a comparison; `comparison.result.Comparison` says what each is."""

    command: str
    of: dict[str, str]
    datasets: list[str]
    moods: list[str]
    missing: dict[str, str]
    effects: dict[str, dict[str, float]]
    shift: list[Shift]
    n: int | None = None
    draws: int | None = None
    folds: int | None = None
    model: str | None = None
    features: list[str] | None = None
    separability: dict[str, dict[str, Measure]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    by_group: dict[str, dict[str, float]] = field(default_factory=dict)
    transfer: list[Transfer] = field(default_factory=list)

    @property
    def is_worked_out(self) -> bool:
        """Whether the clips of two datasets at least were looked at."""
        return len(self.separability) > 1

    @property
    def easiest_first(self) -> list[str]:
        """Ids of the datasets whose clips were looked at, by accuracy."""
        return sorted(self.separability, key=lambda id_: -self.separability[id_]["accuracy"].value)

    def lead(self, one: str, other: str, score: str = "accuracy") -> Estimate:
        """The share right in one dataset minus that in another."""
        for each in self.differences:
            if (each.one, each.other) == (one, other):
                return each.of(score)
            if (each.one, each.other) == (other, one):
                return each.of(score).turned()
        raise KeyError((one, other))

    def shifts(self, one: str, other: str) -> list[Shift]:
        """Of one dataset's features, seen from the other."""
        both = [each for each in self.shift if {each.one, each.other} == {one, other}]
        return [each if each.one == one else each.turned() for each in both]

    def transferred(self, model: str, score: str = "accuracy") -> dict[tuple[str, str], Estimate]:
        """By the datasets trained and tested on."""
        return {(e.train, e.test): e.of(score) for e in self.transfer if e.model == model}

    def chance(self, score: str) -> float:
        """Return how often a guess among the moods is right, in all or in a half of the plane."""
        if score == "accuracy":
            return 1 / len(self.moods)
        counts = Counter(getattr(BY_NAME[mood], score) for mood in self.moods)
        return sum((n / len(self.moods)) ** 2 for n in counts.values())

    @property
    def models(self) -> list[str]:
        """Those that were transferred."""
        return list(dict.fromkeys(each.model for each in self.transfer))

    def to_json(self) -> dict[str, Any]:
        """Return the public form; see `docs/interfaces.md`."""
        values = COMPARISON.values(self)
        if not self.separability:
            for name in ("separability", "differences", "by_group", "transfer"):
                del values[name]
        return values


COMPARISON = Kind("comparison", ComparisonData, leaves_out_none=True)
