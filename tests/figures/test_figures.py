"""Figures show the numbers they are given, and carry them along."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, runs
from mmc_core.analysis.summaries import Summary
from mmc_core.audio import SR, Audio
from mmc_core.features.schema import BY_NAME, FEATURES, Feature
from mmc_core.figures import distributions, song
from mmc_core.figures.numbers import numbers_by_mood
from mmc_core.figures.plane import mood_plane
from mmc_core.moods import MOODS, NAMES
from mmc_core.prediction.result import Prediction, Vote
from mmc_core.prediction.song import predict
from mmc_core.wording import rounded
from tests.support.tables import of


def test_a_boxplot_is_the_summary(table: pd.DataFrame) -> None:
    data = of(BY_NAME["tempo"], table)
    figure = distributions.boxplot(BY_NAME["tempo"], data)
    boxes = [trace for trace in figure.plot.data if trace.type == "box"]
    assert [box.marker.color for box in boxes] == [mood.colour for mood in MOODS]
    for box, mood in zip(boxes, NAMES, strict=True):
        values = table.loc[table["mood"] == mood, "tempo"]
        assert box.q1[0] == pytest.approx(values.quantile(0.25))
        assert box.median[0] == pytest.approx(values.median())
        assert box.q3[0] == pytest.approx(values.quantile(0.75))
    assert figure.data["median"].tolist() == [box.median[0] for box in boxes]
    assert figure.plot.layout.yaxis.title.text == "Tempo (BPM)"


def test_a_histogram_shows_shares_that_add_up(table: pd.DataFrame) -> None:
    feature = BY_NAME["tempo"]
    figure = distributions.histogram(feature, of(feature, table))
    bars = [trace for trace in figure.plot.data if trace.type == "bar"]
    assert len(bars) == 4
    for bar in bars:
        assert sum(bar.y) == pytest.approx(100)
    assert figure.data.groupby("mood")["clips"].sum().to_dict() == (
        table["mood"].value_counts().to_dict()
    )
    assert (figure.data["to"] - figure.data["from"]).to_numpy() == pytest.approx(feature.bin_width)


def test_two_datasets_share_one_axis(table: pd.DataFrame) -> None:
    feature = BY_NAME["tempo"]
    data = {**of(feature, table, "A"), **of(feature, table.assign(tempo=9.0), "B")}
    plot = distributions.histogram(feature, data).plot
    axes = [getattr(plot.layout, name) for name in dir(plot.layout) if name.startswith("xaxis")]
    assert {axis.matches for axis in axes} <= {"x", None}
    assert [note.text for note in plot.layout.annotations][:2] == ["A", "B"]
    boxes = distributions.boxplot(feature, data).plot
    assert boxes.layout.yaxis2.matches == "y"


def test_a_mood_without_clips_is_left_out(table: pd.DataFrame) -> None:
    feature = BY_NAME["tempo"]
    data = of(feature, table[table["mood"] != NAMES[1]])
    for figure in (distributions.boxplot(feature, data), distributions.histogram(feature, data)):
        assert NAMES[1] not in set(figure.data["mood"])


@cache
def summaries() -> dict[str, Summary]:
    """Return the summary of each dataset by its title, read once for all features."""
    return {dataset.title: dataset.summary() for dataset in datasets.DATASETS.values()}


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_every_feature_of_every_dataset_can_be_drawn(feature: Feature) -> None:
    data = {title: summary.by_mood(feature.name) for title, summary in summaries().items()}
    data = {title: moods for title, moods in data.items() if moods}
    figures = [distributions.histogram(feature, data)]
    if not feature.categories:
        figures.append(distributions.boxplot(feature, data))
        assert len(numbers_by_mood(feature, next(iter(data.values()))).columns) == 4
    for figure in figures:
        assert feature.title in figure.alt
        assert len(figure.data) > 0
        assert len(figure.plot.to_json()) < 300_000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.15843, "0.1584"),
        (223, "223"),
        (1234.56, "1235"),
        (7391234.5, "7,391,234"),
        (-0.5, "−0.5"),
    ],
)
def test_numbers_are_rounded_to_be_read(value: float, text: str) -> None:
    assert rounded(value) == text


def test_the_plane_has_every_mood_in_its_quadrant() -> None:
    figure = mood_plane()
    notes = figure.plot.layout.annotations
    for mood in MOODS:
        (note,) = (note for note in notes if mood.name in note.text)
        assert np.sign(note.x) == mood.valence
        assert np.sign(note.y) == mood.arousal
        assert mood.mark in note.text


@pytest.fixture(scope="module")
def prediction() -> Prediction:
    y = np.random.default_rng(0).normal(0, 0.1, 60 * SR).astype(np.float32)
    return predict(Audio(y, "noise.wav"), runs.find("1"))


def test_bars_and_table_are_the_prediction(prediction: Prediction) -> None:
    bars = song.probability_bars(prediction)
    assert prediction.probabilities
    assert [trace.x[0] for trace in bars.plot.data] == pytest.approx(
        [100 * prediction.probabilities[name] for name in NAMES]
    )
    windows = song.windows_table(prediction)
    assert windows["start_s"].tolist() == [w.start_s for w in prediction.windows]
    assert windows["sad"].tolist() == [w.probabilities["sad"] for w in prediction.windows]


def test_each_vote_is_a_bar_of_its_probabilities() -> None:
    answers = np.array([[0.7, 0.2, 0.05, 0.05], [0.7, 0.2, 0.05, 0.05], [0.1, 0.1, 0.2, 0.6]])
    votes = [
        Vote("mel", NAMES[int(p.argmax())], dict(zip(NAMES, map(float, p), strict=True)))
        for p in answers
    ]
    bars = song.vote_bars(Prediction("a.wav", "vote", votes=votes))
    drawn = [trace.x for trace in bars.plot.data if trace.type == "bar"]
    assert np.array(drawn) == pytest.approx(100 * answers.T)
    assert len(set(bars.plot.data[0].y)) == 3  # even of two that say the same of one input
    assert bars.plot.layout.yaxis.ticktext[2] == f"Mel spectrogram: <b>◆ {NAMES[3]}</b>"
    assert bars.data["mood"].tolist() == [NAMES[0], NAMES[0], NAMES[3]]
    assert bars.data[list(NAMES)].to_numpy() == pytest.approx(answers)
