"""The files of studies: what is saved is read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmc_core.saved import study, study_files
from mmc_core.saved.kind import Kind
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


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (study.UNSEEN, study_files.UNSEEN),
        (study.EXTRACTION, study_files.EXTRACTION),
        (study.SIMILAR, study_files.SIMILAR),
        (study.SERVING, study_files.SERVING),
        (study.DELETION, study_files.DELETION),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_pages_read_is_what_a_study_wrote(kind: Kind[Any], name: str) -> None:
    """Every value that is read stands in the file as it is."""

    def holds(written: Any, read: Any) -> None:
        if isinstance(read, dict):
            for key, value in read.items():
                holds(written[key], value)
        elif isinstance(read, list):
            assert len(written) == len(read)
            for one, other in zip(written, read, strict=True):
                holds(one, other)
        else:
            assert written == read

    holds(study_files.load(name), kind.values(study_files.read(kind, name)))
