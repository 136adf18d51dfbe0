"""Occlusion finds what a model looks at: stand-in models, and a probe on a sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmc_core import runs
from mmc_core._typing import Float64
from mmc_core.audio import SR, Audio, load_audio
from mmc_core.audio.wav import wav_files
from mmc_core.features.masking import Grid, Maskable
from mmc_core.moods import NAMES
from mmc_core.prediction import occlusion
from mmc_core.prediction.occlusion import answers, occlude, strongest, surest_excerpt
from mmc_core.prediction.result import Moment, Prediction
from mmc_core.prediction.song import predict
from tests.support.sounds import white_noise

RUN = runs.find("best")
LOOKED_AT = (2, 5)  # band and time


def only_looks_at(sound: Audio) -> Float64:
    """A model whose first mood is the more probable the louder one cell is."""
    level = Maskable(sound, Grid(sound.duration_s)).levels()[LOOKED_AT]
    p = level / (level + 1.0)
    return np.array([p, *[(1 - p) / 3] * 3])


def test_the_cell_that_a_model_looks_at_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occlusion, "probabilities", lambda run, sound, *_: only_looks_at(sound))
    made = occlude(RUN, white_noise(10.0), NAMES[0], start_s=3.0)
    assert made.effects[LOOKED_AT] == made.effects.max()
    assert made.top[LOOKED_AT]
    others = np.delete(made.effects.ravel(), np.ravel_multi_index(LOOKED_AT, made.effects.shape))
    assert made.effects[LOOKED_AT] > 3 * np.abs(others).max()
    p = made.probabilities
    assert p["without"] < 0.5 * p["original"]
    assert p["only"] == pytest.approx(p["original"], rel=0.1)
    first = made.regions[0]
    assert first.start_s == pytest.approx(3.0 + 10.0 * LOOKED_AT[1] / made.grid.n_times)
    assert first.effect == made.effects.max()
    assert first.is_top


def test_a_model_that_listens_to_nothing_is_driven_by_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(occlusion, "probabilities", lambda run, sound, *_: np.full(4, 0.25))
    made = occlude(RUN, white_noise(2.0), NAMES[1])
    assert not made.effects.any()
    assert not made.top.any()


def test_the_strongest_are_a_fifth_and_none_that_speaks_against() -> None:
    effects = np.arange(50.0).reshape(5, 10) - 44
    assert strongest(effects).sum() == 5  # of the ten largest, those above nought
    assert strongest(effects + 100).sum() == 10


def test_what_progress_raises_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Enough

    monkeypatch.setattr(occlusion, "probabilities", lambda run, sound, *_: np.full(4, 0.25))
    sound = white_noise(1.0)
    grid = Grid(sound.duration_s)
    with pytest.raises(Enough):
        answers(RUN, Maskable(sound, grid), np.zeros((9, *grid.shape), dtype=bool), stop)


def test_the_excerpt_is_where_the_mood_is_likeliest_and_within_the_song() -> None:
    def moment(start_s: float, p: float) -> Moment:
        return Moment(start_s, start_s + 12, dict.fromkeys(NAMES, p), 0, 0)

    song = Prediction("song", "best", 31.0, NAMES[0], timeline=[moment(0, 0.2), moment(9, 0.5)])
    assert surest_excerpt(song, NAMES[0]) == 10.0
    late = Prediction("song", "best", 21.0, NAMES[0], timeline=[moment(0, 0.2), moment(11, 0.5)])
    assert surest_excerpt(late, NAMES[0]) == 11.0
    short = Prediction("song", "best", 4.0, NAMES[0], timeline=[moment(0, 0.2)])
    assert surest_excerpt(short, NAMES[0]) == 0.0


@pytest.mark.slow
def test_the_saved_sounds_get_the_same_answers(samples: list[Path]) -> None:
    excerpt = load_audio(samples[0]).cut(20.0, 3.0)
    prediction = predict(excerpt, RUN, features=False)
    assert prediction.probabilities
    mood = max(NAMES, key=prediction.probabilities.__getitem__)
    made = occlude(RUN, excerpt, mood)
    for name, content in wav_files(made.sounds).items():
        again = predict(content, RUN, features=False).probabilities
        assert again
        assert again[mood] == pytest.approx(made.probabilities[name], abs=0.02), name


@pytest.mark.slow
def test_effects_are_those_of_hearing_all_again(
    samples: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    excerpt = load_audio(samples[0]).cut(20.0, 6.0)
    quick = occlude(RUN, excerpt, NAMES[0])
    monkeypatch.setattr(occlusion, "SAME", -1.0)
    exact = occlude(RUN, excerpt, NAMES[0])
    assert np.abs(quick.effects - exact.effects).max() < 0.002


def test_sounds_that_would_clip_are_made_softer_together() -> None:
    square = np.sign(np.sin(np.arange(SR) / 8)).astype(np.float32)
    files = wav_files(
        {"loud": Audio(square * np.float32(2)), "soft": Audio(square * np.float32(0.5))}
    )
    levels = {name: load_audio(content).peak for name, content in files.items()}
    assert levels == pytest.approx({"loud": 1.0, "soft": 0.25}, abs=0.01)
