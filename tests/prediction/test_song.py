"""One network's answer for a song."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from statistics import median_low

import numpy as np
import pytest

from mmc_core import runs
from mmc_core.audio import SR, load_audio
from mmc_core.audio.inaudible import audible
from mmc_core.errors import TooShort, UnknownName
from mmc_core.features.scalars import describe
from mmc_core.features.schema import FEATURES
from mmc_core.moods import MOODS, NAMES, arousal_valence
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import predict, song_features
from mmc_core.prediction.windows import shares_of_time
from tests.support.sounds import encode, tone, white_noise

SONG = white_noise(60)


@pytest.fixture(scope="module")
def progress() -> list[tuple[int, int]]:
    """The steps that `answer` told."""
    return []


@pytest.fixture(scope="module")
def answer(progress: list[tuple[int, int]]) -> Prediction:
    """Of model 1 for a minute of noise."""
    return predict(SONG, runs.find("1"), lambda *step: progress.append(step))


def test_a_prediction_is_the_mean_of_its_windows(answer: Prediction) -> None:
    assert [(w.start_s, w.end_s) for w in answer.windows] == [
        (0, 25.5),
        (12.75, 38.25),
        (25.5, 51),
        (34.5, 60),
    ]
    assert answer.probabilities
    weights = shares_of_time([(window.start_s, window.end_s) for window in answer.windows])
    for name in NAMES:
        each = [window.probabilities[name] for window in answer.windows]
        mean = np.average(each, weights=weights)
        assert answer.probabilities[name] == pytest.approx(mean)
    assert sum(answer.probabilities.values()) == pytest.approx(1)
    assert answer.mood == max(answer.probabilities, key=answer.probabilities.__getitem__)
    assert (answer.arousal, answer.valence) == pytest.approx(
        arousal_valence(answer.probabilities.values())
    )
    assert answer.votes is None


def test_a_window_is_described_as_a_clip_without_offset_is(answer: Prediction) -> None:
    window = answer.windows[1]
    assert window.features == describe(audible(SONG).cut(window.start_s).y)


def test_progress_counts_windows(answer: Prediction, progress: list[tuple[int, int]]) -> None:
    assert progress == [(i + 1, len(answer.windows)) for i in range(len(answer.windows))]


def test_song_features_are_means_and_commonest(answer: Prediction) -> None:
    features = song_features(answer)
    assert list(features) == [feature.name for feature in FEATURES]
    tempos = [float(window.features["tempo"]) for window in answer.windows]
    assert features["tempo"] == median_low(tempos)
    keys = [window.features["key"] for window in answer.windows]
    assert keys.count(features["key"]) == max(keys.count(key) for key in keys)


def test_a_songs_tempo_is_one_that_a_window_has(answer: Prediction) -> None:
    tempos = (172.3, 172.3, 83.4, 83.4)  # half of it heard at half the tempo
    windows = [
        replace(answer.windows[0], features={**answer.windows[0].features, "tempo": tempo})
        for tempo in tempos
    ]
    assert song_features(replace(answer, windows=windows))["tempo"] == 83.4


def test_short_sound_is_one_window() -> None:
    (window,) = predict(white_noise(3), runs.find("1")).windows
    assert (window.start_s, window.end_s) == (0, 3)


def test_json_has_the_public_fields(answer: Prediction) -> None:
    content = json.loads(json.dumps(answer.to_json(), allow_nan=False))
    assert list(content) == [
        *("file", "duration_s", "model", "mood", "probabilities", "arousal", "valence"),
        *("mood_set", "abstained", "reason", "windows", "votes", "notes", "error"),
    ]
    assert list(content["probabilities"]) == list(NAMES)
    assert list(content["windows"][0]) == ["start_s", "end_s", "probabilities"]
    assert content["votes"] is None
    failed = Prediction("x", "m", error="why").to_json()
    assert failed["mood"] is failed["votes"] is None
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


def test_a_song_is_a_path_or_its_content_and_a_model_a_name(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    path.write_bytes(encode(tone(2, SR), SR, "wav"))
    expected = predict(load_audio(path), runs.find("1"))
    assert expected.file == "song.wav"
    assert predict(path, "1") == predict(str(path), "1") == expected
    assert predict(path.read_bytes(), "1") == replace(expected, file="The file")
    with pytest.raises(UnknownName, match="no model 'x'"):
        predict(path, "x")
    path.write_bytes(encode(tone(0.5, SR), SR, "wav"))
    with pytest.raises(TooShort):
        predict(path)


def test_a_sample_gets_the_same_answer_every_time(samples: list[Path]) -> None:
    one, again = (predict(load_audio(samples[0]).cut(), "1") for _ in range(2))
    assert one == again
