"""The files of studies: what is saved is read back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmc_core.saved import study_files
from mmc_core.settings import DATA


def test_what_is_saved_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study_files, "made_data_dir", lambda: tmp_path)
    path = study_files.save("x", {"a": [1.5]})
    assert study_files.load("x") == {"a": [1.5]}
    before = path.read_bytes()
    study_files.save("x", {"a": [1.5 * (1 + 1e-14)]})
    assert path.read_bytes() == before
    assert study_files.load(study_files.LEAK) == json.loads(
        (DATA / "studies/leak.json").read_text()
    )
