"""One file of a library to its row: features, mood, tags, or why not."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from mmc_core.audio import open_audio
from mmc_core.errors import AudioError
from mmc_core.features import schema
from mmc_core.features.embeddings import is_here
from mmc_core.files import sha256_of
from mmc_core.library.journal import LibrarySong
from mmc_core.library.song_tags import read_tags
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Moment
from mmc_core.prediction.song import predict
from mmc_core.prediction.sound import Song
from mmc_core.runs import Run
from mmc_core.runs.run import fingerprint
from mmc_core.wording import shown

# Raise when a change of code changes what is kept of a song beside its features.
VERSION = 1
FAILED, CRASHED = "failed", "crashed"  # kinds of error beside those of `AudioError`


@dataclass(frozen=True)
class Task:
    """A file to hear with a run, and the fingerprints that its row is to have.

    Args:
        features: whether they are computed, or those that are known still hold.
    """

    path: Path
    run: Run
    features_by: str
    model_by: str
    features: bool = True

    def row(self) -> LibrarySong:
        """The file's row before anything is heard of it."""
        try:
            state = self.path.stat()
        except OSError:  # gone, or a link to nowhere: opening it says so
            return LibrarySong(self.path, 0, 0, model_by=self.model_by)
        return LibrarySong(self.path, state.st_size, state.st_mtime_ns, model_by=self.model_by)


def features_version() -> str:
    """Of all that decides the features of a song."""
    return schema.fingerprint()


def model_version(run: Run) -> str:
    """Of all that decides a model's answer: its networks, their inputs, when it abstains."""
    parts: list[Any] = [VERSION, run.name, run.info.get("confidence")]
    if "confidence" in run.info:
        parts.append(is_here("audioset"))  # it then tells what is no music
    for each in run.members() or [run]:
        parts += [sha256_of(each.model_path), fingerprint(each.input)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def hear(task: Task) -> LibrarySong:
    """The row of a file. A file that cannot be used has the kind of its error and a sentence."""
    row = task.row()
    try:
        return _heard(task, row)
    except AudioError as error:
        return replace(row, error_kind=error.kind, error=str(error))
    except Exception as error:  # whatever it is, the next file may be heard
        return _failed(row, FAILED, f"{error!r:.200}")


def crashed(task: Task) -> LibrarySong:
    """The row of a file over which a process ended."""
    return _failed(task.row(), CRASHED, "its process ended")


def _failed(row: LibrarySong, kind: str, what: str) -> LibrarySong:
    sentence = (
        f"{shown(row.path.name)} could not be heard: {what}. This is a fault of the program; "
        "please report it. To try such files again: mmc library scan FOLDER --retry"
    )
    return replace(row, error_kind=kind, error=sentence)


def _heard(task: Task, row: LibrarySong) -> LibrarySong:
    song = Song(open_audio(task.path), threads=1)
    # Features first: what they take is free again when the networks' frames need it.
    start_s, features = song.first_clip() if task.features else (None, {})
    prediction = predict(song, task.run, features=False)
    shares, changes = course(prediction.timeline)
    return replace(
        row,
        sha256=sha256_of(task.path),
        duration_s=prediction.duration_s,
        notes=prediction.notes,
        features_by=task.features_by,
        start_s=start_s,
        features=features,
        model=prediction.model,
        mood=prediction.mood,
        probabilities=prediction.probabilities,
        arousal=prediction.arousal,
        valence=prediction.valence,
        mood_set=prediction.mood_set,
        abstained=prediction.abstained,
        reason=prediction.reason,
        shares=shares,
        mood_changes=changes,
        **read_tags(task.path),  # type: ignore[arg-type]
    )


def course(timeline: Sequence[Moment]) -> tuple[dict[str, float], int]:
    """The share of a song's moments in which each mood is the likeliest, and how often that mood
    changes.
    """
    likeliest = [max(NAMES, key=moment.probabilities.__getitem__) for moment in timeline]
    counts = Counter(likeliest)
    shares = {name: counts[name] / len(likeliest) for name in NAMES}
    return shares, sum(one != other for one, other in pairwise(likeliest))
