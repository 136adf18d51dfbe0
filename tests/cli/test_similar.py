"""`mmc explore similar` and what `explore doubts` says of near-duplicates."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

import mmc_core as mmc
from mmc_core import datasets
from mmc_core.cli.main import main
from mmc_core.exploration import pairs


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_clips_like_a_clip_and_like_a_file() -> None:
    clip = "MT0000523076"
    document = json.loads(call("explore", "similar", f"4qaed:{clip}", "--json").stdout)
    assert len(document["rows"]) == 10
    assert document["rows"][0]["clip"] == "MT0000941301"  # one recording under two names
    assert clip not in {row["clip"] for row in document["rows"]}
    sample = mmc.sample("satie-gymnopedie-1")
    text = call("explore", "similar", str(sample), "--top", "2").stdout
    assert text.count("emopia") + text.count("4qaed") == 2
    assert mmc.similar(sample, top=1)["name"][0] in text


def test_what_there_is_none_of_is_said(tmp_path: Path) -> None:
    for asked, says in (
        ("4qaed:none", "There is no clip 'none' of '4qaed'"),
        (str(tmp_path / "none.mp3"), "could not be read"),
        ("nothing:here", "could not be read"),
    ):
        result = call("explore", "similar", asked, "--json")
        assert result.exit_code == 2 or result.exit_code == 1
        assert says in result.stderr
        assert not result.stdout


def test_doubts_tell_of_near_duplicates() -> None:
    run = "emopia-svm-official"
    document = json.loads(call("explore", "doubts", run, "--json").stdout)
    found = pairs.differing(pairs.alike(datasets.get("emopia")))
    assert document["near_duplicates"] == found._asdict()
    assert len(document["different_labels"]) == found.differing
    assert all(row["mood"] != row["other_mood"] for row in document["different_labels"])
    assert "different_labels" not in call("explore", "doubts", run).stdout


def test_a_dataset_without_audio_has_no_embeddings() -> None:
    result = call("datasets", "embeddings", "turkish")
    assert result.exit_code != 0
    assert "Error: " in result.stderr and "Traceback" not in result.stderr
