"""The mood that a person hears in a song, beside the model's, and what is told of several."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from mmc_core.errors import DamagedFile, MMCError
from mmc_core.features import embeddings
from mmc_core.features.schema import BY_NAME, fingerprint
from mmc_core.files import csv_text
from mmc_core.moods import NAMES
from mmc_core.saved.correction import CORRECTION, LONGEST_NAME, Correction
from mmc_core.wording import shown


def correction(**values: Any) -> Correction:
    """A correction made now, of a song of any name.

    Raises:
        MMCError: if a value makes no sense.
    """
    name = shown(values.pop("name"), LONGEST_NAME) or "song"
    made_by = {"features": fingerprint()}
    made_by |= {network: embeddings.fingerprint(network) for network in values["embeddings"]}
    at = datetime.now(UTC).isoformat()
    try:
        return CORRECTION.parse(
            {**values, "name": name, "at": at, "made_by": made_by}, "what is kept"
        )
    except DamagedFile as error:
        raise MMCError(f"{name} cannot be kept as a correction: {error}") from error


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
    return json.dumps([CORRECTION.values(each) for each in saved], indent=2) + "\n"


def as_csv(saved: Sequence[Correction]) -> str:
    """A row a song with its features, without embeddings."""
    rows = [as_row(each) | each.features for each in saved]
    columns = ["sha256", "name", "mood", "answered", "model", "at", "duration_s", "start_s"]
    return csv_text(pd.DataFrame(rows, columns=[*columns, "sound_sha256", *BY_NAME]))


def as_row(saved: Correction) -> dict[str, Any]:
    """Return a correction without its features and embeddings, as JSON."""
    values = CORRECTION.values(saved)
    return {key: values[key] for key in values if key not in ("features", "embeddings", "made_by")}
