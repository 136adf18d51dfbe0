"""A file of a correction: the mood that a person hears in a song, beside the model's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field

from mmc_core.features import embeddings
from mmc_core.features.schema import BY_NAME, fingerprint
from mmc_core.moods import NAMES
from mmc_core.saved.kind import Kind

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


@dataclass(frozen=True, kw_only=True)
class Correction:
    """The mood that a person hears in a song, beside the model's.

    `sha256` is that of the file's content, `sound_sha256` that of its decoded samples, which no tag
    changes; corrections of earlier versions have none. `answered` is None if the model could not
    tell. `features` are of the first 25.5 s, as in the
    datasets' tables; `embeddings` (by network) of the whole song. `made_by` has the fingerprints
    that both were computed under.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", allow_inf_nan=False)

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
        """Return the networks whose embeddings are those of today."""
        return {
            name
            for name in self.embeddings
            if self.made_by.get(name) == embeddings.fingerprint(name)
        }


CORRECTION = Kind("correction", Correction)
