"""Moods into the tags of music files: what would change, and writing it without harm.

Writing is copy, check, replace. The copy lies in the same folder, so that it can take the file's
place in one step; the file itself is never written to.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mmc_core.audio import open_audio
from mmc_core.errors import AudioError, TagError
from mmc_core.files import sha256_of
from mmc_core.library.deltas import delta
from mmc_core.library.file_state import read_state
from mmc_core.library.tag_formats import MOOD, WRITTEN, read_tags
from mmc_core.library.undo import Change, TagJournal, replace
from mmc_core.prediction.result import Prediction
from mmc_core.wording import percent, shown

Differences = dict[str, tuple[str | None, str]]  # by field: before, after


@dataclass(frozen=True)
class Tagging:
    """What is to be done, or was done, with one file.

    Args:
        differences: what changes in its tags; nothing where they are left as they are.
        left: why nothing changes, where nothing is wrong.
        error: why nothing could be changed.
        before, sha256: SHA-256 of the file's old and new content, if it was written.
    """

    file: Path
    differences: Differences = field(default_factory=dict)
    left: str | None = None
    error: str | None = None
    before: str | None = None
    sha256: str | None = None

    @property
    def lines(self) -> list[str]:
        """For people: what stands before and after, field by field."""
        return [
            f"{name}: {shown(before) if before else '(none)'} → {shown(after)}"
            for name, (before, after) in self.differences.items()
        ]


def tag(
    path: Path,
    answer: Callable[[Path], Prediction],
    journal: TagJournal | None,
    *,
    min_confidence: float = 0.0,
    overwrite: bool = False,
    keep_times: bool = False,
) -> Tagging:
    """Write the mood of a file into its tags, or find out what would be written.

    Args:
        path: of the file, or of a link to it.
        answer: predicts the mood of a file; asked only where tags may be written.
        journal: keeps what undoes it; None to write nothing.
        min_confidence: the least probability of the mood.
        overwrite: whether a mood that a person set is replaced.
        keep_times: whether the file stays as old as it is.
    """
    try:
        real = path.resolve(strict=True)
        left = _why_left(real, overwrite)
        if left is None:
            state = read_state(real)
            prediction = answer(path)
            left = _why_none(prediction, min_confidence)
        if left:
            return Tagging(path, left=left)
        differences = differing(real, wanted(prediction))
        if not differences:
            return Tagging(path, left="it has these tags already")
        if state != read_state(real):
            raise TagError(f"{shown(path.name)} was changed by another program; tag it again.")
        written = _write(real, differences, journal, keep_times) if journal else (None, None)
    except (AudioError, TagError) as error:
        return Tagging(path, error=str(error))
    except OSError as error:
        why = f"{error.strerror or error}. Check the space left and who may write there."
        return Tagging(path, error=f"{shown(path.name)} could not be written: {why}")
    before, after = written
    return Tagging(path, differences, before=before, sha256=after)


def wanted(prediction: Prediction) -> dict[str, str]:
    """What tags say of an answer that names a mood."""
    shares = prediction.probabilities or {}
    mood = str(prediction.mood)
    return {
        MOOD: mood,
        WRITTEN: mood,
        "MMC_PROBABILITIES": " ".join(f"{name}={share:.3f}" for name, share in shares.items()),
        "MMC_AROUSAL": f"{prediction.arousal or 0.0:.3f}",
        "MMC_VALENCE": f"{prediction.valence or 0.0:.3f}",
        "MMC_MODEL": prediction.model,
    }


def differing(path: Path, fields: dict[str, str]) -> Differences:
    """Fields whose values in a file are others."""
    before = read_tags(path).fields()
    return {
        name: (before.get(name), value)
        for name, value in fields.items()
        if before.get(name) != value
    }


def _why_left(path: Path, overwrite: bool) -> str | None:
    """Why a file is better left alone, whatever its mood.

    Raises:
        TagError: if its tags cannot be written.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise TagError(f"{shown(path.name)} is a folder or a device; choose a file.")
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        return "it is read-only"
    if status.st_nlink > 1:
        return f"it has {status.st_nlink} names (hard links), of which one alone would change"
    fields = read_tags(path).fields()
    mood = fields.get(MOOD)
    if mood and mood != fields.get(WRITTEN) and not overwrite:
        return f"someone set its mood to {shown(mood)}; --replace overwrites it"
    return None


def _why_none(prediction: Prediction, min_confidence: float) -> str | None:
    if prediction.error:
        raise TagError(prediction.error)
    if not prediction.mood:
        return "the model cannot tell its mood"
    share = (prediction.probabilities or {}).get(prediction.mood, 0.0)
    if share < min_confidence:
        return f"{prediction.mood} has only {percent(share)}"
    return None


def _write(
    path: Path, differences: Differences, journal: TagJournal, keep_times: bool
) -> tuple[str, str]:
    """Write fields into a file; return the SHA-256 of its old and its new content."""
    was = _state(path)
    before = sha256_of(path)
    with journal.part(path) as part:
        shutil.copyfile(path, part)
        tags = read_tags(part)
        for name, (_, value) in differences.items():
            tags.put(name, value)
        _saved(tags.write, path)
        _check(path, part, differences)
        after, way_back = sha256_of(part), delta(path, part)
        change = Change(journal.run, path, before, after, was[0], way_back)
        if was != _state(path):
            raise TagError(f"{shown(path.name)} was changed by another program meanwhile.")
        journal.add(change)
        replace(path, part, mtime_ns=was[0] if keep_times else None)
    return before, after


def _saved(write: Callable[[], None], path: Path) -> None:
    try:
        write()
    except OSError:
        raise
    except Exception as error:  # whatever mutagen makes of damaged bytes
        if isinstance(error.__context__, OSError):
            raise error.__context__ from error
        why = shown(str(error) or type(error).__name__, 200)
        raise TagError(f"The tags of {shown(path.name)} could not be written: {why}.") from error


def _check(path: Path, part: Path, differences: Differences) -> None:
    """Hold a copy with new tags to the file.

    Raises:
        TagError: if anything else than the fields differs, or the sound.
    """
    old, new = read_tags(path), read_tags(part)
    name = shown(path.name)
    expected = old.fields() | {field: after for field, (_, after) in differences.items()}
    if new.fields() != expected or new.others() != old.others():
        raise TagError(f"Other tags of {name} would not stay as they are; left alone.")
    if not same_sound(path, part):
        raise TagError(f"The sound of {name} would not stay as it is; left alone.")


def same_sound(one: Path, other: Path) -> bool:
    """Whether two files decode to the same samples."""
    sounds = [open_audio(path) for path in (one, other)]
    return sounds[0].n_samples == sounds[1].n_samples and all(
        np.array_equal(a, b) for a, b in zip(*(sound.blocks() for sound in sounds), strict=True)
    )


def _state(path: Path) -> tuple[int, int, int]:
    """What changes when another program writes a file."""
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino
