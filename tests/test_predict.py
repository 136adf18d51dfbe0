from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core import runs
from mmc_core.audio import CLIP_S, SR, Audio, load_audio
from mmc_core.features.encode import encode
from mmc_core.features.scalars import describe
from mmc_core.features.schema import FEATURES
from mmc_core.moods import NAMES, arousal_valence
from mmc_core.predict import HOP_S, Prediction, predict, song_features, window_starts
from tests import SHIPPED


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


def test_a_sample_gets_the_same_answer_every_time(samples: list[Path]) -> None:
    run = runs.find("1")
    one, again = (predict(load_audio(samples[0]), run) for _ in range(2))
    assert one == again


@pytest.mark.parametrize("run", SHIPPED, ids=lambda run: run.name)
def test_held_out_predictions_are_served_again(
    run: runs.Run, request: pytest.FixtureRequest
) -> None:
    """ONNX Runtime on the table's rows gives what Keras gave when the run was scored."""
    from mmc_core import datasets
    from mmc_core.predict import _session

    dataset = datasets.get(run.dataset)
    if not dataset.has_table():
        request.getfixturevalue("mirror")
        dataset.fetch()
    kept = run.predictions().set_index("clip")
    rows = dataset.table().set_index("clip").loc[kept.index]
    session = _session(run.model_path, 0)
    name = session.get_inputs()[0].name
    (served,) = session.run(None, {name: encode(rows.to_dict(orient="records"))})
    assert np.abs(served - kept[list(NAMES)].to_numpy()).max() < 1e-5
