"""Files to rows of features: in parallel, resumable, one bad file never stopping the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmc_core._typing import Float32, Progress, no_progress
from mmc_core.audio import Sound
from mmc_core.audio.clip import first_clip, open_clip
from mmc_core.audio.remote import Source, on_disk
from mmc_core.errors import AudioError, UnknownName
from mmc_core.features import scalars
from mmc_core.features.schema import FEATURES, fingerprint
from mmc_core.settings import Limits
from mmc_core.wording import escaped, listed, shown
from mmc_core.workers.cluster import Cluster
from mmc_core.workers.parallel import in_order
from mmc_core.workers.pool import require_processes

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# Ours, and plain librosa calls; both give the 57 within 1e-4, ours three features more.
ENGINES = ("mmc", "librosa")

# Of a row beside its features: the file, its length, why it cannot be used; where the described
# part begins, and what to know of how it was read.
FILE, READING = ("path", "duration_s", "error"), ("start_s", "note")

Row = dict[str, Any]


def extract_features(sound: Sound | Path | str | bytes, *, engine: str = "mmc") -> Row:
    """Scalar features of a sound's first 25.5 s, silence of more than 3 s before them skipped.

    Parameters
    ----------
    sound : Sound, path, str or bytes
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
    clip = first_clip(sound)[1] if isinstance(sound, Sound) else open_clip(sound).audio
    return _describer(engine)(clip.y)


def extract_file(source: Source, limits: Limits | None = None, engine: str = "mmc") -> Row:
    """`FILE`, the features of the first 25.5 s that hold sound, and `READING`.

    A file that cannot be used has its error's sentence and no features. What comes after the
    described part is not decoded, where that part begins the file: damage there is not seen.
    """
    try:
        with on_disk(source, limits) as path:
            clip = open_clip(path, limits=limits)
    except AudioError as error:
        return {"path": str(source), "error": str(error)}
    row: Row = {"path": str(source), "duration_s": clip.file_s, "error": None}
    row |= _describer(engine)(clip.audio.y)
    return row | {"start_s": clip.start_s, "note": " ".join(clip.audio.notes) or None}


def extract_each(
    sources: Sequence[Source],
    *,
    engine: str = "mmc",
    jobs: int = -1,
    limits: Limits | None = None,
    cluster: Cluster | None = None,
) -> Iterator[tuple[Source, Row]]:
    """Yield each file with its row when that is computed; see `extract_file`.

    Args:
        engine: one of `ENGINES`.
        jobs: processes; -1 for all cores.
        limits: the most that is accepted of a file; the command line's by default.
        cluster: works in place of processes of this machine.

    Raises:
        MachineError: if processes are asked for and cannot be begun.
    """
    _describer(engine)  # what it needs is installed, or nothing is begun
    if cluster:
        cluster.require(fingerprint)
        work = partial(extract_file, limits=limits, engine=engine)
        named = {_anywhere(source): source for source in sources}
        for place, row in cluster.each(work, named):
            yield named[place], (row or _ended(place)) | {"path": str(named[place])}
        return
    if jobs > 1:  # with -1, which nobody asked for, joblib goes on in one process
        require_processes()
    from joblib import delayed

    calls = (delayed(extract_file)(source, limits, engine) for source in sources)
    yield from zip(sources, in_order(calls, jobs), strict=True)


def extract_files(
    sources: Sequence[Source],
    *,
    journal: Path,
    engine: str = "mmc",
    jobs: int = -1,
    limits: Limits | None = None,
    cluster: Cluster | None = None,
    progress: Progress = no_progress,
) -> list[Row]:
    """Rows of all files, in their order.

    Args:
        journal: where finished rows are written as they come, a line of JSON each. Rows that are
            there are not computed again, so that a stopped run goes on; files that changed are.
        engine, jobs, limits, cluster: as of `extract_each`.
        progress: called with the files done, of how many.
    """
    journal.parent.mkdir(parents=True, exist_ok=True)
    done = _read(journal)
    identities = {source: identity(source, engine) for source in sources}
    todo = [source for source in sources if identities[source] not in done]
    n_done = len(sources) - len(todo)
    if n_done:  # of a run that was stopped
        progress(n_done, len(sources))
    fresh = extract_each(todo, engine=engine, jobs=jobs, limits=limits, cluster=cluster)
    with journal.open("a", encoding="utf-8") as log:
        for i, (source, row) in enumerate(fresh):
            done[identities[source]] = row
            if not row["error"]:  # what failed is tried again
                log.write(json.dumps({"identity": identities[source], "row": row}) + "\n")
                log.flush()
            progress(n_done + i + 1, len(sources))
    return [done[identities[source]] for source in sources]


def as_table(rows: Iterable[Row]) -> pd.DataFrame:
    """Return rows as a table of `FILE`, all features and `READING`."""
    import pandas as pd

    # Names that are not Unicode neither pandas nor Parquet can hold.
    named = [row | {"path": escaped(row["path"])} for row in rows]
    return pd.DataFrame(named, columns=[*FILE, *(f.name for f in FEATURES), *READING])


def as_arrow(rows: Iterable[Row]) -> pa.Table:
    """Return rows as a table whose columns have the same types whatever is in them, so that tables
    can be joined.
    """
    import pyarrow as pa

    frame = as_table(rows)
    texts = {"path", "error", "note", *(f.name for f in FEATURES if f.categories)}
    schema = pa.schema([(name, pa.string() if name in texts else pa.float64()) for name in frame])
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
    return table.replace_schema_metadata(None)


def _describer(engine: str) -> Callable[[Float32], Row]:
    if engine not in ENGINES:
        raise UnknownName(f"There is no engine {engine!r}; expected {listed(ENGINES, 'or')}.")
    if engine == "librosa":
        from mmc_core.features import reference  # loads librosa

        return reference.describe
    return scalars.describe


def _anywhere(source: Source) -> Source:
    """A file by a name that holds in other folders too."""
    return source.absolute() if isinstance(source, Path) else source


def _ended(source: Source) -> Row:
    """The row of a file over which several workers ended."""
    what = "its worker ended, each time that it was tried"
    sentence = (
        f"{shown(source.name)} could not be described: {what}. Try it alone, or leave it out."
    )
    return {"path": str(source), "error": sentence}


def identity(source: Source, engine: str) -> str:
    """Of a file as it is, and of what describes it."""
    made_by = fingerprint() if engine == "mmc" else f"{engine} {fingerprint()}"
    if not isinstance(source, Path):
        return f"{source}|{source.size}|{source.version}|{made_by}"
    try:
        state = source.stat()
    except OSError:  # gone, or a link to nowhere: a row with its error
        return f"{source}|{made_by}"
    return f"{source}|{state.st_size}|{state.st_mtime_ns}|{made_by}"


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
