"""Pages that work in the background are read when they are done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mmc_core.jobs import song_pool
from mmc_core.ui.predict import progress


@pytest.fixture(autouse=True)
def no_processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Songs are analysed here, where what is patched holds; processes: tests/jobs."""
    monkeypatch.setenv("MMC_PAGE_PROCESSES", "0")
    song_pool.shared.cache_clear()
    yield
    song_pool.shared.cache_clear()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Predict page is drawn once all songs are answered: no browser draws it again here."""
    monkeypatch.setattr(progress, "PATIENCE_S", 60.0)
