"""Problems in words and as a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmc_core.datasets.user import problems
from mmc_core.datasets.user.problems import Problem


def test_many_rows_are_one_sentence_and_all_are_kept(tmp_path: Path) -> None:
    problem = Problem("odd; expected even.", np.arange(2, 12_002), ["x"] * 12_000)
    assert problem.sentence() == (
        "Rows 2, 3, 4, 5, 6, 7, 8, 9 and 11,992 more: odd, such as 'x' in row 2; expected even."
    )
    problems.write([problem, Problem("The whole is odd.")], tmp_path / "p.csv")
    written = pd.read_csv(tmp_path / "p.csv", keep_default_na=False)
    assert len(written) == 12_001
    assert written.iloc[-2].to_list() == ["row 12001", "x", "odd; expected even."]
    assert written.iloc[-1].to_list() == ["", "", "The whole is odd."]


def test_many_problems_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [Problem("broken.", files=[f"{i}.mp3"]) for i in range(30)]
    words = problems.sentences(broken)
    assert len(words) == problems.SHOWN_PROBLEMS + 1
    assert words[0] == "'0.mp3': broken."
    assert words[-1] == "And 10 more problems."
    monkeypatch.setattr(problems, "MAX_LINES", 7)
    problems.write(broken, tmp_path / "p.csv")
    written = pd.read_csv(tmp_path / "p.csv", keep_default_na=False)
    assert written["problem"].to_list() == [*["broken."] * 7, "And 23 more lines."]


def test_no_problems_are_an_empty_file(tmp_path: Path) -> None:
    problems.write([], tmp_path / "p.csv")
    assert (tmp_path / "p.csv").read_text() == "where,got,problem\n"


def test_places_are_listed() -> None:
    def sentence(*rows: int) -> str:
        return Problem("odd.", np.array(rows)).sentence()

    assert sentence(3) == "Row 3: odd."
    assert sentence(3, 5) == "Rows 3 and 5: odd."
    assert sentence(*range(2, 10)) == "Rows 2, 3, 4, 5, 6, 7, 8 and 9: odd."
    assert sentence(*range(2, 11)) == "Rows 2, 3, 4, 5, 6, 7, 8, 9 and 1 more: odd."
