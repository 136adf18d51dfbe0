"""Pages that work in the background are read when they are done."""

from __future__ import annotations

import pytest

from mmc_core.ui.predict import progress


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Predict page is drawn once all songs are answered: no browser draws it again here."""
    monkeypatch.setattr(progress, "PATIENCE_S", 60.0)
