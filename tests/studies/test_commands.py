"""The commands of studies, and their earlier forms of `mmc`."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from matplotlib.figure import Figure

from mmc_core import settings
from mmc_core.cli.main import main
from mmc_core.cli.studies import run_study
from mmc_core.saved import study_files
from studies.__main__ import main as studies

MOVED: dict[tuple[str, ...], str] = {
    **{("study", name): name for name in ("spread", "extraction", "unseen", "similar")},
    ("models", "axes"): "axes",
    ("results",): "results",
}


def run(group: click.Group, *arguments: object) -> Result:
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


def test_every_command_is_listed_and_explained() -> None:
    listed = run(studies, "--help").stdout
    assert set(studies.commands) == {*MOVED.values(), "leak"}
    for name in studies.commands:
        assert f"  {name}  " in listed
        assert run(studies, name, "--help").exit_code == 0


@pytest.mark.parametrize("old", MOVED, ids=" ".join)
def test_an_earlier_form_runs_the_new_one_and_warns_in_one_line(old: tuple[str, ...]) -> None:
    result = run(main, *old, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: python -m studies {MOVED[old]} ")
    (line,) = result.stderr.splitlines()
    assert f"`python -m studies {MOVED[old]}`" in line and f"`mmc {' '.join(old)}`" in line
    *groups, name = old
    assert f"  {name}  " not in run(main, *groups, "--help").stdout


def test_an_earlier_form_hands_on_its_options(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- results: duplicates -->\n<!-- end -->\n", encoding="utf-8")
    assert run(main, "results", "--into", page).exit_code == 0
    assert "| clip | other |" in page.read_text(encoding="utf-8")
    assert run(main, "results", "--wrong").exit_code == 2


def test_away_from_a_checkout_an_earlier_form_says_where_studies_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PROJECT", tmp_path)
    result = run(main, "study", "spread")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "`python -m studies spread`" in line and "checkout" in line


def test_the_leak_stays_a_command_of_both() -> None:
    assert run(main, "study", "leak", "--help").stderr == ""
    assert "  leak  " in run(main, "study", "--help").stdout


def test_a_study_is_saved_with_its_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(study_files, "made_data_dir", lambda: tmp_path)
    run_study("x", lambda _: {"a": 1.5}, lambda result: Figure(figsize=(result["a"], 1)), False)
    assert study_files.load("x") == {"a": 1.5}
    path = tmp_path / "studies" / "x.json"
    assert b"<svg" in path.with_suffix(".svg").read_bytes()
    assert capsys.readouterr().err.splitlines()[-1] == str(path)
