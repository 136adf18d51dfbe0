"""The networks that come with the project answer as Keras did when they were scored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmc_core import datasets, runs
from mmc_core._typing import Float32
from mmc_core.audio import load_audio
from mmc_core.audio.loudness import at_one_level, without_silent_ends
from mmc_core.features.encode import encode
from mmc_core.features.images import IMAGES, draw
from mmc_core.features.spectra import Spectra
from mmc_core.moods import NAMES
from mmc_core.prediction.network import answer
from mmc_core.prediction.song import predict
from tests.support.runs import SHIPPED

TRAINED = [run for run in SHIPPED if run.info["of"] == runs.OF_TRAINING]
ON_SOUND = [run for run in TRAINED if run.members() or run.input in IMAGES]
ON_FEATURES = [run for run in TRAINED if run.input == "features" and not run.members()]


def assert_features_are_answered_again(run: runs.Run) -> None:
    """ONNX Runtime on the table's rows gives what Keras gave when the run was scored."""
    saved = run.predictions().set_index("clip")
    rows = datasets.get(run.dataset).table().set_index("clip").loc[saved.index]
    served = answer(run, encode(rows.to_dict(orient="records")))
    assert np.abs(served - saved[list(NAMES)].to_numpy()).max() < 1e-5, run.name


def test_held_out_clips_are_answered_again() -> None:
    here = [run for run in ON_FEATURES if datasets.get(run.dataset).has_table()]
    assert len(here) >= 3
    for run in here:
        assert_features_are_answered_again(run)


def test_held_out_clips_of_fetched_tables_are_answered_again(mirror: Path) -> None:
    fetched = [run for run in ON_FEATURES if datasets.get(run.dataset).download]
    assert fetched
    for run in fetched:
        datasets.get(run.dataset).fetch()
        assert_features_are_answered_again(run)


def assert_sound_is_answered_again(run: runs.Run, n: int) -> None:
    """The images that are served are those of training, but for its half precision: those of the
    clip's first window.
    """
    paths = datasets.get(run.dataset).audio()
    for saved in run.predictions().head(n).to_dict(orient="records"):
        window = predict(load_audio(paths[saved["clip"]]), run).windows[0]
        assert window.probabilities == pytest.approx({m: saved[m] for m in NAMES}, abs=0.01)
        assert max(NAMES, key=window.probabilities.__getitem__) == saved["predicted"], run.name


def test_a_held_out_sound_is_answered_again(mirror: Path) -> None:
    for run in ON_SOUND:
        assert_sound_is_answered_again(run, 1)


@pytest.mark.slow
def test_held_out_sounds_are_answered_again(mirror: Path) -> None:
    for run in ON_SOUND:
        assert_sound_is_answered_again(run, 5)


@pytest.mark.slow
def test_networks_on_images_are_served_as_keras_had_them(mirror: Path) -> None:
    """ONNX Runtime on 50 held-out clips' images, in half precision as in training."""
    alone = [run for run in ON_SOUND if not run.members()]
    saved = [run.predictions().head(50) for run in alone]
    paths = datasets.get(alone[0].dataset).audio()
    images: list[list[Float32]] = [[] for _ in alone]
    for clip in saved[0]["clip"]:
        _, sound = without_silent_ends(at_one_level(load_audio(paths[clip])))
        spectra = Spectra(sound.cut().y)
        for run, its in zip(alone, images, strict=True):
            width, height = run.info["recipe"]["size"]
            its.append(draw(spectra, run.input, width=width, height=height))
    for run, its, expected in zip(alone, images, saved, strict=True):
        assert expected["clip"].tolist() == saved[0]["clip"].tolist()
        served = answer(run, np.stack(its).astype(np.float16).astype(np.float32))
        assert np.abs(served - expected[list(NAMES)].to_numpy()).max() < 1e-5, run.name
