"""The package as it is installed: a wheel, away from the checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest
from packaging.requirements import Requirement

from mmc_core.moods import NAMES
from mmc_core.settings import DATA, PROJECT
from tests.support.runs import SHIPPED

CONFIG = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
SAMPLE = DATA / "samples" / "joplin-entertainer.ogg"
# What serving does without: a module of such a name cannot be imported.
REFUSED = (
    "tensorflow",
    "keras",
    "librosa",
    "mutagen",
    "numba",
    "streamlit",
    "plotly",
    "matplotlib",
    "seaborn",
)


def pins() -> dict[str, str]:
    """Versions by package, as the requirements files pin them."""
    text = "".join(
        (PROJECT / name).read_text(encoding="utf-8")
        for name in ("requirements.txt", "requirements-dev.txt", "docs/requirements.txt")
    )
    return dict(re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)", text, re.MULTILINE))


def declared() -> dict[str, Requirement]:
    """What pyproject.toml asks for by name, extras included."""
    project = CONFIG["project"]
    extras = project["optional-dependencies"].values()
    every = map(Requirement, chain(project["dependencies"], *extras))
    return {r.name: r for r in every if r.name != project["name"]}


def test_requirements_pin_what_the_package_asks_for() -> None:
    assert sorted(pins()) == sorted(declared())
    for name, requirement in declared().items():
        assert requirement.specifier.contains(pins()[name]), f"{requirement}: {pins()[name]}"
        assert any(bound.operator == ">=" for bound in requirement.specifier), requirement


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder that the wheel is unpacked to, as an installation does it."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    assert wheel.stat().st_size < 20e6
    with zipfile.ZipFile(wheel) as content:
        content.extractall(folder)
    wheel.unlink()
    refuse = "\n".join(
        [
            "import sys",
            "class Refuse:",
            "    def find_spec(self, name, path=None, target=None):",
            f"        if name in {REFUSED}:",
            "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)",
            "sys.meta_path.insert(0, Refuse())",
        ]
    )
    (folder / "refuse").mkdir()
    (folder / "refuse" / "sitecustomize.py").write_text(refuse)
    return folder


def run(folder: Path, home: Path, *arguments: str, full: bool = False) -> str:
    """What a process prints that knows the wheel's files and no checkout."""
    paths = [folder] if full else [folder, folder / "refuse"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MMC_", "XDG_"))}
    environment |= {"PYTHONPATH": os.pathsep.join(map(str, paths)), "HOME": str(home)}
    (home / "empty").mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=home / "empty",
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_serves_alone(installed: Path, tmp_path: Path) -> None:
    """Without TensorFlow, librosa, Streamlit and what draws, in an empty folder."""
    where = run(installed, tmp_path, "-c", "import mmc_core; print(mmc_core.__file__)")
    assert Path(where.strip()).is_relative_to(installed)
    assert not (installed / "studies").exists()
    text = run(installed, tmp_path, "-m", "mmc_core", "predict", str(SAMPLE), "--json")
    (answer,) = json.loads(text)
    (expected,) = json.loads(
        subprocess.run(
            [sys.executable, "-m", "mmc_core", "predict", str(SAMPLE), "--json"],
            cwd=PROJECT,
            capture_output=True,
            check=True,
        ).stdout
    )
    assert answer["mood"] == expected["mood"]
    for name in NAMES:
        assert answer["probabilities"][name] == pytest.approx(expected["probabilities"][name])
    run(installed, tmp_path, "-m", "mmc_core", "extract", str(SAMPLE), "--out", "table.parquet")
    table = pd.read_parquet(tmp_path / "empty" / "table.parquet")
    assert table["error"].isna().all()
    listed = json.loads(run(installed, tmp_path, "-m", "mmc_core", "datasets", "list", "--json"))
    assert [each["bundled"] for each in listed] == [
        ["summary", "table"],
        ["summary"],
        ["summary", "table"],
    ]
    scored = run(installed, tmp_path, "-m", "mmc_core", "evaluate", SHIPPED[0].name, "--json")
    assert 0 < json.loads(scored)["accuracy"] < 1
    three_lines = (
        "import mmc_core as mmc\n"
        f"print(mmc.predict({str(SAMPLE)!r}).mood)\n"
        "print(len(mmc.load_dataset('4qaed').table()))"
    )
    assert run(installed, tmp_path, "-c", three_lines).split() == [expected["mood"], "898"]


@pytest.mark.slow
def test_what_is_left_out_is_said(installed: Path, tmp_path: Path) -> None:
    for command, extra in (
        (["app"], "app"),
        (["report", "4qaed", "--out", "x.html"], "app"),
        (["library", "scan", "."], "library"),
    ):
        with pytest.raises(AssertionError, match=re.escape(f'pip install "mmc[{extra}]"')):
            run(installed, tmp_path, "-m", "mmc_core", *command)


@pytest.mark.slow
def test_the_installed_program_writes_to_the_person_s_folders(
    installed: Path, tmp_path: Path
) -> None:
    code = (
        "from mmc_core import runs, settings\n"
        "run = runs.new_run('4qaed-cnn1d')\n"
        "print(run.path, len(runs.all_runs()), settings.made_data_dir(), sep='\\n')"
    )
    made, n_runs, data = run(installed, tmp_path, "-c", code, full=True).split()
    assert Path(made).name == "4qaed-cnn1d-2"  # the name of a run of the project's is taken
    assert Path(made).is_relative_to(tmp_path)
    assert Path(data).is_relative_to(tmp_path)
    assert int(n_runs) == len(SHIPPED)


def test_the_api_is_loaded_late(tmp_path: Path) -> None:
    heavy = (*REFUSED, "numpy", "pandas", "scipy", "sklearn", "pyarrow", "onnxruntime")
    code = f"import sys, mmc_core; print([name for name in {heavy} if name in sys.modules])"
    assert run(PROJECT, tmp_path, "-c", code, full=True) == "[]\n"
