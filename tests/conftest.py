"""What several test files use. Nothing here reads or writes a person's own folders."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest
from hypothesis import settings

from mmc_core.datasets.downloads import Download
from mmc_core.datasets.turkish import Turkish
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.runs import Run
from mmc_core.settings import DATA, data_mirror
from tests.support.dataset import made_table

pytest_plugins = ["tests.support.cpu"]

# No deadlines on shared machines; where CI is set, Hypothesis itself takes fixed examples.
settings.register_profile("patient", parent=settings(), deadline=None)
settings.load_profile("patient")

# Streamlit's and the tests' own caches stay apart from the user's.
os.environ.setdefault("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")
# Streamlit would collect all garbage after each run of a page: of all tests' modules, here.
os.environ.setdefault("STREAMLIT_RUNNER_POST_SCRIPT_GC", "false")


def pytest_collection_finish() -> None:
    """Leave out of all garbage collections what was imported: it stays until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty `MMC_CACHE` for every test, and nothing that a person made but its own."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("MMC_CACHE", str(cache))
    monkeypatch.setenv("MMC_CORRECTIONS", str(tmp_path / "corrections"))
    monkeypatch.setenv("MMC_JUDGEMENTS", str(tmp_path / "judgements"))
    monkeypatch.setenv("MMC_TAG_JOURNAL", str(tmp_path / "tags.sqlite"))
    return cache


@pytest.fixture
def one_process() -> Iterator[None]:
    """No pool of processes, which takes longer to start than a few files take."""
    with joblib.parallel_config(backend="sequential"):
        yield


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes a folder one that may not be searched, by root neither."""

    def forbid(folder: Path) -> None:
        def scandir(path: Any) -> Any:
            if Path(path) == folder:
                raise PermissionError(13, "Permission denied", str(path))
            return usual(path)

        usual = os.scandir
        monkeypatch.setattr(os, "scandir", scandir)

    return forbid


@pytest.fixture
def mirror() -> Path:
    """The datasets' files; a test that asks for them skips where they are not."""
    folder = data_mirror()
    if folder is None or not folder.is_dir():
        pytest.skip("needs the datasets' files: MMC_DATA_MIRROR names no folder")
    return folder


@pytest.fixture(scope="session")
def samples() -> list[Path]:
    """The sample songs that come with the project."""
    return sorted((DATA / "samples").glob("*.ogg"))


@pytest.fixture
def table() -> pd.DataFrame:
    """A made-up feature table; see `made_table`."""
    return made_table()


@pytest.fixture
def workbook(table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The Turkish table's workbook, made up, in a mirror of its own."""
    path = tmp_path / "mirror" / "turkish" / "Features_extra.xlsx"
    path.parent.mkdir(parents=True)
    sheet = table[[*ORIGINAL_57, "mood"]].rename(columns={"rolloff_var": "roll_off_var"})
    # Names of letters: numbers do not tell songs apart.
    names = [f"folder/{'abcdefghij'[i % 10] * (i + 1)}.mp3" for i in range(len(sheet))]
    sheet.assign(file=names).to_excel(path, index=False)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    download = Download("http://127.0.0.1:9/x.xlsx", sha256, "turkish/Features_extra.xlsx")
    monkeypatch.setattr(Turkish, "download", download)
    monkeypatch.setenv("MMC_DATA_MIRROR", str(tmp_path / "mirror"))
    return path


@pytest.fixture
def own_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty models folder."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("MMC_MODELS", str(folder))
    yield folder


@pytest.fixture
def vote_models(own_models: Path) -> Run:
    """A models folder with a vote of three tiny networks on images, served as model 2."""
    from tests.support.votes import write_vote

    return write_vote()
