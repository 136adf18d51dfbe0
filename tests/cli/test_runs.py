"""The commands that train, evaluate and tell results."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mmc_core import runs
from mmc_core.cli.main import main
from mmc_core.datasets.turkish import Turkish
from mmc_core.files import agree
from mmc_core.saved.scores import SCORES


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


RUN = "4qaed-logistic-regression-grouped-10"


def test_a_run_is_scored_again_from_what_is_kept() -> None:
    result = call("evaluate", RUN, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    saved = SCORES.values(runs.load_run(RUN).scores)
    assert agree({key: document[key] for key in saved}, saved)
    assert document["inputs"] == ["features"]
    assert "all clips of an artist" in document["protocol"]
    assert document["n"] == 898
    assert document["baselines"]["group_look_up"] is None


def test_scores_are_printed_to_be_read() -> None:
    """To four digits, and without brackets."""
    printed = call("evaluate", RUN).stdout
    assert not re.search(r"\d\.\d{6}|[{}\[\]]", printed)
    scores = json.loads(call("evaluate", RUN, "--json").stdout)
    assert f"\naccuracy: {scores['accuracy']:.4g}\n" in printed
    assert f"\n  happy: {scores['f1']['happy']:.4g}\n" in printed


def test_two_runs_are_compared_on_their_common_folds() -> None:
    document = json.loads(
        call("evaluate", RUN, "--against", "4qaed-svm-grouped-10", "--json").stdout
    )
    other = json.loads(call("evaluate", "4qaed-svm-grouped-10", "--against", RUN, "--json").stdout)
    against = document["against"]
    assert against["run"] == "4qaed-svm-grouped-10"
    low, high = against["interval"]
    assert low <= against["difference"] <= high
    assert against["difference"] == pytest.approx(-other["against"]["difference"])
    assert 0 <= against["p"] <= 1


def test_a_fold_is_trained_again() -> None:
    document = json.loads(call("evaluate", RUN, "--again", "1.2", "--json").stdout)
    assert (document["repeat"], document["fold"]) == (1, 2)
    assert document["again"] == pytest.approx(document["kept"], abs=0.03)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["evaluate", "nothing"], "There is no run 'nothing'"),
        (["evaluate", "svm"], "Expected a --protocol with the recipe 'svm'"),
        (["evaluate", RUN, "--set", "seed=1"], "Expected a --protocol"),
        (["evaluate", RUN, "--again", "first"], "such as 1.3"),
        (["evaluate", RUN, "--again", "1.99"], "has no fold 99"),
        (["evaluate", RUN, "--against", "4qaed-svm-published-10"], "held out other clips"),
        (["evaluate", "nothing", "--protocol", "grouped"], "There is no recipe 'nothing'"),
        (["evaluate", "svm", "--protocol", "official"], "without an official split"),
        (["evaluate", "svm", "--protocol", "best"], "is not one of"),
        (["train"], "either a RECIPE, with settings, or --resume"),
        (["train", "cnn1d", "--resume", "x"], "either a RECIPE, with settings, or --resume"),
        (["train", "--resume", "x"], "There is no run 'x'"),
        (["train", "cnn1d", "--set", "epochs=0"], "epochs is 0"),
        (["train", "--resume", "4qaed-cnn1d"], "is finished; train a new one"),
        (["study", "luck"], "No such command 'luck'"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(arguments: list[str], says: str) -> None:
    result = call(*arguments)
    assert result.exit_code in (1, 2)
    assert says in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert "Traceback" not in result.output


def test_an_evaluation_from_the_command_line(own_models: Path) -> None:
    arguments = ["evaluate", "logistic-regression", "--protocol", "grouped", "--folds", "5"]
    result = call(*arguments, "--jobs", "1", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["run"] == "4qaed-logistic-regression-grouped-5"
    assert (document["folds"], document["n"]) == (5, 898)
    assert document["accuracy"] > 0.5
    assert call("evaluate", document["run"], "--json").exit_code == 0


def test_images_of_a_dataset_without_audio_say_so(mirror: Path, own_models: Path) -> None:
    """Turkish has no audio: its 2D recipes are there, and say what they need."""
    Turkish().fetch()
    for arguments in (
        ["train", "cnn2d-mel", "--set", "dataset=turkish"],
        ["train", "cnn2d-vote", "--set", "dataset=turkish"],
        ["evaluate", "cnn2d-mel", "--set", "dataset=turkish", "--protocol", "grouped"],
    ):
        result = call(*arguments)
        assert result.exit_code == 1
        assert "This needs the audio of Turkish Music Emotion" in result.stderr
        assert "kaggle.com" in result.stderr
    assert runs.all_runs() == []


def test_results_are_printed_and_put_in_place(tmp_path: Path) -> None:
    printed = call("results")
    assert printed.exit_code == 0
    assert "| 4QAED | SVM | 57 features | grouped," in printed.stdout
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- results: results -->\nOUTDATED\n<!-- end -->\nafter\n")
    assert call("results", "--into", str(page)).exit_code == 0
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("<!-- end -->\nafter\n")
    assert "OUTDATED" not in text
    assert "| 4QAED | SVM |" in text
