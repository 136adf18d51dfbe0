"""The moods that people heard in songs of a library: they stand in place of the model's."""

from __future__ import annotations

from dataclasses import replace

from mmc_core.datasets.user import corrections
from mmc_core.prediction.result import Prediction


def heard_moods() -> dict[str, str]:
    """Return the mood of each correction by the SHA-256 of its song's file."""
    return {each.sha256: each.mood for each in corrections.every()}


def with_heard(answer: Prediction, mood: str | None) -> Prediction:
    """Return an answer of which a person heard the mood; the answer as it is where nobody did."""
    if mood is None:
        return answer
    return replace(answer, mood=mood, mood_set=[mood], abstained=False, reason=None)
