"""Made-up corrections: moods a little apart in features and embeddings, without any sound."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from mmc_core.datasets.user import corrections
from mmc_core.datasets.user.correction import correction
from mmc_core.features.embeddings import NETWORKS
from mmc_core.features.schema import FEATURES
from mmc_core.moods import NAMES
from mmc_core.saved.correction import Correction


def made_correction(
    number: int, *, networks: tuple[str, ...] = ("musicnn",), **changes: Any
) -> Correction:
    """One, of another song for each number; the moods take turns."""
    rng = np.random.default_rng(number)
    mood = number % len(NAMES)
    values: dict[str, Any] = {
        "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "name": f"song {number}.mp3",
        "mood": NAMES[mood],
        "answered": NAMES[0],
        "model": "4qaed-probe",
        "duration_s": 200.0,
        "start_s": 0.0,
        "features": {
            feature.name: feature.categories[0] if feature.categories else mood + rng.normal()
            for feature in FEATURES
        },
        "embeddings": {
            network: (mood + rng.normal(size=NETWORKS[network].WIDTH)).tolist()
            for network in networks
        },
    }
    return correction(**{**values, **changes})


def add_some(n: int, **changes: Any) -> list[Correction]:
    """Keep as many, the oldest first."""
    made = [made_correction(number, **changes) for number in range(n)]
    for each in made:
        corrections.add(each)
    return made
