"""What the documentation says is what the files say."""

from __future__ import annotations

import dataclasses
import re

import pytest

from mmc_core import recipes, runs
from mmc_core.cards import command, model_card
from mmc_core.datasets import DATASETS
from mmc_core.settings import DATA, PROJECT
from tests import SHIPPED
from tests.test_architecture import MODULES

README = (PROJECT / "README.md").read_text(encoding="utf-8")
DOCS = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("data/*/README.md")]


def results_row(run: runs.Run) -> str:
    scores = run.scores
    low, high = scores["interval"]
    return (
        f"| {DATASETS[run.dataset].title} | 1D CNN | {scores['n']} "
        f"| {scores['accuracy']:.3f} ({low:.3f} to {high:.3f}) | {scores['macro_f1']:.3f} "
        f"| {scores['baselines']['majority']:.3f} | {scores['baselines']['shuffled_labels']:.3f} "
        f"| {scores['references']['extra_trees']:.3f} |"
    )


@pytest.mark.parametrize("run", SHIPPED, ids=lambda run: run.name)
def test_the_readmes_results_are_the_runs(run: runs.Run) -> None:
    assert results_row(run) in README


@pytest.mark.parametrize("run", SHIPPED, ids=lambda run: run.name)
def test_a_card_is_what_the_run_makes_of_it(run: runs.Run) -> None:
    assert (run.path / "card.md").read_text(encoding="utf-8") == model_card(run)


def test_a_card_names_the_command_that_makes_the_run() -> None:
    recipe = recipes.load("cnn1d", ["dataset=turkish", "epochs=3", "filters=[4,4,4]"])
    said = command(dataclasses.asdict(recipe))
    assert said == (
        "python -m mmc_core train cnn1d --set dataset=turkish --set filters=[4,4,4] --set epochs=3"
    )
    settings = [part.strip() for part in said.split("--set")[1:]]
    assert recipes.load("cnn1d", settings) == recipe


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_links_lead_somewhere(document) -> None:  # type: ignore[no-untyped-def]
    for target in re.findall(r"\]\(([^)]+)\)", document.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_every_dataset_has_a_card_with_its_citation(dataset) -> None:  # type: ignore[no-untyped-def]
    card = " ".join((DATA / dataset.id / "README.md").read_text(encoding="utf-8").split())
    doi = re.search(r"10\.\d+/[\w.]+\d", dataset.citation)
    assert doi and doi[0] in card
    assert doi[0] in README
    assert dataset.title in card


def test_the_architecture_names_every_module() -> None:
    drawn = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for path in MODULES.values():
        inside = path.relative_to(PROJECT / "mmc_core")
        file, folder = inside.as_posix(), f"{inside.parts[0]}/"
        named = f"`{file}`" in drawn or f"`{folder}`" in drawn
        assert named or inside.name == "__init__.py", file


def test_no_file_is_large() -> None:
    for folder in ("data", "models", "docs"):
        for path in (PROJECT / folder).rglob("*"):
            assert path.is_dir() or path.stat().st_size < 10_000_000, path
