"""The command line as scripts see it: output, standard error, exit codes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from click.testing import CliRunner, Result

from mmc_core import runs
from mmc_core.cli.main import main
from mmc_core.datasets.downloads import Download
from mmc_core.datasets.turkish import Turkish
from mmc_core.features.images import IMAGES
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.moods import NAMES
from mmc_core.settings import PROJECT
from tests.support.votes import always_say


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_datasets_list_json() -> None:
    result = run("datasets", "list", "--json")
    assert result.exit_code == 0
    listed = {entry["id"]: entry for entry in json.loads(result.stdout)}
    assert listed["4qaed"]["clips"] == dict(zip(NAMES, [223, 225, 225, 225], strict=True))
    assert listed["turkish"]["clips"] == dict.fromkeys(NAMES, 100)
    assert listed["4qaed"]["bundled"] == ["summary", "table"]
    assert listed["turkish"]["fetchable"] is True
    assert set(listed["turkish"]) == {
        *("id", "title", "clips", "bundled", "own", "fetchable", "licence", "citation")
    }


def test_datasets_list_for_people() -> None:
    assert "happy 223" in run("datasets", "list").stdout


def test_predict_json(samples: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_text("no song")
    result = run("predict", "--model", "1", "--json", samples[0], broken, tmp_path / "none.wav")
    assert result.exit_code == 1
    good, bad, missing = json.loads(result.stdout)
    assert good["file"] == str(samples[0])
    assert good["mood"] in NAMES
    assert good["model"] == runs.find("1").name
    assert good["error"] is None
    assert bad["mood"] is missing["mood"] is None
    assert "not a sound file" in bad["error"]
    assert "none.wav could not be" in missing["error"]


def test_predict_for_people(samples: list[Path]) -> None:
    result = run("predict", "--timeline", samples[0])
    assert result.exit_code == 0
    assert f"{samples[0]}: " in result.stdout
    assert " to " in result.stdout


def test_predict_searches_folders(samples: list[Path]) -> None:
    result = run("predict", "--json", samples[0].parent)
    assert [Path(p["file"]) for p in json.loads(result.stdout)] == samples


def test_predict_shows_the_votes(vote_models: runs.Run, samples: list[Path]) -> None:
    always_say([[0.7, 0.1, 0.1, 0.1], [0.2, 0.5, 0.2, 0.1], [0.2, 0.6, 0.1, 0.1]])
    result = run("predict", "--model", "2", samples[0])
    assert result.exit_code == 0
    song, *votes = result.stdout.splitlines()
    assert song.startswith(f"{samples[0]}: {NAMES[1]}  {NAMES[0]}  37 %")
    for line, kind, mood in zip(votes, IMAGES.values(), (0, 1, 1), strict=True):
        assert line.startswith(f"  {kind.title}: ")
        assert line.split(":")[1].split()[0] == NAMES[mood]
        assert line.count("%") == 4


def test_predict_gives_the_votes_in_json(vote_models: runs.Run, samples: list[Path]) -> None:
    result = run("predict", "--model", "2", "--json", samples[0])
    (prediction,) = json.loads(result.stdout)
    assert prediction["model"] == vote_models.name
    assert [vote["input"] for vote in prediction["votes"]] == list(IMAGES)
    member = run("predict", "--model", vote_models.members()[0].name, "--json", samples[0])
    (alone,) = json.loads(member.stdout)
    assert alone["votes"] is None
    assert alone["probabilities"] == prediction["votes"][0]["probabilities"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("predict", "--model", "nothing", "x.wav"), "no model 'nothing'"),
        (("train", "nothing"), "no recipe 'nothing'"),
        (("train", "cnn1d", "--set", "epochs=x"), "epochs is 'x'"),
        (("datasets", "fetch", "nothing"), "no dataset 'nothing'"),
        (("extract", "nothing.wav", "--out", "t.parquet"), "does not exist"),
        (("predict",), "Missing argument"),
        (("nonsense",), "No such command"),
    ],
)
def test_wrong_use_is_2_and_a_sentence(arguments: tuple[str, ...], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_failed_fetch_is_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    monkeypatch.setattr(Turkish, "download", Download("http://127.0.0.1:9/x", "0" * 64, "x"))
    result = run("datasets", "fetch", "turkish")
    assert result.exit_code == 1
    assert "Check the connection" in result.stderr


def test_fetch_from_the_mirror(workbook: Path, own_cache: Path) -> None:
    assert run("datasets", "fetch", "turkish").exit_code == 0
    assert (own_cache / "datasets" / "turkish.parquet").exists()


def test_extract_writes_a_row_a_file(tmp_path: Path) -> None:
    y = np.random.default_rng(0).normal(0, 0.1, 44_100)
    soundfile.write(tmp_path / "a.wav", y, 22_050)
    (tmp_path / "b.mp3").write_text("no song")
    out = tmp_path / "out" / "table.parquet"
    result = run("extract", tmp_path, "--out", out, "--jobs", 1)
    assert result.exit_code == 1
    assert "b.mp3 is not a sound file" in result.stderr
    table = pd.read_parquet(out)
    assert list(table)[:3] == ["path", "duration_s", "error"]
    assert list(table)[3:60] == list(ORIGINAL_57)
    assert table["error"].isna().tolist() == [True, False]
    assert [path.name for path in out.parent.iterdir()] == ["table.parquet"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("extract", ".", "--out", "x.csv"), 2, "ending in .parquet"),
        (("extract", ".", "--out", "x.parquet", "--jobs", "0"), 2, "--jobs"),
        (("extract", ".", "--out", "x.parquet"), 2, "no sound file"),
        (("predict", "."), 2, "no sound file"),
    ],
)
def test_what_cannot_be_done_is_said_first(
    arguments: tuple[str, ...],
    code: int,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert says in result.stderr


def test_odd_files_of_a_folder_are_rows(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.random.default_rng(0).normal(0, 0.1, 44_100), 22_050)
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    out = tmp_path / "t.parquet"
    assert run("extract", tmp_path, "--out", out, "--jobs", 1).exit_code == 1
    assert pd.read_parquet(out)["error"].isna().tolist() == [True, False]


def test_a_cache_that_cannot_be_written_is_said(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MMC_CACHE", str(tmp_path / "file"))
    result = run("datasets", "fetch", "turkish")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize("value", ["much", "inf", "-inf", "nan", "-1", "0", "1e300"])
@pytest.mark.parametrize("variable", ["MMC_MAX_BYTES", "MMC_MAX_SECONDS"])
def test_limits_that_make_no_sense_are_said(
    variable: str, value: str, samples: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    result = run("predict", samples[0])
    assert result.exit_code == 2
    assert f"Error: {variable} should be a " in result.stderr
    assert f"got {value!r}" in result.stderr


def imported(*arguments: str) -> set[str]:
    """Top-level modules that a fresh process imports."""
    command = [sys.executable, "-X", "importtime", "-m", "mmc_core", *arguments]
    process = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    lines = [line for line in process.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


def test_serving_imports_nothing_heavy(samples: list[Path]) -> None:
    modules = imported("predict", "--model", "1", "--json", str(samples[0]))
    assert "onnxruntime" in modules
    heavy = {"tensorflow", "keras", "librosa", "numba", "pandas", "sklearn", "streamlit"}
    assert not modules & heavy


def test_help_imports_next_to_nothing() -> None:
    modules = imported("--help")
    assert "click" in modules
    assert not modules & {"numpy", "scipy", "pandas", "onnxruntime", "soundfile", "pyarrow"}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(30, "Read-only file system"), r"Read-only.*TMPDIR.*MMC_CACHE"),
        (OSError(28, "No space left on device", "/music/a.csv"), r"No space left.*/music/a\.csv"),
        (OSError("Cannot write the table"), r"Cannot write the table.*MMC_CACHE"),
    ],
    ids=str,
)
def test_errors_of_the_system_name_a_file_or_where_files_go(
    monkeypatch: pytest.MonkeyPatch, error: OSError, expected: str
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("mmc_core.datasets.every", fail)
    result = run("datasets", "list")
    assert result.exit_code == 1
    assert re.search(expected, result.stderr), result.stderr
