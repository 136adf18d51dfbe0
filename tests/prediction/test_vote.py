"""The answer of three networks on images, tiny and untrained ones."""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import onnxruntime
import pytest

from mmc_core import runs
from mmc_core._typing import Float32
from mmc_core.audio.inaudible import audible
from mmc_core.audio.loudness import levelled
from mmc_core.features.images import IMAGES, draw
from mmc_core.features.spectra import Spectra
from mmc_core.learning.voting import soft_vote
from mmc_core.moods import NAMES, arousal_valence
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import predict
from tests.support.sounds import white_noise
from tests.support.votes import HEIGHT, VOTE, WIDTH, always_say, write_vote

SONG = white_noise(30)  # two windows


@dataclass(frozen=True)
class Heard:
    """What the vote, and each of its networks alone, answers for the song."""

    run: runs.Run
    together: Prediction
    alone: list[Prediction]


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MMC_MODELS", str(tmp_path_factory.mktemp("models")))
        run = write_vote()
        yield Heard(run, predict(SONG, run), [predict(SONG, member) for member in run.members()])


def test_a_vote_is_its_networks_and_their_mean(heard: Heard) -> None:
    prediction, alone = heard.together, heard.alone
    assert prediction.votes is not None
    for vote, member in zip(prediction.votes, alone, strict=True):
        assert (vote.mood, vote.probabilities) == (member.mood, member.probabilities)
        assert member.votes is None
    assert [vote.input for vote in prediction.votes] == list(IMAGES)
    assert len(prediction.windows) == 2
    assert prediction.probabilities
    for name in NAMES:
        means = [(m.probabilities or {})[name] for m in alone]
        assert prediction.probabilities[name] == pytest.approx(np.mean(means))
        for i, window in enumerate(prediction.windows):
            inside = [m.windows[i].probabilities[name] for m in alone]
            assert window.probabilities[name] == pytest.approx(np.mean(inside))
    assert (prediction.arousal, prediction.valence) == pytest.approx(
        arousal_valence(prediction.probabilities.values())
    )
    assert [w.features for w in prediction.windows] == [w.features for w in alone[0].windows]


def test_a_network_names_its_mood_for_the_song_not_window_by_window(heard: Heard) -> None:
    assert heard.together.votes
    for vote in heard.together.votes:
        assert vote.mood == max(vote.probabilities, key=vote.probabilities.__getitem__)
    songs = np.array([list(vote.probabilities.values()) for vote in heard.together.votes])
    assert heard.together.mood == NAMES[soft_vote(songs[:, None]).item()]


def test_window_by_window_is_the_same_as_all_at_once(heard: Heard) -> None:
    level = levelled(audible(SONG))
    spectra = [Spectra(level.cut(w.start_s).y) for w in heard.together.windows]
    for member, prediction in zip(heard.run.members(), heard.alone, strict=True):
        kind = member.input
        images = np.stack([draw(each, kind, width=WIDTH, height=HEIGHT) for each in spectra])
        (at_once,) = onnxruntime.InferenceSession(member.model_path).run(None, {kind: images})
        by_window = [list(w.probabilities.values()) for w in prediction.windows]
        assert by_window == pytest.approx(at_once, abs=1e-6)


def test_a_vote_in_json(heard: Heard) -> None:
    content = json.loads(json.dumps(heard.together.to_json(), allow_nan=False))
    assert content["model"] == VOTE
    assert [list(vote) for vote in content["votes"]] == [["input", "mood", "probabilities"]] * 3
    for vote in content["votes"]:
        assert vote["input"] in IMAGES
        assert vote["mood"] in NAMES
        assert list(vote["probabilities"]) == list(NAMES)
    assert heard.alone[0].to_json()["votes"] is None


def test_a_songs_mood_is_the_highest_means(vote_models: runs.Run) -> None:
    """Of one mind; two against one that is surer; each another."""
    for answers, mood in (
        ([[0.7, 0.1, 0.1, 0.1]] * 3, 0),
        ([[0.0, 0.6, 0.4, 0.0], [0.0, 0.5, 0.49, 0.01], [0.0, 0.0, 1.0, 0.0]], 2),
        ([[0.4, 0.3, 0.3, 0.0], [0.1, 0.5, 0.4, 0.0], [0.3, 0.0, 0.7, 0.0]], 2),
    ):
        always_say(answers)
        prediction = predict(white_noise(1), vote_models)
        assert prediction.mood == NAMES[mood]
        assert list((prediction.probabilities or {}).values()) == pytest.approx(
            np.mean(answers, axis=0), abs=1e-6
        )


def test_a_long_song_takes_no_more_memory_than_a_window(
    vote_models: runs.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive: list[int] = []
    made: list[weakref.ref[Spectra]] = []

    class Watched(Spectra):
        def __init__(self, y: Float32) -> None:
            super().__init__(y)
            made.append(weakref.ref(self))
            alive.append(sum(ref() is not None for ref in made))

    monkeypatch.setattr("mmc_core.prediction.song.Spectra", Watched)
    predict(white_noise(60), vote_models)
    assert len(made) == 4  # windows, each heard by three networks
    assert max(alive) <= 2  # the one before goes when the next takes its place, still empty


def test_short_sound_is_one_image(vote_models: runs.Run) -> None:
    for seconds in (1.0, 1.7, 8.0, 25.0):
        (window,) = predict(white_noise(seconds), vote_models).windows
        assert window.end_s == seconds
        assert sum(window.probabilities.values()) == pytest.approx(1), seconds
