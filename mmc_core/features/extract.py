"""Many files to rows of features: in parallel, resumable, one bad file never stopping the rest."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmc_core.audio import load_audio
from mmc_core.errors import AudioError, MMCError
from mmc_core.features.scalars import describe
from mmc_core.features.schema import FEATURES, fingerprint
from mmc_core.settings import Limits

if TYPE_CHECKING:
    import pandas as pd

# What is picked from a folder; a file named by hand is tried whatever it is called.
AUDIO_SUFFIXES = {
    *(".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".m4a", ".mp4", ".aac", ".wma"),
    *(".aiff", ".aif", ".caf", ".au", ".webm", ".mka", ".wv", ".ape"),
}
Row = dict[str, Any]


def find_audio(inputs: Sequence[Path]) -> list[Path]:
    """Files as named, folders searched for sound files in all depths; sorted, each once.

    Raises:
        MMCError: if an input does not exist, or there is no sound file in any.
    """
    found: set[Path] = set()
    for path in inputs:
        if path.is_dir():
            found |= {p for p in path.rglob("*") if p.suffix.lower() in AUDIO_SUFFIXES}
        elif path.exists():
            found.add(path)
        else:
            raise MMCError(f"{path} does not exist; expected a sound file or a folder of them.")
    if not found:
        raise MMCError(f"There is no sound file in {', '.join(map(str, inputs))}.")
    return sorted(found)


def extract_file(path: Path, limits: Limits | None = None) -> Row:
    """`path`, `duration_s`, `error` and the features of the first 25.5 s.

    A file that cannot be used has its error's sentence and no features.
    """
    try:
        audio = load_audio(path, limits=limits)
    except AudioError as error:
        return {"path": str(path), "duration_s": None, "error": str(error)}
    row: Row = {"path": str(path), "duration_s": audio.duration_s, "error": None}
    return row | describe(audio.cut().y)


def extract_files(
    paths: Sequence[Path], *, done: Path, jobs: int = -1, limits: Limits | None = None
) -> Iterator[Row]:
    """Rows of all files, in their order.

    Args:
        done: where finished rows are written as they come, a line of JSON each. Rows found there
            are not computed again, so that a stopped run goes on; files that changed are.
        jobs: processes; -1 for all cores.
        limits: the most that is accepted of a file; the command line's by default.
    """
    from joblib import Parallel, delayed

    kept = _read_done(done)
    todo = [path for path in paths if _identity(path) not in kept]
    fresh = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(extract_file)(path, limits) for path in todo
    )
    done.parent.mkdir(parents=True, exist_ok=True)
    with done.open("a", encoding="utf-8") as log:
        for path in paths:
            identity = _identity(path)
            if identity not in kept:
                kept[identity] = next(fresh)
                if not kept[identity]["error"]:  # what failed is tried again
                    log.write(json.dumps({"identity": identity, "row": kept[identity]}) + "\n")
                    log.flush()
            yield kept[identity]
    next(fresh, None)  # lets joblib see that all is done


def as_table(rows: Iterable[Row]) -> pd.DataFrame:
    """Rows as a table of `path`, `duration_s`, `error`, then all features."""
    import pandas as pd

    table = pd.DataFrame(rows, columns=["path", "duration_s", "error", *(f.name for f in FEATURES)])
    # Names that are not Unicode, which parquet could not hold.
    table["path"] = [os.fsencode(path).decode("utf-8", "replace") for path in table["path"]]
    return table


def _identity(path: Path) -> str:
    try:
        state = path.stat()
    except OSError:  # gone, or a link to nowhere: a row with its error
        return f"{path}|{fingerprint()}"
    return f"{path}|{state.st_size}|{state.st_mtime_ns}|{fingerprint()}"


def _read_done(done: Path) -> dict[str, Row]:
    if not done.exists():
        return {}
    kept = {}
    for line in done.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:  # the line being written when the last run was stopped
            continue
        kept[entry["identity"]] = entry["row"]
    return kept
