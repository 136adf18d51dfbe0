"""The tags of a file in any format: the fields that this program writes, and all else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path

from mmc_core.library.pieces import Piece

MOOD = "MOOD"
WRITTEN = "MMC_MOOD"  # the mood that we wrote: another in MOOD is a person's
FIELDS = (MOOD, WRITTEN, "MMC_PROBABILITIES", "MMC_AROUSAL", "MMC_VALENCE", "MMC_MODEL")
HIDES = (
    "its tags are {0}, which {1} would hide from players; copy them into {1} with a tagger first"
)


class FileTags(ABC):
    """The tags of one file, read when this object is made.

    Args:
        path: of the file.
        why_left: why nothing is written to such a file; None if it can be.
        may_be_decoded: whether decoders may take what is written for sound, as FFmpeg does with
            an APE tag before ID3v1. Then only the bytes of the sound can be compared.
    """

    why_left: str | None = None
    may_be_decoded = False

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def fields(self) -> dict[str, str]:
        """Return those of `FIELDS` that are there; several values of one are parted by `; `."""

    @abstractmethod
    def pieces(self) -> list[Piece]:
        """Return all else in the file, by name and content."""

    @abstractmethod
    def put(self, field: str, value: str) -> None:
        """Set one of `FIELDS`, in memory."""

    @abstractmethod
    def write(self) -> None:
        """Write all into the file in place."""

    def other_fields(self) -> list[dict[str, str]]:
        """Return what `fields` does of each further tag in the file."""
        return []

    def persons_mood(self) -> str | None:
        """Return the mood in any tag of the file, unless this program wrote it."""
        for fields in (self.fields(), *self.other_fields()):
            mood = fields.get(MOOD)
            if mood and mood != fields.get(WRITTEN):
                return mood
        return None


def join_values(values: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    """Return the texts of each name, parted by `; `."""
    found: dict[str, list[str]] = {}
    for name, text in values:
        if name and text:
            found.setdefault(name, []).append(text)
    return {name: "; ".join(texts) for name, texts in found.items()}
