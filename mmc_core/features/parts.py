"""A table of features in parts: a folder of Parquet files, here or in object storage.

Files are taken in the order they are given, `rows` to a part, so the parts in order of their names
are the table in one. A part is written when all of its rows are done. Its metadata say which files
it was made of and in which state, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmc_core._typing import Progress, no_progress
from mmc_core.audio.remote import Source, filesystem, telling
from mmc_core.errors import StorageError
from mmc_core.features.extract import Row, as_arrow, extract_each, identity
from mmc_core.files import is_remote, replacing
from mmc_core.workers.cluster import Cluster

ROWS = 2000  # at most lost when a run is stopped, for each part that is open
KEY = b"mmc"


@dataclass
class Part:
    """Some of the files, and the rows of those that are done."""

    name: str
    sources: Sequence[Source]
    made_of: str
    rows: dict[Source, Row] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return len(self.rows) == len(self.sources)


class Store:
    """The folder of a table's parts."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._fs: Any = None
        self._root = str(Path(place))
        if is_remote(place):
            self._fs, self._root = filesystem(place)

    def metadata(self) -> dict[str, dict[str, Any]]:
        """What the parts that are there say of themselves, by name.

        Raises:
            StorageError: if another Parquet file is there.
        """
        import pyarrow.parquet as pq

        metadata = {}
        for name in self._names():
            with self._telling():
                schema = pq.read_schema(self._path(name), filesystem=self._fs)
            if KEY not in (schema.metadata or {}):
                raise StorageError(
                    f"{self.place} holds {name}, which is no part of a table of features; expected "
                    "an empty folder, or one that was written before. Choose another."
                )
            metadata[name] = json.loads(schema.metadata[KEY])
        return metadata

    def rows(self, name: str) -> list[Row]:
        import pyarrow.parquet as pq

        with self._telling():
            return pq.read_table(self._path(name), filesystem=self._fs).to_pylist()

    def write(self, part: Part) -> None:
        """Write a part whole or not at all."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = [part.rows[source] for source in part.sources]
        about = {"made_of": part.made_of, "errors": sum(bool(row["error"]) for row in rows)}
        table = as_arrow(rows)
        buffer = pa.BufferOutputStream()
        pq.write_table(
            table.replace_schema_metadata({KEY: json.dumps(about)}), buffer, compression="zstd"
        )
        if self._fs is None:
            with replacing(Path(self._path(part.name))) as path:
                path.write_bytes(buffer.getvalue())
            return
        with self._telling():
            self._fs.pipe_file(self._path(part.name), buffer.getvalue().to_pybytes())

    def remove(self, name: str) -> None:
        if self._fs is None:
            Path(self._path(name)).unlink()
            return
        with self._telling():
            self._fs.rm_file(self._path(name))

    def _names(self) -> list[str]:
        if self._fs is None:
            return sorted(path.name for path in Path(self._root).glob("*.parquet"))
        with self._telling():
            return sorted(Path(path).name for path in self._fs.glob(f"{self._root}/*.parquet"))

    def _telling(self) -> AbstractContextManager[None]:
        return nullcontext() if self._fs is None else telling(self.place)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


def extract_parts(
    sources: Sequence[Source],
    place: str,
    *,
    rows: int = ROWS,
    engine: str = "mmc",
    jobs: int = -1,
    cluster: Cluster | None = None,
    progress: Progress = no_progress,
) -> Iterator[Row]:
    """Write the table of all files, and tell the rows that are computed, as they come.

    Rows with an error are computed again in the next run, other rows of files that are as they
    were are not.

    Args:
        sources: each once.
        place: a folder, or an address in object storage.
        rows: of a part.
        engine, jobs, cluster: as of `extract_each`.
        progress: called with the files done, of how many.

    Raises:
        StorageError: if something else is there, or it cannot be read or written.
    """
    store = Store(place)
    before = store.metadata()
    of: dict[Source, Part] = {}
    for i in range(0, len(sources), rows):
        part = _part(i // rows, sources[i : i + rows], engine)
        part.rows = _known(part, before.pop(part.name, {}), store)
        of |= {source: part for source in part.sources if source not in part.rows}
    done = len(sources) - len(of)
    progress(done, len(sources))
    todo = list(of)
    for source, row in extract_each(todo, engine=engine, jobs=jobs, cluster=cluster):
        part = of.pop(source)
        part.rows[source] = row
        if part.is_done:
            store.write(part)
        done += 1
        progress(done, len(sources))
        yield row
    for name in before:  # of a table that had more files
        store.remove(name)


def _part(number: int, sources: Sequence[Source], engine: str) -> Part:
    made_of = hashlib.sha256()
    for source in sources:
        made_of.update(f"{identity(source, engine)}\n".encode(errors="surrogateescape"))
    return Part(f"part-{number:06}.parquet", sources, made_of.hexdigest())


def _known(part: Part, about: dict[str, Any], store: Store) -> dict[Source, Row]:
    """Rows of a part that was written before, without those that have an error."""
    if about.get("made_of") != part.made_of:
        return {}
    if not about["errors"]:  # nothing is to be done
        return dict.fromkeys(part.sources, Row())
    return {
        source: row | {"path": str(source)}
        for source, row in zip(part.sources, store.rows(part.name), strict=True)
        if not row["error"]
    }
