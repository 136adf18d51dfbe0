"""Files that were damaged anywhere, through everything of ours that reads them: read, or refused.

Sound is in tests/audio, expressions in tests/exploration. The examples are the same in every run.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmc_core.analysis import tables
from mmc_core.analysis.summaries import Summary
from mmc_core.comparison import store
from mmc_core.datasets.user import corrections, source
from mmc_core.errors import MMCError
from mmc_core.library import song_tags, tag_formats
from mmc_core.library.journal import Journal, LibrarySong
from mmc_core.runs import Run
from mmc_core.settings import DATA
from tests.support.corrections import add_some
from tests.support.runs import SHIPPED
from tests.support.tables import read_in_this_process
from tests.support.tagged import song

AT_MOST = 40  # examples of each kind of file
Read = Callable[[Path], Any]


def of_run(name: str, read: Callable[[Run], Any]) -> tuple[Path, Read]:
    """A file of a shipped run, read within a copy of its folder."""
    (run,) = [each for each in SHIPPED if each.name == "4qaed-cnn1d"]

    def reads(path: Path) -> Any:
        folder = path.parent / "run"
        shutil.copytree(run.path, folder, dirs_exist_ok=True)
        shutil.copy(path, folder / name)
        return read(Run(folder))

    return run.path / name, reads


def of_comparison(path: Path) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "saved_path", lambda *_: path)
        return store.load(["4qaed", "emopia"])


def of_journal(path: Path) -> Any:
    with Journal(path) as journal:
        return [*journal.songs(), journal.counts(), journal.folders()]


def of_table(path: Path) -> Any:
    with read_in_this_process():
        return source.read(path)


SHIPPED_FILES: dict[str, tuple[Path, Read]] = {
    "run": of_run("run.json", lambda run: (run.info, run.title, run.status, run.is_servable)),
    "card": of_run("run.json", lambda run: run.card()),
    "scores": of_run("scores.json", lambda run: run.scores),
    "history": of_run("history.csv", lambda run: run.history()),
    "predictions": of_run("predictions.parquet", lambda run: run.predictions()),
    "summary": (DATA / "turkish" / "summary.parquet", Summary.read),
    "table": (DATA / "emopia" / "features.parquet", tables.read_table),
    "comparison": (DATA / "comparisons" / "4qaed-emopia.json", of_comparison),
}
MADE: dict[str, Read] = {
    "journal.sqlite": of_journal,
    "table.csv": of_table,
    "table.xlsx": of_table,
    "table.parquet": of_table,
    **{f"song.{kind}": tag_formats.read_tags for kind in ("mp3", "flac", "ogg", "m4a", "wav")},
}


def damaged(content: bytes, data: st.DataObject) -> bytes:
    """With some bytes in place of others, and perhaps cut off, or with a piece twice."""
    made = bytearray(content)
    anywhere = st.integers(0, min(200, len(made) - 1)) | st.integers(0, len(made) - 1)
    for position in data.draw(st.lists(anywhere, min_size=1, max_size=8)):
        patch = data.draw(
            st.binary(min_size=1, max_size=8) | st.sampled_from([b"null", b"-1", b"{"])
        )
        made[position : position + len(patch)] = patch
    end = data.draw(st.none() | anywhere)
    repeated = data.draw(st.booleans())
    return bytes(made[:end] + (made[:end][-50:] if repeated else b""))


def is_read_or_refused(read: Read, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        read(path)
    except MMCError as error:
        assert len(str(error)) > len("No."), "a sentence"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of each kind of `MADE`."""
    folder = tmp_path_factory.mktemp("made")
    with Journal(folder / "journal.sqlite") as journal:
        for number in range(20):
            journal.save(LibrarySong(Path(f"/music/{number}.mp3"), number, number))
        journal.note_scan(Path("/music"), "best")
    rows = tables.read_table(DATA / "emopia" / "features.parquet").head(20)
    rows.to_csv(folder / "table.csv", index=False)
    rows.to_parquet(folder / "table.parquet")
    rows.to_excel(folder / "table.xlsx", index=False)
    for name in MADE:
        if name.startswith("song."):
            song(folder / name)
    return folder


@pytest.mark.parametrize("kind", SHIPPED_FILES)
@settings(
    derandomize=True,
    max_examples=AT_MOST,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_the_project_wrote(kind: str, data: st.DataObject, tmp_path: Path) -> None:
    original, read = SHIPPED_FILES[kind]
    content = damaged(original.read_bytes(), data)
    is_read_or_refused(read, tmp_path / original.name, content)


@pytest.mark.parametrize("name", MADE)
@settings(
    derandomize=True,
    max_examples=AT_MOST,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_a_person_has(name: str, data: st.DataObject, made: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    for beside in tmp_path.glob("journal.sqlite-*"):
        beside.unlink(missing_ok=True)  # of the example before
    content = damaged((made / name).read_bytes(), data)
    is_read_or_refused(MADE[name], path, content)
    if name.startswith("song."):
        assert isinstance(song_tags.read_tags(path), dict)


@settings(
    derandomize=True,
    max_examples=AT_MOST,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_correction_is_read_or_moved_aside(data: st.DataObject) -> None:
    corrections.clear()
    for aside in corrections.moved_aside():
        aside.unlink()
    add_some(3)
    path = next(iter(corrections._paths()))
    path.write_bytes(damaged(path.read_bytes(), data))
    kept = corrections.every()
    assert len(kept) + len(corrections.moved_aside()) == 3
    assert len(kept) >= 2
