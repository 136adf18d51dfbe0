"""The comparisons that come with the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from mmc_core import datasets
from mmc_core._typing import no_progress
from mmc_core.cli.main import main
from mmc_core.comparison import compare, conclusions, draws, store, transfer
from mmc_core.comparison.result import Comparison
from mmc_core.errors import NewerFile
from mmc_core.files import agree
from mmc_core.moods import NAMES
from mmc_core.settings import DATA

SAVED = sorted((DATA / "comparisons").glob("*.json"))


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_comparisons_are_of_the_datasets_as_they_are(path: Path) -> None:
    values = json.loads(path.read_text())
    comparison = store.load(values["datasets"])
    assert comparison
    assert comparison.to_json() == values  # nothing of the file is lost in the model
    assert comparison.missing == {}
    assert path == store.saved_path(comparison.datasets)
    assert comparison.command == f"mmc compare {' '.join(comparison.datasets)}"
    n = len(comparison.datasets)
    assert len(comparison.transfer) == 3 * n * n
    assert len(comparison.differences) == n * (n - 1) / 2
    for measures in comparison.separability.values():
        accuracy = measures["accuracy"]
        assert accuracy.p < 0.05
        assert accuracy.chance
        assert accuracy.low > accuracy.chance
    assert len(conclusions.answer(comparison)) == 4


def test_every_set_of_the_projects_datasets_is_saved() -> None:
    n = len(datasets.DATASETS)
    assert len(SAVED) == 2**n - n - 1


@pytest.mark.slow
def test_a_comparison_comes_out_again(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the networks, whose last digits depend on the machine."""
    datasets.load_dataset("turkish").fetch()
    monkeypatch.setattr(transfer, "_by_network", lambda draws: [])
    saved = store.load(["4qaed", "turkish"])
    assert saved
    again = compare.work_out(["4qaed", "turkish"], saved.moods, no_progress)
    assert agree(again.to_json()["shift"], saved.to_json()["shift"])
    assert agree(again.effects, saved.effects)
    one, other = (_learned(each) for each in (again, saved))
    assert set(one) == set(other)
    for key, value in other.items():
        # An answer more or less may tip on another machine.
        expected = pytest.approx(value, rel=1e-4, abs=0.01) if isinstance(value, float) else value
        assert one[key] == expected, key


def _learned(comparison: Comparison) -> dict[str, Any]:
    """Every number by its name, but those of networks."""
    values = comparison.to_json()
    values["transfer"] = [e for e in values["transfer"] if e["model"] != transfer.NETWORK]
    parts = {key: values[key] for key in ("separability", "differences", "by_group", "transfer")}
    flat = pd.json_normalize(_indexed(parts)).iloc[0]
    return {str(key): value for key, value in flat.items()}


def _indexed(content: Any) -> Any:
    """Lists as mappings, so that every number has a name."""
    if isinstance(content, dict):
        return {key: _indexed(value) for key, value in content.items()}
    return _indexed(dict(enumerate(content))) if isinstance(content, list) else content


def test_the_command_prints_one_document() -> None:
    """From what is saved: at once, and the same each time."""
    runs = [
        CliRunner().invoke(main, ["compare", *ids, "--json"])
        for ids in (["turkish", "4qaed"], ["4qaed", "turkish"])
    ]
    assert [run.exit_code for run in runs] == [0, 0]
    assert runs[0].stdout == runs[1].stdout
    document = json.loads(runs[0].stdout)
    assert len(document["answer"]) == 4
    assert document["caveats"]
    assert document["answer"][0] in CliRunner().invoke(main, ["compare", "4qaed", "turkish"]).stdout


def test_wrong_use_of_the_command() -> None:
    for arguments in (["4qaed"], ["4qaed", "turkish", "--moods", "bored,sad"]):
        run = CliRunner().invoke(main, ["compare", *arguments])
        assert run.exit_code == 2
        assert "expected" in run.stderr


def test_constants_are_those_of_the_saved() -> None:
    for path in SAVED:
        values = json.loads(path.read_text())
        assert (values["draws"], values["folds"]) == (draws.DRAWS, draws.FOLDS)


def test_a_comparison_of_a_newer_version_stays_as_it_is(own_cache: Path) -> None:
    ids, moods = ["4qaed", "turkish"], NAMES[:2]
    path = store.saved_path(ids, moods)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"schema": 999, "weather": "fair"}))
    before = path.read_bytes()
    assert store.load(ids, moods) is None
    with pytest.raises(NewerFile, match="Update the program"):
        compare.compare(ids, moods=moods)
    assert path.read_bytes() == before
