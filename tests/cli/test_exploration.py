"""`mmc explore clips`: listed, filtered, sorted, written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
from click.testing import CliRunner, Result

from mmc_core import datasets
from mmc_core.cli.main import main
from mmc_core.exploration import judgements
from mmc_core.moods import NAMES


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explore", "clips", *arguments])


def test_clips_are_filtered_and_sorted() -> None:
    document = json.loads(
        call("4qaed", "emopia", "--where", "tempo > 160", "--sort", "tempo", "--json").stdout
    )
    tables = [datasets.get(id_).table() for id_ in ("4qaed", "emopia")]
    fast = sorted(tempo for table in tables for tempo in table["tempo"] if tempo > 160)
    assert [row["tempo"] for row in document["rows"]] == fast
    assert document["clips"] == sum(document["moods"].values()) == len(fast)
    assert {row["dataset"] for row in document["rows"]} == {"4qaed", "emopia"}
    assert all(row["predicted"] in NAMES for row in document["rows"] if row["dataset"] == "4qaed")


def test_they_are_shown_in_a_terminal_with_their_number() -> None:
    result = call("4qaed", "--where", "name ilike '%reborn in%'")
    assert result.exit_code == 0, result.output
    assert "Dismember: Reborn in Blasphemy" in result.output
    assert f"1 of 898 clips: {NAMES[1]} 1" in result.output


def test_they_are_written_with_the_systems_that_are_named(tmp_path: Path) -> None:
    path = tmp_path / "clips.csv"
    names = ("4qaed-svm-grouped-10", "4qaed-extra-trees-grouped-10")
    systems = [part for name in names for part in ("--system", name)]
    result = call("4qaed", *systems, "--out", str(path))
    assert result.exit_code == 0, result.output
    table = pd.read_csv(path)
    assert len(table) == 898
    assert (table["correct"] == (table["predicted"] == table["mood"])).all()
    assert (table["predicted"] != table["predicted_2"]).any()


def test_what_is_wrong_is_said() -> None:
    for arguments, says in (
        (["4qaed", "--where", "tempo >"], "ends too early"),
        (["4qaed", "--where", "(select 1) = 1"], "a query, which is not allowed"),
        (["4qaed", "--sort", "size"], "no column 'size' to sort by"),
        (["4qaed", "--system", "emopia-svm-official"], "is an evaluation of emopia"),
        (["no-such"], "There is no dataset 'no-such'"),
    ):
        result = call(*arguments)
        assert result.exit_code == 2, result.output
        assert says in result.output


def test_judgements_are_printed_and_written_as_csv(tmp_path: Path) -> None:
    judgements.save(judgements.judge("4qaed", "MT1", "sad", judgements.KEEP, run="one"))
    path = tmp_path / "judged.csv"
    for arguments in ([], ["--out", str(path)]):
        result = CliRunner().invoke(main, ["explore", "judgements", "4qaed", *arguments])
        assert result.exit_code == 0, result.output
        text = path.read_text("utf-8") if arguments else result.stdout
        (row,) = csv.DictReader(text.splitlines())
        assert (row["clip"], row["judged"], row["mood"]) == ("MT1", "keep", "sad")
