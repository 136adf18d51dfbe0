"""The example of docs/add_a_dataset.md, built and held to the contract as it stands there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from click.testing import CliRunner

from mmc_core import datasets
from mmc_core.cli.main import main
from mmc_core.errors import DatasetError
from mmc_core.moods import NAMES
from mmc_core.settings import PROJECT
from tests.support import contract
from tests.support.sounds import write_tone

DOCUMENT = (PROJECT / "docs" / "add_a_dataset.md").read_text(encoding="utf-8")


pytestmark = pytest.mark.usefixtures("one_process")


def block(language: str) -> str:
    (content,) = re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    return str(content)


@pytest.fixture
def humming(tmp_path: Path) -> ModuleType:
    """The loader, as a module."""
    path = tmp_path / "humming.py"
    path.write_text(block("python"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("humming", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Its folder: the list, and a made sound for each of its files."""
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / "labels.csv").write_text(block("csv"), encoding="utf-8")
    for i, name in enumerate(pd.read_csv(folder / "labels.csv")["file"]):
        write_tone(folder / "clips" / name, 200.0 + 40 * i)
    return folder


def test_it_is_built_and_keeps_the_contract(
    humming: ModuleType, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmc_core.settings.DATA", tmp_path / "data")
    monkeypatch.setitem(datasets.DATASETS, "humming", humming.Humming())
    command = ["datasets", "build", "humming", "--audio", str(release)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    dataset = datasets.get("humming")
    contract.check_texts(dataset)
    contract.check_summary(dataset)
    contract.check_table(dataset, dataset.table())
    table = dataset.table().set_index("clip")
    assert dataset.clips() == dict(zip(NAMES, (2, 1, 2, 1), strict=True))
    assert table["group"].to_dict() == {
        f"{name[0].lower()}{i}": f"singer {name}" for name in ("Ada", "Ben", "Cleo") for i in (1, 2)
    }


def test_what_it_lacks_is_said(humming: ModuleType, release: Path, tmp_path: Path) -> None:
    dataset = humming.Humming()
    with pytest.raises(DatasetError, match=r"expected a folder with labels\.csv"):
        dataset.build(tmp_path, lambda *_: None)
    (release / "clips" / "b1.wav").unlink()
    with pytest.raises(DatasetError, match=r"1 of 6 clips of Humming .*b1"):
        dataset.build(release, lambda *_: None)
    (release / "labels.csv").write_text("file,mood,singer\na1.wav,bored,Ada\n")
    with pytest.raises(DatasetError, match=r"moods \['bored'\]; expected happy"):
        dataset.build(release, lambda *_: None)
