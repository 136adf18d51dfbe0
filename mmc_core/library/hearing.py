"""Analyse one file of a library: its row has features, mood and tags, or an error."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from mmc_core.audio import open_audio
from mmc_core.errors import AudioError, describe_os_error
from mmc_core.features import schema
from mmc_core.features.embeddings import is_here
from mmc_core.files import sha256_of
from mmc_core.library.file_state import TRIES, FileState, read_state
from mmc_core.library.journal import LibrarySong
from mmc_core.library.song_tags import read_tags
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Moment
from mmc_core.prediction.song import predict
from mmc_core.prediction.sound import Song
from mmc_core.runs import Run
from mmc_core.runs.run import fingerprint
from mmc_core.wording import shown

# Raise when a change of code changes a row, except for its features.
VERSION = 1
FAILED, CRASHED = "failed", "crashed"  # kinds of error that `AudioError` does not have


@dataclass(frozen=True)
class Task:
    """A file to analyse with a run, and the fingerprints that its row is to have.

    Args:
        state: of the file when the scan found it; None if it could not be read.
        features_of: SHA-256 of the content whose features are known and need not be computed.
    """

    path: Path
    run: Run
    features_by: str
    model_by: str
    state: FileState | None = None
    features_of: str | None = None

    def row(self, state: FileState | None) -> LibrarySong:
        """Return the row of the file in this state before anything is known of its sound."""
        size, mtime_ns, ctime_ns = astuple(state) if state else (0, 0, 0)
        return LibrarySong(self.path, size, mtime_ns, ctime_ns=ctime_ns, model_by=self.model_by)


def features_version() -> str:
    """Return the fingerprint of all that decides the features of a song."""
    return schema.fingerprint()


def model_version(run: Run) -> str:
    """Return the fingerprint of a model's answers: its networks, their inputs, when it abstains."""
    confidence = run.info.confidence
    parts: list[Any] = [VERSION, run.name, asdict(confidence) if confidence else None]
    if confidence:
        parts.append(is_here("audioset"))  # it then tells what is no music
    for each in run.members() or [run]:
        parts += [sha256_of(each.model_path), fingerprint(each.input)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def hear(task: Task) -> LibrarySong:
    """Return the row of a file, all of it of one state: a file that changes is analysed again.

    The row of a file that cannot be used has the kind of its error and a sentence.
    """
    for _ in range(TRIES):
        state = read_state(task.path)
        song = _analyse_or_explain(task, task.row(state))
        if state == read_state(task.path):
            return song
    why = "another program changed it meanwhile. Wait until that is done"
    return _unread(task.row(state), why)


def _analyse_or_explain(task: Task, row: LibrarySong) -> LibrarySong:
    try:
        return _analyse(task, row)
    except AudioError as error:
        return replace(row, error_kind=error.kind, error=str(error))
    except OSError as error:
        return _unread(row, f"{describe_os_error(error)}. Check the space left and the path")
    except MemoryError:
        return _unread(row, "no memory is left. Use fewer processes (--jobs)")
    except Exception as error:  # whatever it is, the next file may be analysed
        return failed(row, error)


def crashed(task: Task) -> LibrarySong:
    """Return the row of a file over which a process ended."""
    return _fault(task.row(task.state), CRASHED, "its process ended")


def failed(row: LibrarySong, error: Exception) -> LibrarySong:
    """Return the row of a file over which the program failed."""
    return _fault(row, FAILED, f"{error!r:.200}")


def _fault(row: LibrarySong, kind: str, what: str) -> LibrarySong:
    sentence = (
        f"{shown(row.path.name)} could not be analysed: {what}. This is a fault of the program; "
        "please report it. To try such files again: mmc library scan FOLDER --retry"
    )
    return replace(row, error_kind=kind, error=sentence)


def _unread(row: LibrarySong, why: str) -> LibrarySong:
    """Return the row of a file that the next scan tries again."""
    sentence = f"{shown(row.path.name)} could not be analysed: {why}, and scan again."
    return replace(row, error_kind=AudioError.kind, error=sentence)


def _analyse(task: Task, row: LibrarySong) -> LibrarySong:
    sha256 = sha256_of(task.path)
    song = Song(open_audio(task.path), threads=1)
    # Features first: what they take is free again when the networks' frames need it.
    start_s, features = song.first_clip() if sha256 != task.features_of else (None, {})
    prediction = predict(song, task.run, features=False)
    shares, changes = course(prediction.timeline)
    return replace(
        row,
        sha256=sha256,
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
    """Return the share of a song's moments by likeliest mood, and how often that mood changes."""
    likeliest = [max(NAMES, key=moment.probabilities.__getitem__) for moment in timeline]
    counts = Counter(likeliest)
    shares = {name: counts[name] / len(likeliest) for name in NAMES}
    return shares, sum(one != other for one, other in pairwise(likeliest))
