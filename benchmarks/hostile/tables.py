"""Hostile tables: CSV, Parquet and workbooks, damaged, forged, or larger than they look."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.hostile.case import Case, numbered
from mmc_core.features.schema import FEATURES
from mmc_core.moods import NAMES

Made = tuple[str, str, Callable[[], bytes]]
N = 40  # clips


@cache
def table() -> pd.DataFrame:
    """Clips with a mood, a group and all features, seeded."""
    rng = np.random.default_rng(0)
    data = {feature.name: rng.normal(size=N) for feature in FEATURES}
    labels = {"clip": [f"clip {i}" for i in range(N)], "mood": list(NAMES) * (N // 4)}
    return pd.DataFrame(labels | {"group": [f"artist {i % 9}" for i in range(N)]} | data)


@cache
def csv() -> bytes:
    return table().to_csv(index=False).encode()


@cache
def parquet() -> bytes:
    return _parquet(pa.Table.from_pandas(table(), preserve_index=False))


def _parquet(made: pa.Table, **options: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(made, buffer, **options)
    return buffer.getvalue()


def cases() -> list[Case]:
    """All of them, with names of their own."""
    made = [*_damaged(), *_texts(), *_other_values(), *_other_kinds(), *_swelling()]
    return numbered(made)


def _damaged() -> Iterator[Made]:
    for suffix, whole in (("csv", csv), ("parquet", parquet)):
        for share in (0.001, 0.3, 0.9, 0.999):
            yield "truncated", f"{share}.{suffix}", partial(_part, whole, share)
        for seed, n in enumerate((1, 4, 64, 1024)):
            yield "bits flipped", f"{n}-{seed}.{suffix}", partial(_flip, whole, n, seed)
    yield "bits flipped", "footer.parquet", partial(_flip, parquet, 30, 9, 2_000)
    yield "forged", "footer-of-gigabytes.parquet", _forged_footer


def _part(whole: Callable[[], bytes], share: float) -> bytes:
    return whole()[: round(share * len(whole()))]


def _flip(whole: Callable[[], bytes], n: int, seed: int, last: int | None = None) -> bytes:
    content = np.frombuffer(whole(), np.uint8).copy()
    rng = np.random.default_rng(seed)
    start = 0 if last is None else max(0, len(content) - last)
    at = rng.integers(start, len(content), n)
    content[at] ^= rng.integers(1, 256, n).astype(np.uint8)
    return content.tobytes()


def _forged_footer() -> bytes:
    return parquet()[:-8] + (2**31 - 1).to_bytes(4, "little") + b"PAR1"


def _texts() -> Iterator[Made]:
    """What a CSV may hold in place of a table."""
    header, *rows = csv().decode().splitlines()
    texts = {
        "header-alone": header,
        "no-header": "\n".join(rows),
        "header-twice": f"{header},{header}",
        "one-quote": f'{header}\n"' + "\n".join(rows),
        "quotes": '"' * 100_001,
        "commas": "," * 100_000,
        "lines": "\n" * 100_000,
        "nul": csv().decode().replace("clip 3", "\0"),
        "uneven": f"{header}\n" + "\n".join(f"{row},x,y" for row in rows[:5]) + "\na,b",
        "many-columns": ",".join(f"c{i}" for i in range(200_000)) + "\n",
        "long-field": f"{header}\n" + "x" * 5_000_000,
        "delimiters": "a;b,c\td|e\n1;2,3\t4|5\n",
        "formulas": csv()
        .decode()
        .replace("clip 1", '=HYPERLINK("http://x")')
        .replace("artist 2", "+1"),
        "markdown": csv().decode().replace("clip 1", "[x](javascript:alert(1))"),
        "html": csv().decode().replace("artist 1", "<script>alert(1)</script>"),
        "path-parts": f"path,mood\n../../../etc/passwd,{NAMES[0]}\n/etc/hostname,{NAMES[1]}\n",
        "unknown-moods": csv().decode().replace(NAMES[0], "bored"),
        "sep": "sep=\n" + header,
        "one-mood": csv().decode().replace(NAMES[1], NAMES[0]).replace(NAMES[2], NAMES[0]),
        "empty": "",
        "spaces": " \n \n",
        "json": '{"mood": ["' + NAMES[0] + '"]}' * 100,
    }
    for name, text in texts.items():
        yield "text", f"{name}.csv", partial(str.encode, text)
    for name, content in {
        "latin-1": "mood,clip\nsad,caf\xe9\n".encode("latin-1"),
        "noise": np.random.default_rng(1).bytes(50_000),
        "utf-16": csv().decode().encode("utf-16"),
        "surrogates": b"mood,clip\nsad,\xed\xa0\x80\n",
    }.items():
        yield "encoding", f"{name}.csv", partial(bytes, content)


def _other_values() -> Iterator[Made]:
    name = FEATURES[3].name
    for label, value in {
        "nan": np.nan,
        "infinite": np.inf,
        "huge": 1e308,
        "tiny": 5e-324,
        "same": 1.0,
    }.items():
        changed = table().assign(**{name: value})
        yield "values", f"{label}.csv", partial(str.encode, changed.to_csv(index=False))
        yield "values", f"{label}.parquet", partial(_frame, changed)
    for label, values in {
        "words": ["loud"] * N,
        "digits": ["9" * 5_000] * N,
        "hex": ["0x1p3"] * N,
        "dates": ["2024-01-02"] * N,
        "booleans": ["True"] * N,
        "both-commas": ["1.234,5"] * N,
    }.items():
        changed = table().assign(**{name: values})
        yield "values", f"{label}.csv", partial(str.encode, changed.to_csv(index=False))
    yield "values", "same-clip.csv", partial(_changed, clip="the same")
    yield "values", "no-mood.csv", partial(_changed, mood="")
    yield "values", "long-names.csv", partial(_changed, clip="n" * 100_000)


def _changed(**columns: str) -> bytes:
    return table().assign(**columns).to_csv(index=False).encode()


def _frame(frame: pd.DataFrame) -> bytes:
    return _parquet(pa.Table.from_pandas(frame, preserve_index=False))


def _other_kinds() -> Iterator[Made]:
    buffer = io.BytesIO()
    table().to_excel(buffer, index=False)
    workbook = buffer.getvalue()
    yield "other kind", "workbook.csv", partial(bytes, workbook)
    yield "other kind", "workbook.parquet", partial(bytes, workbook)
    yield "other kind", "really-csv.parquet", csv
    yield "other kind", "really-parquet.csv", parquet
    yield "other kind", "pickle.parquet", partial(bytes, b"\x80\4\x95cposix\nsystem\n")
    nested = pa.table({"mood": [NAMES[0]], "x": pa.array([[{"y": [1.0]}]])})
    yield "other kind", "nested.parquet", partial(_parquet, nested)
    yield "other kind", "no-columns.parquet", partial(_parquet, pa.table({}))
    yield "other kind", "no-rows.parquet", partial(_frame, table().iloc[:0])


def _swelling() -> Iterator[Made]:
    """Small files of very many rows."""
    yield "bomb", "rows.parquet", partial(_many_rows, 50_000_000)
    yield "bomb", "long-texts.parquet", partial(_long_texts, 20_000)
    yield "bomb", "columns.parquet", _many_columns


def _many_rows(n: int) -> bytes:
    column = pa.array(np.zeros(n // 50))
    moods = pa.DictionaryArray.from_arrays(np.zeros(n // 50, np.int8), pa.array(list(NAMES)))
    part = pa.table({"mood": moods, "tempo": column})
    return _parquet(pa.concat_tables([part] * 50), compression="zstd")


def _long_texts(n: int) -> bytes:
    texts = pa.DictionaryArray.from_arrays(np.zeros(n, np.int8), pa.array(["x" * 1_000_000]))
    return _parquet(pa.table({"mood": texts, "tempo": np.zeros(n)}), compression="zstd")


def _many_columns() -> bytes:
    return _parquet(pa.table({f"c{i}": pa.array([0.0]) for i in range(20_000)}))
