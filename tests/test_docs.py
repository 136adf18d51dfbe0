"""What the documentation says is what the files say."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

import mmc_core
from mmc_core import runs
from mmc_core.datasets import DATASETS
from mmc_core.errors import RunError
from mmc_core.learning import recipes
from mmc_core.moods import NAMES
from mmc_core.prediction import occlusion
from mmc_core.runs import writing
from mmc_core.runs.cards import command, model_card
from mmc_core.settings import DATA, PROJECT
from studies import results
from tests.support import api, walk
from tests.support.modules import MODULES
from tests.support.runs import SHIPPED, run_info

README = (PROJECT / "README.md").read_text(encoding="utf-8")
DOCS = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("data/*/README.md")]


TABLES = [PROJECT / "README.md", PROJECT / "docs" / "honest_results.md"]


@pytest.fixture
def only_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person may have trained and evaluated more."""
    monkeypatch.setattr(runs, "all_runs", lambda: SHIPPED)


@pytest.mark.usefixtures("only_shipped")
@pytest.mark.parametrize("document", TABLES, ids=lambda path: path.name)
def test_tables_are_what_the_runs_make(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert results.MARKED.search(text)
    assert results.put_into(text) == text


@pytest.mark.usefixtures("only_shipped")
def test_every_table_is_shown_somewhere() -> None:
    shown = "".join(document.read_text(encoding="utf-8") for document in TABLES)
    assert {found[1] for found in results.MARKED.findall(shown)} == set(results.BLOCKS)


@pytest.mark.usefixtures("only_shipped")
def test_every_evaluation_is_in_the_table() -> None:
    """And none is set beside one of another dataset or protocol without both being said."""
    evaluated = [run for run in SHIPPED if not run.is_training]
    rows = results.main_table().splitlines()[2:]
    assert len(rows) == len(evaluated)
    for run in evaluated:
        protocol = run.info.protocol.name
        title = DATASETS[run.dataset].title
        assert [
            row
            for row in rows
            if f"| {title} | {run.title} |" in row
            and (f"| {protocol}, " in row or f"| {protocol} |" in row)
            and f"**{run.scores.accuracy:.3f}**" in row
        ], run.name


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(RunError, match="There is no table 'wishes'"):
        results.put_into("<!-- results: wishes -->\n<!-- end -->")
    assert results.put_into("no marker") == "no marker"


TRAINED = [run for run in SHIPPED if run.is_training]


@pytest.mark.parametrize("run", TRAINED, ids=lambda run: run.name)
def test_a_card_is_what_the_run_makes_of_it(run: runs.Run) -> None:
    assert (run.path / "card.md").read_text(encoding="utf-8") == model_card(run)


def test_a_run_names_the_command_that_makes_it(own_models: Path) -> None:
    settings = ["dataset=turkish", "epochs=3", "filters=[4,4,4]"]
    run = runs.new_run("a")
    recipe = recipes.load("cnn1d", settings).model_dump()
    protocol = {"name": "grouped", "folds": 5, "repeats": 2}
    writing.write_info(run, run_info(recipe=recipe, protocol=protocol))
    said = command(run)
    assert said == ("mmc train cnn1d --set dataset=turkish --set epochs=3 --set 'filters=[4,4,4]'")
    words = shlex.split(said)
    given = [words[i + 1] for i, word in enumerate(words) if word == "--set"]
    assert recipes.load("cnn1d", given) == recipes.load("cnn1d", settings)
    writing.update_info(run, of=runs.OF_EVALUATION)
    assert command(run).endswith("--protocol grouped --folds 5 --repeats 2")
    assert command(run).startswith("mmc evaluate cnn1d --set dataset=turkish")


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_links_lead_somewhere(document) -> None:  # type: ignore[no-untyped-def]
    for target in re.findall(r"\]\(([^)]+)\)", document.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            file, _, heading = target.partition("#")
            linked = document.parent / file if file else document
            assert linked.exists(), target
            if heading:
                titles = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
                assert heading in {title.lower().replace(" ", "-") for title in titles}, target


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


def test_the_api_page_is_what_the_docstrings_say() -> None:
    assert api.PATH.read_text(encoding="utf-8") == api.text()


def test_readmes_python_runs(samples: list[Path], tmp_path: Path) -> None:
    """On a sample in place of the song."""
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len([line for line in block.splitlines() if "mmc." in line]) == 3
    values: dict[str, Any] = {}
    exec(block.replace('"song.mp3"', repr(str(samples[0]))), values)
    assert values["prediction"].mood in NAMES
    assert len(values["features"]) == 60
    assert values["comparison"].easiest_first[0] == "turkish"


def test_commands_of_the_documentation_exist() -> None:
    """Each with its subcommand and options."""
    from mmc_core.cli.main import main
    from studies.__main__ import main as studies

    texts = [document.read_text(encoding="utf-8") for document in DOCS]
    typed = "\n".join(command.line for text in texts for command in walk.commands(text))
    lines = [
        (program, line.split("#")[0].split("|")[0])
        for program, line in re.findall(
            r"(?:^|`)(mmc|python -m mmc_core|python -m studies) ([a-z][^`\n]*)",
            "\n".join([typed, *texts]),
            re.MULTILINE,
        )
    ]
    assert len(lines) > 80
    for program, line in lines:
        words = line.split()
        group = studies if program == "python -m studies" else main
        command: Any = group.commands[words[0]]
        if isinstance(command, click.Group) and len(words) > 1:
            command = command.commands[words[1]]
        options = {name for parameter in command.params for name in parameter.opts}
        for word in words:
            assert not word.startswith("--") or word in options, line


def test_the_citation_file_is_whole() -> None:
    text = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
    for key in ("cff-version", "message", "title", "version", "license", "authors", "references"):
        assert re.search(rf"^{key}:", text, re.MULTILINE), key
    assert f"version: {mmc_core.__version__}" in text
    for dataset in DATASETS.values():
        doi = re.search(r"10\.\d+/[\w.]+\d", dataset.citation)
        assert doi and f"doi: {doi[0]}" in text


def test_no_file_is_large() -> None:
    for folder in ("data", "models", "docs"):
        for path in (PROJECT / folder).rglob("*"):
            assert path.is_dir() or path.stat().st_size < 10_000_000, path


def test_how_far_reasons_are_faithful_is_what_was_measured() -> None:
    text = (PROJECT / "docs" / "reasons.md").read_text(encoding="utf-8")
    study = occlusion.measured()["4qaed-probe-both"]
    for change, begin in (("deleted", "falls without them by"), ("kept", "falls with them alone")):
        row = next(line for line in text.splitlines() if line.startswith(f"| {begin}"))
        for way in ("marked", "random", "loudest", "marked - random"):
            each = getattr(study, change)[way]
            low, high = each.interval
            assert f"{each.mean:.3f} ({low:.3f} to {high:.3f})" in row, (change, way)
    assert f"in {study.wins} of {study.n} clips" in " ".join(text.split())


def measured(stage: str) -> list[dict[str, Any]]:
    """Return the ratios of a stage of `make bench`, as kept."""
    kept = json.loads((PROJECT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    ratios: list[dict[str, Any]] = kept[stage]["ratios"]
    return ratios


def words_of(document: str) -> str:
    """Return a document of the project with its line breaks as spaces."""
    return " ".join((PROJECT / document).read_text(encoding="utf-8").split())


def test_the_readme_says_what_librosa_costs_as_measured() -> None:
    librosa = next(each for each in measured("peers") if each["peer"].startswith("librosa"))
    times = librosa["theirs"] / librosa["ours"]
    assert f"takes {times:.1f} times the CPU time" in words_of("README.md")


def test_the_architecture_says_what_a_large_redraw_costs_as_measured() -> None:
    times = {
        each["what"].removeprefix("a redraw of the ").split()[0]: each["ours"] / each["theirs"]
        for each in measured("redraw")
    }
    boxplot, violin = times.pop("boxplot"), times.pop("violin")
    assert (
        f"{boxplot:.1f} times that of a thousand as a boxplot, {violin:.1f} times as a violin, and "
        f"at most {max(times.values()):.1f} times otherwise"
    ) in words_of("docs/architecture.md")


def test_documents_say_what_sets_of_moods_hold_as_evaluated() -> None:
    coverage: dict[str, set[int]] = {"grouped": set(), "official": set()}  # percent
    for run in SHIPPED:
        protocol = run.info.protocol
        if "in_set" in (predictions := run.predictions()) and protocol.folds != 5:
            coverage[protocol.name].add(round(100 * predictions["in_set"].mean()))
    (at_home,), official = coverage["grouped"], coverage["official"]
    text = words_of("docs/moods.md")
    assert f"held-out clips of 4QAED ({at_home} %)" in text
    assert f"EMOPIA's test clips ({min(official)} to {max(official)} %)" in text


def test_the_step_of_registration_is_that_of_the_registry() -> None:
    document = (PROJECT / "docs" / "add_a_dataset.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```py\n(.*?)\n```", document)
    registry = (PROJECT / "mmc_core" / "datasets" / "registry.py").read_text(encoding="utf-8")
    assert block.replace(", Humming()", "") in registry


@pytest.mark.parametrize(
    "name", ["4qaed-probe-musicnn", "4qaed-probe-both", "4qaed-probe-audioset"]
)
def test_a_card_lists_all_training_data_and_their_terms(name: str) -> None:
    card = model_card(runs.load_run(name))
    for dataset in (DATASETS["4qaed"], DATASETS["emopia"]):
        assert f"Terms of the data: {dataset.licence}" in card
        assert dataset.citation in card
    assert "898 clips of 4QAED and 1078 clips of EMOPIA" in card
    assert "it is under CC BY-NC-SA 4.0 too" in card
    assert "project's licence" not in card
    assert "its weights are under" in card
