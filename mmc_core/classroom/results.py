"""What came of a class vote: each clip's votes, how far voters agree, and with whom."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from mmc_core._typing import Float64, Ints
from mmc_core.classroom import agreement
from mmc_core.classroom.agreement import MISSING, Coefficient, Pairs
from mmc_core.classroom.session import Clip
from mmc_core.moods import NAMES

LABEL = "label"  # what the class is compared with, beside systems


@dataclass(frozen=True)
class ClipResult:
    """The votes on one clip; `majority` is None without votes and where two moods lead."""

    name: str
    label: str | None
    predicted: Mapping[str, str]
    votes: int
    moods: dict[str, int]
    majority: str | None
    mean_arousal: float
    mean_valence: float
    named: Mapping[str, Sequence[str]]

    @property
    def leading(self) -> list[str]:
        """Return the moods of most votes: several where they are equal, none without votes."""
        most = max(self.moods.values())
        return [mood for mood, votes in self.moods.items() if votes == most and votes]

    @property
    def agreed(self) -> int:
        """Return how many chose the mood of most votes, or each of those that lead."""
        return max(self.moods.values())

    def moods_of(self, system: str) -> Sequence[str]:
        """Return all moods that a system names, likeliest first; none where it abstains."""
        mood = self.predicted.get(system)
        return self.named.get(system) or ([mood] if mood else [])


@dataclass(frozen=True)
class Against:
    """The class's majority against the labels or a system, over clips that both name a mood of.

    `same` counts the clips whose majority is among the moods that a system names; `kappa` takes the
    likeliest of them.
    """

    name: str
    same: int
    clips: int
    kappa: float


@dataclass(frozen=True)
class Results:
    """All that came of a class vote.

    Attributes:
        voters: who voted at all.
        complete: of these, who voted on every clip; Fleiss' kappa is of them.
    """

    clips: list[ClipResult]
    voters: int
    complete: int
    cohen: Pairs
    fleiss: Coefficient
    alpha_mood: Coefficient
    alpha_arousal: Coefficient
    alpha_valence: Coefficient
    against: list[Against]

    @property
    def shared(self) -> list[ClipResult]:
        """The clips with at least two votes."""
        return [clip for clip in self.clips if clip.votes > 1]

    def as_json(self) -> dict[str, Any]:
        """For a JSON file; what is not defined is null."""
        everything: dict[str, Any] = _without_nan(
            asdict(self)
            | {"cohen": self.cohen._asdict()}
            | {
                name: getattr(self, name)._asdict()
                for name in ("fleiss", "alpha_mood", "alpha_arousal", "alpha_valence")
            }
        )
        return everything


def results(clips: Sequence[Clip], votes: pd.DataFrame) -> Results:
    """What came of some votes.

    Args:
        clips: of the session.
        votes: `Session.table`.
    """
    moods = _by_rater(votes, _numbers(votes["mood"]), len(clips), MISSING).astype(int)
    arousal = _by_rater(votes, votes["arousal"].to_numpy(float), len(clips), np.nan)
    valence = _by_rater(votes, votes["valence"].to_numpy(float), len(clips), np.nan)
    complete = moods[(moods != MISSING).all(axis=1)]
    listed = [
        _of_clip(clip, moods[:, i], arousal[:, i], valence[:, i]) for i, clip in enumerate(clips)
    ]
    return Results(
        clips=listed,
        voters=len(moods),
        complete=len(complete),
        cohen=agreement.mean_cohen(moods),
        fleiss=agreement.fleiss(_counts(complete)),
        alpha_mood=agreement.nominal_alpha(_counts(moods)),
        alpha_arousal=agreement.interval_alpha(arousal),
        alpha_valence=agreement.interval_alpha(valence),
        against=_against(listed),
    )


def _of_clip(clip: Clip, moods: Ints, arousal: Float64, valence: Float64) -> ClipResult:
    (counts,) = _counts(moods[:, None])
    leading = np.flatnonzero(counts == counts.max()) if counts.any() else np.array([], int)
    return ClipResult(
        name=clip.name,
        label=clip.label,
        predicted=dict(clip.predicted),
        votes=int(counts.sum()),
        moods=dict(zip(NAMES, counts.tolist(), strict=True)),
        majority=NAMES[leading[0]] if len(leading) == 1 else None,
        mean_arousal=float(np.nanmean(arousal)) if counts.any() else math.nan,
        mean_valence=float(np.nanmean(valence)) if counts.any() else math.nan,
        named={system: list(moods) for system, moods in clip.named.items()},
    )


def _against(clips: Sequence[ClipResult]) -> list[Against]:
    systems = dict.fromkeys(name for clip in clips for name in clip.predicted)
    majority = _numbers([clip.majority for clip in clips])
    others = {LABEL: [clip.label for clip in clips]}
    others |= {name: [clip.predicted.get(name) for clip in clips] for name in systems}
    found = []
    for name, named in others.items():
        other = _numbers(named)
        both = (majority != MISSING) & (other != MISSING)
        same = sum(
            clip.majority in ([clip.label] if name == LABEL else clip.moods_of(name))
            for clip, is_compared in zip(clips, both, strict=True)
            if is_compared
        )
        kappa = agreement.cohen(majority, other)
        found.append(Against(name, same, int(both.sum()), kappa))
    return found


def _numbers(moods: Sequence[str | None] | pd.Series[Any]) -> Ints:
    """Numbers of moods, -1 for what is none."""
    numbers: Ints = pd.Index(NAMES).get_indexer(pd.Index(list(moods), dtype=object))
    return numbers


def _by_rater(votes: pd.DataFrame, values: Any, n_clips: int, missing: float) -> Float64:
    """A row a voter, a column a clip."""
    rater, numbers = pd.factorize(votes["voter"])
    table = np.full((len(numbers), n_clips), missing, dtype=float)
    table[rater, votes["clip"].to_numpy(int) - 1] = values
    return table


def _counts(moods: Ints) -> Ints:
    """How many raters give each clip each mood. (raters, clips) to (clips, moods)"""
    counts: Ints = (moods[:, :, None] == np.arange(len(NAMES))).sum(axis=0)
    return counts


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
