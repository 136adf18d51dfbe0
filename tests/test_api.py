"""The public API: every name documented by numpydoc's rules, with an example that runs."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from numpydoc.validate import validate

import mmc_core
from tests.support import api

# Conventions of ours that numpydoc holds for errors.
IGNORED = {
    "GL01": "a docstring begins on the line of its quotes",
    "GL02": "and ends where its text ends",
    "GL08": "what has no docstring is told apart below",
    "ES01": "a summary may be all there is to say",
    "SA01": "not everything has relatives",
    "SA04": "those that are named need no words",
    "SS03": "a summary may end in a shape",
    "SS05": "summaries name what is given, as nouns",
    "SS06": "a summary may take two lines",
    "RT03": "a returned type may say it all",
    "PR08": "descriptions of parameters may begin with code",
    "PR09": "and end with a shape",
    "RT04": "the same of returned values",
    "RT05": "the same of returned values",
}
DOCUMENTED = [
    name
    for name in sorted(mmc_core.__all__)
    if callable(getattr(mmc_core, name)) and not inspect.ismodule(getattr(mmc_core, name))
]


EXAMPLELESS = {"EX01": "what is raised is shown by what raises it", "PR01": "its message"}


def is_error(name: str) -> bool:
    thing = getattr(mmc_core, name)
    return inspect.isclass(thing) and issubclass(thing, Exception)


def test_some_forty_to_sixty_names() -> None:
    assert 40 <= len(mmc_core.__all__) <= 60
    assert len(mmc_core.__all__) == len(set(mmc_core.__all__))


def test_every_name_has_one_subject() -> None:
    placed = [name for names in api.SUBJECTS.values() for name in names]
    assert sorted(placed) == sorted(mmc_core.__all__)


def test_the_stub_is_what_is_loaded() -> None:
    for name in mmc_core.__all__:
        assert getattr(mmc_core, name) is not None
    assert set(mmc_core.__all__) <= set(dir(mmc_core))


@pytest.mark.filterwarnings("ignore")
def test_docstrings_are_numpydocs() -> None:
    errors = []
    for name in DOCUMENTED:
        result = validate(api.home(name))
        ignored = IGNORED | EXAMPLELESS if is_error(name) else IGNORED
        errors += [
            f"{name}: {code} {text}" for code, text in result["errors"] if code not in ignored
        ]
    assert not errors, "\n".join(errors)


def test_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example in a docstring of the package."""
    monkeypatch.chdir(tmp_path)
    attempted = 0
    for module in pkgutil.walk_packages(mmc_core.__path__, "mmc_core."):
        text = Path(importlib.util.find_spec(module.name).origin).read_text("utf-8")  # type: ignore
        if ">>>" not in text:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results = doctest.testmod(importlib.import_module(module.name))
        assert not results.failed, module.name
        attempted += results.attempted
    print(f"{attempted} examples")
    assert attempted >= len(DOCUMENTED)


def test_wrong_use_is_said_before_anything_is_done(own_models: Path) -> None:
    cases: list[tuple[Callable[[], object], str, str]] = [
        (lambda: mmc_core.evaluate("cnn1d", protocol="Grouped"), "UnknownName", "no protocol"),
        (lambda: mmc_core.evaluate("cnn1d", protocol="hold-out"), "UnknownName", "no protocol"),
        (
            lambda: mmc_core.evaluate("svm", protocol="grouped", folds=1),
            "RecipeError",
            "at least 2 folds",
        ),
        (
            lambda: mmc_core.extract_features(b"", engine="essentia"),
            "AudioError",
            "empty",
        ),
        (
            lambda: mmc_core.extract_features(
                mmc_core.sample("joplin-entertainer"), engine="essentia"
            ),
            "UnknownName",
            "no engine",
        ),
    ]
    for wrong, error, says in cases:
        with pytest.raises(getattr(mmc_core, error), match=says):
            wrong()
    assert not list(own_models.iterdir())


def test_a_run_that_cannot_predict_says_so() -> None:
    with pytest.raises(mmc_core.RunError, match="no finished model"):
        mmc_core.predict(
            mmc_core.sample("joplin-entertainer"), mmc_core.load_run("4qaed-svm-grouped-10")
        )


@pytest.mark.parametrize("kind", ["boxplot", "histogram", "violin", "ridgeline", "ecdf"])
def test_plots_have_their_former_names_for_a_while(kind: str) -> None:
    with pytest.warns(DeprecationWarning, match="use mmc.plot"):
        draw = getattr(mmc_core, kind)
    feature = next(each for each in mmc_core.FEATURES if each.name == "tempo")
    data = {"4QAED": mmc_core.load_dataset("4qaed").summary().by_mood("tempo")}
    assert draw(feature, data).plot.to_json() == mmc_core.plot(feature, data, kind).plot.to_json()


def test_an_unknown_plot_is_answered_with_the_known() -> None:
    feature = next(each for each in mmc_core.FEATURES if each.name == "tempo")
    with pytest.raises(mmc_core.UnknownName, match="expected boxplot, histogram"):
        mmc_core.plot(feature, {}, "pie")
