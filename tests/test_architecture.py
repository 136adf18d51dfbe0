"""A module imports only from those before it, and heavy or foreign things stay in their place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from mmc_core.moods import NAMES
from mmc_core.settings import PROJECT
from tests.support.modules import MODULES, STUDIES

PAGES = [PROJECT / "app.py", *sorted((PROJECT / "pages").glob("*.py"))]


def nodes_that_run(node: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes below one, in functions too, but for what only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield child
            yield from nodes_that_run(child)


def imports(path: Path, nodes: Callable[[ast.AST], Iterable[ast.AST]] = ast.walk) -> set[str]:
    """Return the modules that a file imports anywhere, those of ours in full."""
    imported = set()
    for node in nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = inside & set(MODULES | STUDIES)
            imported |= modules or {node.module}
            if modules and modules != inside:
                imported.add(node.module)
    return imported


def test_modules_import_only_from_layers_below() -> None:
    assert lint_imports(str(PROJECT / "pyproject.toml"), no_cache=True) == 0


def check_no_circle(modules: dict[str, Path]) -> None:
    """Raise CycleError if modules import each other in a circle, inside of functions too."""
    graph = {
        module: imports(path, nodes_that_run) & set(modules) - {module}
        for module, path in modules.items()
    }
    TopologicalSorter(graph).prepare()


def test_no_modules_import_each_other_in_a_circle() -> None:
    check_no_circle(MODULES | STUDIES)


def test_a_circle_through_a_function_is_seen(tmp_path: Path) -> None:
    texts = {"mmc_core.moods": "import mmc_core.errors", "mmc_core.errors": ""}
    paths = {module: tmp_path / f"{module}.py" for module in texts}
    for module, text in texts.items():
        paths[module].write_text(text, encoding="utf-8")
    check_no_circle(paths)
    paths["mmc_core.errors"].write_text("def f():\n    from mmc_core import moods\n")
    with pytest.raises(CycleError, match="moods"):
        check_no_circle(paths)


def test_the_root_holds_few_modules_and_no_module_is_long() -> None:
    assert len(list((PROJECT / "mmc_core").glob("*.py"))) <= 8
    for module, path in (MODULES | STUDIES).items():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, module


def importers(package: str) -> set[str]:
    return {
        module
        for module, path in MODULES.items()
        if any(name.split(".")[0] == package for name in imports(path))
    }


def test_tensorflow_is_only_for_training() -> None:
    imported = importers("keras") | importers("tensorflow")
    assert imported
    assert all(module.startswith("mmc_core.learning.networks") for module in imported)


def test_only_ui_and_pages_know_streamlit() -> None:
    assert all(module.startswith("mmc_core.ui") for module in importers("streamlit"))
    assert importers("streamlit")


def test_pages_reach_neither_files_nor_features() -> None:
    for page in PAGES:
        assert not imports(page) & {"pathlib", "os", "librosa", "soundfile", "onnxruntime"}
        assert "mmc_core.features.spectra" not in imports(page)


def test_pages_are_drawn_anew_by_what_gives_values_again() -> None:
    for path in [*MODULES.values(), *PAGES]:
        if path.name != "address.py":
            assert "st.rerun(" not in path.read_text(encoding="utf-8"), path


def test_nothing_else_spells_a_mood() -> None:
    for module, path in (MODULES | STUDIES).items():
        if module == "mmc_core.moods":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Constant) and node.value in NAMES), module


def test_no_unsafe_loading() -> None:
    for path in [*MODULES.values(), *STUDIES.values(), *PAGES]:
        text = path.read_text(encoding="utf-8")
        if path.name == "efficientat.py":  # tensors alone can be named: tests/features
            text = text.replace("pickle.Unpickler", "").replace("pickle.UnpicklingError", "")
            text = text.replace("import pickle", "").replace("pickled index", "")
        for unsafe in ("pickle", "joblib.load", "load_model", "allow_pickle", "shell=True"):
            assert unsafe not in text, f"{path.name} has {unsafe}"
