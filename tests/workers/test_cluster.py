"""The same results from a cluster as from this machine, whatever happens to its workers.

Workers are two processes of this machine.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from click.testing import CliRunner
from distributed import WorkerPlugin

from mmc_core import runs
from mmc_core.cli.main import main
from mmc_core.errors import ClusterError, RunError
from mmc_core.features import extract
from mmc_core.features.extract import Row, as_table, extract_files
from mmc_core.learning import recipes
from mmc_core.learning.splits import Protocol
from mmc_core.library.journal import Journal
from mmc_core.library.scan import scan
from mmc_core.runs import evaluate
from mmc_core.workers import cluster
from mmc_core.workers.cluster import Cluster, connected, is_scheduler
from tests.runs.test_evaluate import made
from tests.support.library import differences, rows, write_songs

__all__ = ["made"]
# Of a worker that was killed, sockets are left that nobody closed.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
KILLER = "song 003.mp3"


class Deadly(WorkerPlugin):
    """Of a worker: opening one file ends its process, as a fault in a decoder may."""

    def setup(self, worker: object) -> None:
        open_clip = vars(extract)["open_clip"]

        def fatal(path: Path, **settings: object) -> object:
            if path.name == KILLER:
                os._exit(1)
            return open_clip(path, **settings)

        vars(extract)["open_clip"] = fatal


class Dead(Cluster):
    """One whose workers end over every item."""

    def __init__(self) -> None:
        pass

    def require(self, *_: object) -> None:
        pass

    def each(self, work: object, items: object, *_: object) -> Iterator[object]:  # type: ignore[override]
        yield from ((item, None) for item in items)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_CACHE", str(tmp_path_factory.mktemp("workers")))
        # AppTest leaves app.py there, and a new process begins with what is there.
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        with connected("local", 2) as workers:
            assert workers
            yield workers
    gc.collect()


def test_addresses() -> None:
    assert all(map(is_scheduler, ("local", "tcp://10.0.0.5:8786", "tls://head.example.org:8786")))
    assert not any(
        map(is_scheduler, ("", "here", "10.0.0.5:8786", "tcp://10.0.0.5", "http://a:80"))
    )
    result = CliRunner().invoke(main, ["library", "scan", ".", "--scheduler", "there"])
    assert result.exit_code == 2
    assert "tcp://192.168.1.5:8786" in result.stderr


def test_no_scheduler_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WAIT_S", 0.2)
    with pytest.raises(ClusterError, match="dask scheduler"), connected("tcp://127.0.0.1:9"):
        pass


def test_without_the_package_the_command_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def lacks(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'distributed'", name="distributed")

    write_songs(tmp_path, 1)
    monkeypatch.setattr(cluster, "connected", lacks)
    out = str(tmp_path / "t.parquet")
    result = CliRunner().invoke(
        main, ["extract", str(tmp_path), "--out", out, "--scheduler", "local"]
    )
    assert result.exit_code == 2
    assert 'pip install "mmc[cluster]"' in result.stderr


def test_a_file_that_ends_its_workers_is_a_row(tmp_path: Path) -> None:
    paths = write_songs(tmp_path, 1)
    (row,) = extract_files(paths, journal=tmp_path / "done", cluster=Dead())
    assert row["error"].startswith("song 000.wav could not be described: its worker ended")


def test_a_fold_that_ends_its_workers_stops_the_evaluation(made: pd.DataFrame) -> None:
    recipe = recipes.load("logistic-regression", ["dataset=made"])
    with pytest.raises(RunError, match="Fold 1 of repeat 1 ended its worker"):
        evaluate.over_folds(recipe, Protocol("grouped", 4), cluster=Dead())
    (run,) = runs.all_runs()
    assert run.status == runs.STOPPED


def assert_same(there: list[Row], here: list[Row]) -> None:
    pd.testing.assert_frame_equal(as_table(there), as_table(here), check_dtype=False)


@pytest.mark.slow
def test_extract_with_a_worker_killed(two_workers: Cluster, tmp_path: Path) -> None:
    paths = write_songs(tmp_path / "songs", 20)
    pids = list(two_workers._client.run(os.getpid).values())

    def kill(done: int, _: int) -> None:
        if done == 5:
            os.kill(pids[0], signal.SIGKILL)

    there = extract_files(paths, journal=tmp_path / "there", cluster=two_workers, progress=kill)
    assert_same(there, extract_files(paths, journal=tmp_path / "here", jobs=1))


@pytest.mark.slow
def test_a_file_that_kills_its_workers_costs_its_row_only(
    two_workers: Cluster, tmp_path: Path
) -> None:
    paths = write_songs(tmp_path / "songs", 6)
    two_workers._client.register_plugin(Deadly(), name="deadly")
    there = extract_files(paths, journal=tmp_path / "there", cluster=two_workers)
    two_workers._client.unregister_worker_plugin("deadly")
    here = extract_files(paths, journal=tmp_path / "here", jobs=1)
    (killer,) = [i for i, path in enumerate(paths) if path.name == KILLER]
    assert "its worker ended" in there.pop(killer)["error"]
    del here[killer]
    assert_same(there, here)


@pytest.mark.slow
def test_evaluate_is_as_on_this_machine(made: pd.DataFrame, two_workers: Cluster) -> None:
    recipe = recipes.load("logistic-regression", ["dataset=made"])
    protocol = Protocol("grouped", 4, 2)
    there = evaluate.over_folds(recipe, protocol, cluster=two_workers)
    saved = there.predictions()
    there.path.rename(there.path.with_name("there"))
    here = evaluate.over_folds(recipe, protocol, jobs=1)
    pd.testing.assert_frame_equal(saved, here.predictions())


@pytest.mark.slow
def test_scan_is_as_on_this_machine(two_workers: Cluster, tmp_path: Path) -> None:
    write_songs(tmp_path / "songs", 6)
    for name, workers in (("here", None), ("there", two_workers)):
        with Journal(tmp_path / name) as journal:
            done = scan(journal, tmp_path / "songs", "4qaed-cnn1d", cluster=workers)
        assert (done.heard, done.errors) == (6, 0)
    here, there = rows(tmp_path / "here"), rows(tmp_path / "there")
    assert not differences(here, there)


@pytest.mark.slow
def test_workers_load_little_and_work_on_one_thread(two_workers: Cluster) -> None:
    assert dict(two_workers.each(threads_and_modules, [0])) == {0: (1, [])}


def threads_and_modules(_: int) -> tuple[int, list[str]]:
    import sys

    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_info

    heavy = {"tensorflow", "keras", "streamlit", "plotly", "librosa", "bokeh"}
    return max(each["num_threads"] for each in threadpool_info()), sorted(heavy & set(sys.modules))


@pytest.mark.slow
def test_a_worker_that_differs_is_named(two_workers: Cluster) -> None:
    with pytest.raises(ClusterError, match=r"The worker tls://127\.0\.0\.1:\d+ differs"):
        two_workers.require(process)


def process() -> str:
    return str(os.getpid())
