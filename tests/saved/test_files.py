"""Saved files of all versions open, and lose no value; files of later versions are left alone.

`files/` has one of each kind as version 0.9 wrote it, before files had a schema's number. A file
there is never changed: a new schema adds one.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mmc_core import files, runs
from mmc_core.errors import DamagedFile, NewerFile, RunError
from mmc_core.saved.comparison import COMPARISON
from mmc_core.saved.correction import CORRECTION
from mmc_core.saved.kind import SCHEMA, Kind
from mmc_core.saved.run import RUN
from mmc_core.saved.scores import SCORES
from mmc_core.saved.user_dataset import ABOUT_DATASET
from tests.support.runs import SHIPPED

FILES = Path(__file__).with_name("files")
KINDS: dict[str, Kind[Any]] = {
    "run": RUN,
    "scores": SCORES,
    "correction": CORRECTION,
    "dataset": ABOUT_DATASET,
    "comparison": COMPARISON,
}
SAVED = sorted(FILES.glob("*.json"))


BROKEN = ["", "{ half", "[]", '"text"', '{"schema": "two"}', "{}", "\xff"]


def kind_of(path: Path) -> Kind[Any]:
    return KINDS[path.stem.partition("-")[0]]


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_every_value_is_kept(path: Path, tmp_path: Path) -> None:
    kind, written = kind_of(path), json.loads(path.read_text(encoding="utf-8"))
    kind.write(kind.read(path), tmp_path / path.name)
    again = json.loads((tmp_path / path.name).read_text(encoding="utf-8"))
    assert again.pop(SCHEMA) == kind.schema
    again |= again.pop("more", {})
    if path.stem == "run-former":
        assert written["recipe"]["kind"] == "plain"
        written["recipe"]["kind"] = "classifier"  # what it is called today
    assert {key: again.pop(key) for key in written} == written
    assert not any(again.values())  # what earlier versions did not write is empty
    assert kind.read(tmp_path / path.name) == kind.read(path)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_file(kind: str) -> None:
    assert [path for path in SAVED if kind_of(path) is KINDS[kind]]


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_a_newer_file_is_refused_in_a_sentence(path: Path, tmp_path: Path) -> None:
    kind = kind_of(path)
    newer = json.loads(path.read_text(encoding="utf-8")) | {SCHEMA: 999, "unheard_of": [1]}
    (tmp_path / path.name).write_text(json.dumps(newer))
    with pytest.raises(NewerFile) as caught:
        kind.read(tmp_path / path.name)
    assert f"{path.name} was written by a newer version of this program" in str(caught.value)
    assert f"schema 999, and this version knows schemas up to {kind.schema}" in str(caught.value)


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "content", ["", "{ half", "[]", '"text"', '{"schema": "two"}', "{}", "\xff"]
)
def test_a_damaged_file_is_refused_in_a_sentence(path: Path, content: str, tmp_path: Path) -> None:
    (tmp_path / path.name).write_text(content, encoding="latin-1")
    with pytest.raises(DamagedFile, match=path.name):
        kind_of(path).read(tmp_path / path.name)


def test_a_run_of_a_newer_version_stays_as_it_is(own_models: Path) -> None:
    run = runs.new_run("newer")
    newer = json.loads((FILES / "run-network.json").read_text()) | {SCHEMA: 3}
    (run.path / "run.json").write_text(json.dumps(newer))
    before = (run.path / "run.json").read_bytes()
    with pytest.raises(RunError, match=r"'newer' cannot be opened.*newer version of this"):
        runs.load_run("newer").info  # noqa: B018
    assert runs.all_runs() == []
    assert len(runs.broken_runs()) == 1
    assert runs.new_run("newer").name == "newer-2"
    assert (run.path / "run.json").read_bytes() == before


def test_all_shipped_runs_are_written_as_they_were_read(tmp_path: Path) -> None:
    for run in SHIPPED:
        for kind in ("run", "scores"):
            path = run.path / f"{kind}.json"
            written = KINDS[kind].upgrade(json.loads(path.read_text(encoding="utf-8")), path.name)
            assert files.agree(KINDS[kind].values(KINDS[kind].read(path)), written), path


def test_a_name_that_is_not_unicode_does_not_damage_a_file(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    RUN.write(replace(RUN.read(FILES / "run-network.json"), error="no caf\udce9.wav"), path)
    assert RUN.read(path).error == "no caf?.wav"


def test_what_was_a_dict_is_still_read_by_key_with_a_warning() -> None:
    scores = SCORES.read(FILES / "scores-split.json")
    with pytest.warns(DeprecationWarning, match="Use .accuracy in place of"):
        assert scores["accuracy"] == scores.accuracy
    with pytest.warns(DeprecationWarning), pytest.raises(KeyError):
        scores["nothing"]
