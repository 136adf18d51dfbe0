from __future__ import annotations

import json
import weakref
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core import runs
from mmc_core._typing import Float32
from mmc_core.audio import CLIP_S, SR, Audio, load_audio
from mmc_core.errors import UnknownName
from mmc_core.features.encode import encode
from mmc_core.features.images import IMAGES, draw
from mmc_core.features.scalars import describe
from mmc_core.features.schema import FEATURES
from mmc_core.features.spectra import Spectra
from mmc_core.learning.voting import majority
from mmc_core.moods import MOODS, NAMES, arousal_valence
from mmc_core.prediction.network import Network
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import predict, song_features
from mmc_core.prediction.windows import HOP_S, window_starts
from tests.support.runs import SHIPPED
from tests.support.votes import HEIGHT, VOTE, WIDTH, always_say


def noise(seconds: float) -> Audio:
    y = np.random.default_rng(0).normal(0, 0.1, round(seconds * SR)).astype(np.float32)
    return Audio(y, "noise.wav")


@pytest.mark.parametrize(
    ("duration", "starts"),
    [
        (1.0, [0]),
        (25.5, [0]),
        (30.0, [0, 4.5]),
        (38.25, [0, 12.75]),
        (51.0, [0, 12.75, 25.5]),
        (60.0, [0, 12.75, 25.5, 34.5]),
    ],
)
def test_windows_start_every_half_and_the_last_ends_with_the_song(
    duration: float, starts: list[float]
) -> None:
    assert window_starts(duration) == starts


@given(st.floats(1, 3600))
def test_windows_cover_the_song(duration: float) -> None:
    starts = window_starts(duration)
    assert starts[0] == 0
    assert starts[-1] + CLIP_S >= duration - 1e-6
    assert all(0 < b - a <= HOP_S + 1e-6 for a, b in pairwise(starts))
    assert len(starts) == len(set(starts))


def test_a_prediction_is_the_mean_of_its_windows() -> None:
    run = runs.find("1")
    prediction = predict(noise(60), run)
    assert [(w.start_s, w.end_s) for w in prediction.windows] == [
        (0, 25.5),
        (12.75, 38.25),
        (25.5, 51),
        (34.5, 60),
    ]
    assert prediction.probabilities
    for name in NAMES:
        mean = np.mean([window.probabilities[name] for window in prediction.windows])
        assert prediction.probabilities[name] == pytest.approx(mean)
    assert sum(prediction.probabilities.values()) == pytest.approx(1)
    assert prediction.mood == max(
        prediction.probabilities, key=prediction.probabilities.__getitem__
    )
    assert (prediction.arousal, prediction.valence) == pytest.approx(
        arousal_valence(prediction.probabilities.values())
    )


def test_a_window_is_described_as_a_clip_is() -> None:
    audio = noise(40)
    window = predict(audio, runs.find("1")).windows[1]
    assert window.features == describe(audio.cut(window.start_s).y)


def test_short_sound_is_one_window() -> None:
    (window,) = predict(noise(3), runs.find("1")).windows
    assert (window.start_s, window.end_s) == (0, 3)


def test_silent_windows_are_passed_over() -> None:
    silence = np.zeros(round(40 * SR), dtype=np.float32)
    audio = Audio(np.concatenate([noise(26).y, silence, noise(26).y]), "gap.wav")
    starts = [window.start_s for window in predict(audio, runs.find("1")).windows]
    assert starts == [s for s in window_starts(audio.duration_s) if s < 26 or s + CLIP_S > 66]
    assert len(starts) < len(window_starts(audio.duration_s))


def test_progress_counts_windows() -> None:
    seen: list[tuple[int, int]] = []
    predict(noise(40), runs.find("1"), lambda done, n: seen.append((done, n)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_song_features_are_means_and_commonest() -> None:
    prediction = predict(noise(60), runs.find("1"))
    features = song_features(prediction)
    assert list(features) == [feature.name for feature in FEATURES]
    tempos = [float(window.features["tempo"]) for window in prediction.windows]
    assert features["tempo"] == pytest.approx(np.mean(tempos))
    keys = [window.features["key"] for window in prediction.windows]
    assert keys.count(features["key"]) == max(keys.count(key) for key in keys)


def test_json_has_the_public_fields() -> None:
    content = predict(noise(3), runs.find("1")).to_json()
    assert list(content) == [
        *("file", "duration_s", "model", "mood", "probabilities", "arousal", "valence"),
        *("abstained", "windows", "votes", "error"),
    ]
    assert list(content["probabilities"]) == list(NAMES)
    assert list(content["windows"][0]) == ["start_s", "end_s", "probabilities"]
    failed = Prediction("x", "m", error="why").to_json()
    assert failed["mood"] is None
    assert failed["error"] == "why"


def test_a_prediction_prints_as_a_chart() -> None:
    p = dict(zip(NAMES, (0.5, 0.3, 0.2, 0.0), strict=True))
    prediction = Prediction("<b>.mp3", "a run", 60.0, NAMES[0], p)
    lines = repr(prediction).splitlines()
    assert lines[0] == f"<b>.mp3: {NAMES[0]} (60.0 s, model a run)"
    assert [line.count("█") for line in lines[1:]] == [10, 6, 4, 0]
    assert all(name in line for name, line in zip(NAMES, lines[1:], strict=True))
    html = prediction._repr_html_()
    assert "&lt;b&gt;.mp3" in html
    assert "<script" not in html
    for mood in MOODS:
        assert f"background: {mood.colour}; height: 0.9em; width: {100 * p[mood.name]:.0f}%" in html
    failed = Prediction("x.mp3", "a run", error="No sound & no picture.")
    assert repr(failed) == "x.mp3: No sound & no picture."
    assert "No sound &amp; no picture." in failed._repr_html_()


def test_a_song_is_a_path_or_its_content_and_a_model_a_name(samples: list[Path]) -> None:
    path = samples[0]
    expected = predict(load_audio(path), runs.find("1"))
    assert predict(path, "1") == predict(str(path)) == expected
    assert predict(path.read_bytes(), "1") == replace(expected, file="The file")
    with pytest.raises(UnknownName, match="no model 'x'"):
        predict(path, "x")


def test_a_sample_gets_the_same_answer_every_time(samples: list[Path]) -> None:
    run = runs.find("1")
    one, again = (predict(load_audio(samples[0]), run) for _ in range(2))
    assert one == again


TRAINED = [run for run in SHIPPED if run.info["of"] == runs.OF_TRAINING]
ON_SOUND = [run for run in TRAINED if run.members() or run.input in IMAGES]
ON_FEATURES = [run for run in TRAINED if run not in ON_SOUND]


@pytest.mark.parametrize("run", ON_FEATURES, ids=lambda run: run.name)
def test_held_out_predictions_are_served_again(
    run: runs.Run, request: pytest.FixtureRequest
) -> None:
    """ONNX Runtime on the table's rows gives what Keras gave when the run was scored."""
    from mmc_core import datasets

    dataset = datasets.get(run.dataset)
    if not dataset.has_table():
        request.getfixturevalue("mirror")
        dataset.fetch()
    kept = run.predictions().set_index("clip")
    rows = dataset.table().set_index("clip").loc[kept.index]
    served = Network(run).answer(encode(rows.to_dict(orient="records")))
    assert np.abs(served - kept[list(NAMES)].to_numpy()).max() < 1e-5


@pytest.mark.parametrize("run", ON_SOUND, ids=lambda run: run.name)
def test_held_out_sound_is_answered_again(run: runs.Run, mirror: Path) -> None:
    """The images that are served are those of training, but for its half precision."""
    from mmc_core import datasets

    paths = datasets.get(run.dataset).audio()
    for kept in run.predictions().head(5).to_dict(orient="records"):
        prediction = predict(load_audio(paths[kept["clip"]]).cut(), run)
        assert prediction.mood == kept["predicted"]
        assert prediction.probabilities == pytest.approx({n: kept[n] for n in NAMES}, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    "run", [run for run in ON_SOUND if not run.members()], ids=lambda run: run.name
)
def test_networks_on_images_are_served_as_keras_had_them(run: runs.Run, mirror: Path) -> None:
    """ONNX Runtime on 50 held-out clips' images, in half precision as in training."""
    from mmc_core import datasets
    from mmc_core.features.images import draw
    from mmc_core.features.spectra import Spectra

    paths = datasets.get(run.dataset).audio()
    kept = run.predictions().head(50)
    width, height = run.info["recipe"]["size"]
    images = [
        draw(Spectra(load_audio(paths[clip]).cut().y), run.input, width=width, height=height)
        for clip in kept["clip"]
    ]
    x = np.stack(images).astype(np.float16).astype(np.float32)
    served = Network(run).answer(x)
    assert np.abs(served - kept[list(NAMES)].to_numpy()).max() < 1e-5


# ---- images and votes -----------------------------------------------------------------------


def test_a_vote_is_its_networks_and_their_mean(vote_models: runs.Run) -> None:
    audio = noise(60)
    prediction = predict(audio, vote_models)
    alone = [predict(audio, member) for member in vote_models.members()]
    assert prediction.votes is not None
    for vote, member in zip(prediction.votes, alone, strict=True):
        assert (vote.mood, vote.probabilities) == (member.mood, member.probabilities)
        assert member.votes is None
    assert [vote.input for vote in prediction.votes] == list(IMAGES)
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


@pytest.mark.parametrize(
    ("answers", "mood"),
    [
        ([[0.7, 0.1, 0.1, 0.1]] * 3, 0),
        ([[0.0, 0.6, 0.4, 0.0], [0.0, 0.5, 0.49, 0.01], [0.0, 0.0, 1.0, 0.0]], 1),  # not the mean
        ([[0.4, 0.3, 0.3, 0.0], [0.1, 0.5, 0.4, 0.0], [0.3, 0.0, 0.7, 0.0]], 2),  # a tie
    ],
)
def test_a_songs_mood_is_the_majoritys(
    vote_models: runs.Run, answers: list[list[float]], mood: int
) -> None:
    always_say(answers)
    prediction = predict(noise(30), vote_models)
    assert prediction.mood == NAMES[mood]
    assert list((prediction.probabilities or {}).values()) == pytest.approx(
        np.mean(answers, axis=0), abs=1e-6
    )


def test_a_network_names_its_mood_for_the_song_not_window_by_window(vote_models: runs.Run) -> None:
    prediction = predict(noise(60), vote_models)
    assert prediction.votes
    for vote in prediction.votes:
        assert vote.mood == max(vote.probabilities, key=vote.probabilities.__getitem__)
    songs = np.array([list(vote.probabilities.values()) for vote in prediction.votes])
    assert prediction.mood == NAMES[majority(songs[:, None]).item()]


def test_window_by_window_is_the_same_as_all_at_once(vote_models: runs.Run) -> None:
    audio = noise(60)
    for member in vote_models.members():
        windows = predict(audio, member).windows
        images = np.stack(
            [
                draw(Spectra(audio.cut(w.start_s).y), member.input, width=WIDTH, height=HEIGHT)
                for w in windows
            ]
        )
        (at_once,) = onnxruntime.InferenceSession(member.model_path).run(
            None, {member.input: images}
        )
        assert [list(w.probabilities.values()) for w in windows] == pytest.approx(at_once, abs=1e-6)


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
    predict(noise(90), vote_models)
    assert len(made) == 7  # windows, each heard by three networks
    assert max(alive) <= 2  # the one before goes when the next takes its place, still empty


@pytest.mark.parametrize("seconds", [1.0, 1.7, 8.0, 25.0])
def test_short_sound_is_one_image(vote_models: runs.Run, seconds: float) -> None:
    prediction = predict(noise(seconds), vote_models)
    (window,) = prediction.windows
    assert window.end_s == seconds
    assert sum(window.probabilities.values()) == pytest.approx(1)


def test_a_vote_in_json(vote_models: runs.Run) -> None:
    content = json.loads(json.dumps(predict(noise(3), vote_models).to_json(), allow_nan=False))
    assert content["model"] == VOTE
    assert [list(vote) for vote in content["votes"]] == [["input", "mood", "probabilities"]] * 3
    for vote in content["votes"]:
        assert vote["input"] in IMAGES
        assert vote["mood"] in NAMES
        assert list(vote["probabilities"]) == list(NAMES)
    single = predict(noise(3), vote_models.members()[0]).to_json()
    assert single["votes"] is None
    assert Prediction("x", VOTE, error="why").to_json()["votes"] is None
