"""The documentation's site: built without a warning and without the network, and whole."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest

import mmc_core
from mmc_core.settings import PROJECT
from tests.support.walk import Walk

NEEDED = ("sphinx", "furo", "myst_nb", "sphinx_gallery", "sphinx_click", "sphinx_design")
NOTEBOOK = PROJECT / "docs" / "notebooks" / "leak.ipynb"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built in a copy of the project; links that lead nowhere are warnings, and so errors."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"needs docs/requirements.txt: {', '.join(missing)} not installed")
    newcomer = Walk(tmp_path_factory.mktemp("site"))
    (newcomer.folder / "tests").mkdir()
    for name in ("__init__.py", "support/__init__.py", "support/api.py"):
        target = newcomer.folder / "tests" / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((PROJECT / "tests" / name).read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *("-q", "-W", "-c", "docs"), ".", "build/docs"],
        cwd=newcomer.folder,
        env=newcomer.environment | {"http_proxy": "http://127.0.0.1:9", "https_proxy": "x"},
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, done.stderr
    return newcomer.folder / "build" / "docs"


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        for tag in re.findall(r"<(?:script|link|img)[^>]*>", page.read_text(encoding="utf-8")):
            assert not re.search(r"""(src|href)=["'](https?:)?//""", tag), (page, tag)
    for style in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", style.read_text("utf-8"))


def test_every_public_name_and_command_has_its_place(site: Path) -> None:
    from mmc_core.cli.main import main

    reference = "".join(
        page.read_text(encoding="utf-8") for page in site.glob("docs/generated/reference/*.html")
    )
    for name in mmc_core.__all__:
        assert f'id="mmc_core.{name}"' in reference or f'id="module-mmc_core.{name}"' in reference
    commands = (site / "docs" / "commands.html").read_text(encoding="utf-8")
    for group_name, group in shown(main):
        assert f'id="mmc-{group_name}"' in commands
        for name, _ in shown(group) if isinstance(group, click.Group) else ():
            assert f'id="mmc-{group_name}-{name}"' in commands


def shown(group: click.Group) -> list[tuple[str, click.Command]]:
    """Commands but for those that are deprecated, which --help leaves out too."""
    return [(name, each) for name, each in group.commands.items() if not each.hidden]


def test_every_script_of_the_gallery_made_its_pictures(site: Path) -> None:
    for script in sorted((PROJECT / "docs" / "gallery").glob("plot_*.py")):
        page = site / "docs" / "generated" / "gallery" / f"{script.stem}.html"
        assert f"sphx_glr_{script.stem}_001" in page.read_text(encoding="utf-8")
        pictures = list((site / "_images").glob(f"sphx_glr_{script.stem}_0*.png"))
        assert len(pictures) >= script.read_text(encoding="utf-8").count("plt.show()")


def test_every_card_is_there(site: Path) -> None:
    cards = [*PROJECT.glob("data/*/README.md"), *PROJECT.glob("models/*/card.md")]
    for card in cards:
        assert (site / card.relative_to(PROJECT).with_suffix(".html")).exists(), card


def test_the_notebook_measures_the_leak() -> None:
    nbformat = pytest.importorskip("nbformat", reason="needs docs/requirements.txt")
    nbclient = pytest.importorskip("nbclient", reason="needs docs/requirements.txt")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs for cell in cells)  # as it is committed
    with pytest.MonkeyPatch.context() as patch:
        paths = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
        patch.setenv("PYTHONPATH", os.pathsep.join(paths))
        folder = {"metadata": {"path": str(NOTEBOOK.parent)}}
        nbclient.NotebookClient(
            notebook, timeout=1800, startup_timeout=600, resources=folder
        ).execute()
    printed = "".join(output.get("text", "") for cell in cells for output in cell.outputs)
    found = dict(re.findall(r"^([a-z ]+): +(0\.\d+)$", printed, re.MULTILINE))
    fair, honest, leaky = (
        float(found[f"{arm}copies{rest}"])
        for arm, rest in (("no ", ""), ("", " of the training clips"), ("", " of all clips"))
    )
    assert leaky > 0.9
    assert abs(honest - fair) < 0.05 and fair < 0.7
    study = json.loads((PROJECT / "data" / "studies" / "leak.json").read_text(encoding="utf-8"))
    for arm, text in study["arms"].items():
        mean = np.mean([split["accuracy"][arm] for split in study["splits"]])
        assert f"{mean:.3f}  {text}" in printed
    assert "grouped folds: 0 clips have their artist in training" in printed
