"""`mmc explain`: contributions that sum up, regions and their sounds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mmc_core import runs
from mmc_core.cli.main import main
from mmc_core.features.masking import Grid
from tests.support.probes import write_probe
from tests.support.sounds import encode, tone


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    path.write_bytes(encode(tone(2.0), 44_100, "wav"))
    return path


def explained(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(main, ["explain", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    content: dict[str, object] = json.loads(result.stdout)
    return content


def test_contributions_sum_to_the_answer(song: Path) -> None:
    content = explained(str(song), "--model", "1")
    groups, usual, answer = content["groups"], content["usual"], content["answer"]
    assert isinstance(groups, dict) and isinstance(usual, float)
    assert usual + sum(groups.values()) == pytest.approx(answer, abs=1e-6)


def test_regions_and_their_sounds_are_told(song: Path, tmp_path: Path, own_models: Path) -> None:
    run = write_probe([0.4, 0.3, 0.2, 0.1], thresholds=[0.9] * 4)
    content = explained(str(song), "--sound", str(tmp_path / "sounds"))
    assert content["model"] == run.name
    regions, sounds, p = content["regions"], content["sounds"], content["probabilities"]
    assert isinstance(regions, list) and isinstance(sounds, dict) and isinstance(p, dict)
    grid = Grid(2.0)
    assert len(regions) == grid.n_times * grid.n_bands
    assert {region["effect"] for region in regions} == {0.0}  # it answers the same to all
    assert p == pytest.approx(dict.fromkeys(("original", "only", "without"), 0.4), abs=1e-6)
    assert {Path(path).name for path in sounds.values()} == {
        f"song-{kind}.wav" for kind in ("original", "only", "without")
    }
    assert all(Path(path).read_bytes().startswith(b"RIFF") for path in sounds.values())


def test_in_words_it_says_what_without_the_regions(song: Path, own_models: Path) -> None:
    write_probe([0.4, 0.3, 0.2, 0.1], thresholds=[0.9] * 4)
    result = CliRunner().invoke(main, ["explain", str(song)])
    assert result.exit_code == 0
    assert "regions that drove the answer: 40 %; without them: 40 %." in result.stdout


def test_a_vote_on_images_is_refused(song: Path, vote_models: runs.Run) -> None:
    result = CliRunner().invoke(main, ["explain", str(song), "--model", "2"])
    assert result.exit_code == 2
    assert "is a model on images; expected one on embeddings or on the features" in result.output
