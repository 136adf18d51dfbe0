"""The mood that a person hears in a song, beside the model's, and what is told of several."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from mmc_core.errors import MMCError
from mmc_core.features import embeddings
from mmc_core.features.schema import BY_NAME, fingerprint
from mmc_core.files import csv_text
from mmc_core.moods import NAMES
from mmc_core.wording import shown

LONGEST_NAME = 200  # characters


def _mood(name: str) -> str:
    if name not in NAMES:
        raise ValueError(f"expected one of {', '.join(NAMES)}")
    return name


def _features(values: dict[str, float | str]) -> dict[str, float | str]:
    if values.keys() != BY_NAME.keys():
        raise ValueError("expected a value of every feature")
    for name, value in values.items():
        categories = BY_NAME[name].categories
        if isinstance(value, str) != bool(categories) or (categories and value not in categories):
            raise ValueError(f"{name} is not what it should be")
    return values


def _embeddings(values: dict[str, list[float]]) -> dict[str, list[float]]:
    for network, value in values.items():
        if network not in embeddings.NETWORKS:
            raise ValueError(f"expected some of {', '.join(embeddings.NETWORKS)}")
        if len(value) != embeddings.NETWORKS[network].WIDTH:
            raise ValueError(f"the embedding by {network} has another width")
    return values


Mood = Annotated[str, AfterValidator(_mood)]
SHA256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Correction(BaseModel):
    """The mood that a person hears in a song, beside the model's.

    `sha256` is that of the file's content, `sound_sha256` that of its decoded samples, which no tag
    changes; corrections of earlier versions have none. `answered` is None if the model could not
    tell. `features` are of the first 25.5 s, as in the
    datasets' tables; `embeddings` (by network) of the whole song. `made_by` has the fingerprints
    that both were computed under.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    sha256: SHA256
    sound_sha256: SHA256 | None = None
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    mood: Mood
    answered: Mood | None
    model: Annotated[str, Field(max_length=LONGEST_NAME)]
    at: datetime
    duration_s: Annotated[float, Field(gt=0)]
    start_s: Annotated[float, Field(ge=0)]
    features: Annotated[dict[str, float | str], AfterValidator(_features)]
    embeddings: Annotated[dict[str, list[float]], AfterValidator(_embeddings)]
    made_by: dict[str, str]

    @property
    def hashes(self) -> tuple[str, ...]:
        """The SHA-256 values that name the song: two corrections that share one are of one song."""
        return (self.sha256, self.sound_sha256) if self.sound_sha256 else (self.sha256,)

    @property
    def agrees(self) -> bool:
        """Whether the person hears what the model answered."""
        return self.mood == self.answered

    @property
    def is_current(self) -> bool:
        """Whether its features are those of today, so that it can be set beside others."""
        return self.made_by.get("features") == fingerprint()

    def current_networks(self) -> set[str]:
        """Networks whose embeddings are those of today."""
        return {
            name
            for name in self.embeddings
            if self.made_by.get(name) == embeddings.fingerprint(name)
        }


def correction(**values: Any) -> Correction:
    """A correction made now, of a song of any name.

    Raises:
        MMCError: if a value makes no sense.
    """
    name = shown(values.pop("name"), LONGEST_NAME) or "song"
    made_by = {"features": fingerprint()}
    made_by |= {network: embeddings.fingerprint(network) for network in values["embeddings"]}
    try:
        return Correction(name=name, at=datetime.now(UTC), made_by=made_by, **values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise MMCError(
            f"{name} cannot be kept as a correction: {where}: {first['msg']}."
        ) from error


@dataclass(frozen=True)
class Agreement:
    """How often a person heard what the model answered: `agreed` of `n` songs, and the share's
    95 % interval (Wilson).
    """

    agreed: int
    n: int
    low: float
    high: float


def agreement(saved: Sequence[Correction]) -> Agreement | None:
    """Over the songs for which the model named a mood; None where there is none."""
    from scipy.stats import binomtest

    answered = [each.agrees for each in saved if each.answered]
    if not answered:
        return None
    low, high = binomtest(sum(answered), len(answered)).proportion_ci(method="wilson")
    return Agreement(sum(answered), len(answered), float(low), float(high))


def by_mood(saved: Sequence[Correction]) -> dict[str, int]:
    """Songs by the mood that was chosen, in the order of `NAMES`; all moods."""
    counts = Counter(each.mood for each in saved)
    return {name: counts[name] for name in NAMES}


def as_json(saved: Sequence[Correction]) -> str:
    """All that is kept, embeddings included."""
    return json.dumps([each.model_dump(mode="json") for each in saved], indent=2) + "\n"


def as_csv(saved: Sequence[Correction]) -> str:
    """A row a song with its features, without embeddings."""
    rows = [
        each.model_dump(mode="json", exclude={"features", "embeddings", "made_by"}) | each.features
        for each in saved
    ]
    columns = ["sha256", "name", "mood", "answered", "model", "at", "duration_s", "start_s"]
    return csv_text(pd.DataFrame(rows, columns=[*columns, "sound_sha256", *BY_NAME]))
