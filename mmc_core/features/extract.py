"""Files to rows of features: in parallel, resumable, one bad file never stopping the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmc_core._typing import Float32, Progress, no_progress
from mmc_core.audio import Audio, load_audio
from mmc_core.audio.loudness import first_clip
from mmc_core.errors import AudioError, UnknownName
from mmc_core.features import scalars
from mmc_core.features.schema import FEATURES, fingerprint
from mmc_core.settings import Limits
from mmc_core.wording import escaped, listed

if TYPE_CHECKING:
    import pandas as pd

# Ours, and plain librosa calls; both give the 57 within 1e-4, ours three features more.
ENGINES = ("mmc", "librosa")

# Of a row beside its features: the file, its length, why it cannot be used; where the described
# part begins, and what to know of how it was read.
FILE, READING = ("path", "duration_s", "error"), ("start_s", "note")

Row = dict[str, Any]


def extract_features(sound: Audio | Path | str | bytes, *, engine: str = "mmc") -> Row:
    """Scalar features of a sound's first 25.5 s, silence of more than 3 s before them skipped.

    Parameters
    ----------
    sound : Audio, path, str or bytes
        Loaded sound, the path of a file, or a file's content.
    engine : {"mmc", "librosa"}, optional
        What computes them: this package, or plain librosa calls, which define what they mean.
        They agree within 1e-4.

    Returns
    -------
    dict
        Value by name: the 57 features of the original system in the order of `FEATURES`, and with
        "mmc" also ``tonic``, ``mode`` and ``key_clarity``. `FEATURES` has their units.

    Raises
    ------
    AudioError
        If the file cannot be used as sound.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> features = mmc.extract_features(mmc.sample("beethoven-moonlight"))
    >>> len(features), features["tonic"], round(features["tempo"])
    (60, 'C#', 172)
    """
    if not isinstance(sound, Audio):
        sound = load_audio(Path(sound) if isinstance(sound, str) else sound)
    return _describer(engine)(first_clip(sound)[1].y)


def extract_file(path: Path, limits: Limits | None = None, engine: str = "mmc") -> Row:
    """`FILE`, the features of the first 25.5 s that hold sound, and `READING`.

    A file that cannot be used has its error's sentence and no features.
    """
    try:
        audio = load_audio(path, limits=limits)
    except AudioError as error:
        return {"path": str(path), "error": str(error)}
    start_s, clip = first_clip(audio)
    row: Row = {"path": str(path), "duration_s": audio.duration_s, "error": None}
    row |= _describer(engine)(clip.y)
    return row | {"start_s": start_s, "note": " ".join(audio.notes) or None}


def extract_files(
    paths: Sequence[Path],
    *,
    journal: Path,
    engine: str = "mmc",
    jobs: int = -1,
    limits: Limits | None = None,
    progress: Progress = no_progress,
) -> list[Row]:
    """Rows of all files, in their order; see `extract_file`.

    Args:
        journal: where finished rows are written as they come, a line of JSON each. Rows that are
            there are not computed again, so that a stopped run goes on; files that changed are.
        engine: one of `ENGINES`.
        jobs: processes; -1 for all cores.
        limits: the most that is accepted of a file; the command line's by default.
        progress: called with the files done, of how many.
    """
    from joblib import Parallel, delayed

    _describer(engine)  # what it needs is installed, or nothing is begun
    journal.parent.mkdir(parents=True, exist_ok=True)
    done = _read(journal)
    todo = [path for path in paths if _identity(path, engine) not in done]
    fresh = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(extract_file)(path, limits, engine) for path in todo
    )
    rows = []
    with journal.open("a", encoding="utf-8") as log:
        for path in paths:
            identity = _identity(path, engine)
            if identity not in done:
                done[identity] = next(fresh)
                if not done[identity]["error"]:  # what failed is tried again
                    log.write(json.dumps({"identity": identity, "row": done[identity]}) + "\n")
                    log.flush()
            rows.append(done[identity])
            progress(len(rows), len(paths))
    next(fresh, None)  # lets joblib see that all is done
    return rows


def as_table(rows: Iterable[Row]) -> pd.DataFrame:
    """Rows as a table of `FILE`, all features and `READING`."""
    import pandas as pd

    # Names that are not Unicode neither pandas nor Parquet can hold.
    named = [row | {"path": escaped(row["path"])} for row in rows]
    return pd.DataFrame(named, columns=[*FILE, *(f.name for f in FEATURES), *READING])


def _describer(engine: str) -> Callable[[Float32], Row]:
    if engine not in ENGINES:
        raise UnknownName(f"There is no engine {engine!r}; expected {listed(ENGINES, 'or')}.")
    if engine == "librosa":
        from mmc_core.features import reference  # loads librosa

        return reference.describe
    return scalars.describe


def _identity(path: Path, engine: str) -> str:
    made_by = fingerprint() if engine == "mmc" else f"{engine} {fingerprint()}"
    try:
        state = path.stat()
    except OSError:  # gone, or a link to nowhere: a row with its error
        return f"{path}|{made_by}"
    return f"{path}|{state.st_size}|{state.st_mtime_ns}|{made_by}"


def _read(journal: Path) -> dict[str, Row]:
    if not journal.exists():
        return {}
    rows: dict[str, Row] = {}
    for line in journal.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:  # the line being written when the last run was stopped
            continue
        if entry["row"].keys() >= set(READING):  # earlier versions described silence, too
            rows[entry["identity"]] = entry["row"]
    return rows
