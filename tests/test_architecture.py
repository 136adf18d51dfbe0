"""A module imports only from those before it, and heavy or foreign things stay in their place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from mmc_core.moods import NAMES
from mmc_core.settings import PROJECT

# One way through, from sound to page; `docs/architecture.md` draws the same.
ORDER = (
    "mmc_core",
    "mmc_core.moods",
    "mmc_core.vote",
    "mmc_core.errors",
    "mmc_core.settings",
    "mmc_core.audio",
    "mmc_core.features",
    "mmc_core.features.spectra",
    "mmc_core.features.images",
    "mmc_core.features.scalars",
    "mmc_core.features.schema",
    "mmc_core.features.encode",
    "mmc_core.extract",
    "mmc_core.statistics",
    "mmc_core.tables",
    "mmc_core.clips",
    "mmc_core.separation",
    "mmc_core.pictures",
    "mmc_core.sound_words",
    "mmc_core.placement",
    "mmc_core.datasets.base",
    "mmc_core.datasets.duplicates",
    "mmc_core.datasets.emopia",
    "mmc_core.datasets.fourqaed",
    "mmc_core.datasets.turkish",
    "mmc_core.datasets.problems",
    "mmc_core.datasets.sheets",
    "mmc_core.datasets.given",
    "mmc_core.datasets.own",
    "mmc_core.datasets",
    "mmc_core.recipes",
    "mmc_core.splits",
    "mmc_core.scores",
    "mmc_core.augment",
    "mmc_core.inputs",
    "mmc_core.plain",
    "mmc_core.separability",
    "mmc_core.projection",
    "mmc_core.shift",
    "mmc_core.extraction",
    "mmc_core.runs",
    "mmc_core.provenance",
    "mmc_core.original",
    "mmc_core.catalogue",
    "mmc_core.cards",
    "mmc_core.networks",
    "mmc_core.networks.augment",
    "mmc_core.networks.build",
    "mmc_core.networks.fit",
    "mmc_core.networks.learn",
    "mmc_core.train",
    "mmc_core.evaluate",
    "mmc_core.predict",
    "mmc_core.studies",
    "mmc_core.compare",
    "mmc_core.verdict",
    "mmc_core.background",
    "mmc_core.results",
    "mmc_core.figures",
    "mmc_core.figures.style",
    "mmc_core.findings",
    "mmc_core.figures.plane",
    "mmc_core.figures.distributions",
    "mmc_core.figures.shapes",
    "mmc_core.figures.ranking",
    "mmc_core.figures.grey",
    "mmc_core.figures.ggplot",
    "mmc_core.figures.comparison",
    "mmc_core.figures.curves",
    "mmc_core.figures.evaluation",
    "mmc_core.figures.song",
    "mmc_core.figures.clip",
    "mmc_core.figures.placement",
    "mmc_core.figures.studies",
    "mmc_core.prints",
    "mmc_core.report",
    "mmc_core.cli",
    "mmc_core.__main__",
    "mmc_core.ui",
    "mmc_core.ui.shell",
    "mmc_core.ui.load",
    "mmc_core.ui.show",
    "mmc_core.ui.pick",
    "mmc_core.ui.printed",
    "mmc_core.ui.numbers",
    "mmc_core.ui.categories",
    "mmc_core.ui.features",
    "mmc_core.ui.ranking",
    "mmc_core.ui.listen",
    "mmc_core.ui.answer",
    "mmc_core.ui.clip",
    "mmc_core.ui.live",
    "mmc_core.ui.curves",
    "mmc_core.ui.quality",
    "mmc_core.ui.trainer",
    "mmc_core.ui.builder",
    "mmc_core.ui.versus",
)
MODULES = {
    ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((PROJECT / "mmc_core").rglob("*.py"))
}
PAGES = [PROJECT / "app.py", *sorted((PROJECT / "pages").glob("*.py"))]


def imports(path: Path) -> set[str]:
    """Modules that a file imports anywhere, those of ours in full."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = inside & set(MODULES)
            found |= modules or {node.module}
            if modules and modules != inside:
                found.add(node.module)
    return found


def test_every_module_has_its_place() -> None:
    assert sorted(ORDER) == sorted(MODULES)


@pytest.mark.parametrize("module", ORDER)
def test_imports_come_from_above(module: str) -> None:
    earlier = set(ORDER[: ORDER.index(module)])
    ours = {name for name in imports(MODULES[module]) if name.split(".")[0] == "mmc_core"}
    assert ours <= earlier, f"{module} imports from below: {sorted(ours - earlier)}"


def importers(package: str) -> set[str]:
    return {
        module
        for module, path in MODULES.items()
        if any(name.split(".")[0] == package for name in imports(path))
    }


def test_tensorflow_is_only_for_training() -> None:
    found = importers("keras") | importers("tensorflow")
    assert found
    assert all(module.startswith("mmc_core.networks") for module in found)


def test_only_ui_and_pages_know_streamlit() -> None:
    assert all(module.startswith("mmc_core.ui") for module in importers("streamlit"))
    assert importers("streamlit")


def test_pages_reach_neither_files_nor_features() -> None:
    for page in PAGES:
        assert not imports(page) & {"pathlib", "os", "librosa", "soundfile", "onnxruntime"}
        assert "mmc_core.features.spectra" not in imports(page)


def test_nothing_else_spells_a_mood() -> None:
    for module, path in MODULES.items():
        if module == "mmc_core.moods":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Constant) and node.value in NAMES), module


def test_no_unsafe_loading() -> None:
    for path in [*MODULES.values(), *PAGES]:
        text = path.read_text(encoding="utf-8")
        for unsafe in ("pickle", "joblib.load", "load_model", "allow_pickle", "shell=True"):
            assert unsafe not in text, f"{path.name} has {unsafe}"
