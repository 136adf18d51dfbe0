"""Figures of two sounds on one scale."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mmc_core import datasets
from mmc_core.analysis import pair as analysis
from mmc_core.features.display import Pictures, pictures
from mmc_core.features.scalars import describe_spectra
from mmc_core.features.schema import GROUPS, RHYTHM
from mmc_core.features.spectra import Spectra
from mmc_core.figures import pair, song_pair
from mmc_core.figures.clip import PANELS
from mmc_core.moods import MOODS, NAMES, arousal_valence
from mmc_core.prediction.result import Moment, Prediction
from tests.support.sounds import tone, white_noise

LARGEST = 600_000  # bytes of a figure of both as it is sent
TITLES = ("loud tone", "soft noise")


@pytest.fixture(scope="module")
def spectra() -> list[Spectra]:
    """A loud tone of 12 s, and soft noise of 6 s."""
    loud = tone(12.0, 22_050)[:, 0]
    return [Spectra(loud), Spectra(0.01 * white_noise(6.0).y)]


@pytest.fixture(scope="module")
def both(spectra: list[Spectra]) -> list[Pictures]:
    return [pictures(spectra[0]), pictures(spectra[1], start_s=30.0)]


def test_all_pictures_of_both_have_one_scale(both: list[Pictures]) -> None:
    figure = pair.pictures(both, list(PANELS), TITLES)
    layout = figure.plot.layout
    for i, name in enumerate(PANELS):
        axes = [layout[f"yaxis{n}" if n > 1 else "yaxis"] for n in (2 * i + 1, 2 * i + 2)]
        assert axes[0].range == axes[1].range, name
        traces = [
            [t for t in figure.plot.data if t.yaxis == (f"y{n}" if n > 1 else "y")]
            for n in (2 * i + 1, 2 * i + 2)
        ]
        if traces[0][0].type == "heatmap":
            (one,), (other,) = traces
            assert (one.zmin, one.zmax) == (other.zmin, other.zmax), name
            assert one.zmin is not None
            assert np.array_equal(one.y, other.y), name
            assert [one.showscale, other.showscale] == [None, False]
        else:
            low, high = axes[0].range
            drawn = np.concatenate([trace.y for each in traces for trace in each])
            assert low <= drawn.min() < drawn.max() <= high, name
    assert len(json.dumps(json.loads(figure.plot.to_json()))) < LARGEST


def test_a_softer_sound_is_darker_on_the_scale_of_both(both: list[Pictures]) -> None:
    plot = pair.pictures(both, ["spectrogram"], TITLES).plot
    loud, soft = (trace.z.max() for trace in plot.data)
    assert loud == pytest.approx(-6, abs=1)  # a half-scale sine, in dBFS
    assert soft < loud - 20
    assert plot.data[1].zmax == loud


def test_time_counts_from_each_parts_beginning(both: list[Pictures]) -> None:
    figure = pair.pictures(both, ["waveform", "chroma"], TITLES)
    axes = [figure.plot.layout[f"xaxis{n}" if n > 1 else "xaxis"] for n in range(1, 5)]
    assert len({axis.range for axis in axes}) == 1
    assert axes[0].range[1] == pytest.approx(12.0, abs=0.2)
    first = figure.data.groupby("song")["time_s"].min()
    assert first.tolist() == pytest.approx([0.0, 0.0], abs=0.1)
    assert figure.data["song"].unique().tolist() == ["A", "B"]
    assert "A, loud tone, and B, soft noise" in figure.alt


def test_differences_are_drawn_by_size(spectra: list[Spectra]) -> None:
    rows = [describe_spectra(each) for each in spectra]
    table = analysis.differences(rows[0], rows[1], datasets.get("4qaed").summary())
    figure = pair.differences(table, list(GROUPS), 10, TITLES, "4QAED")
    points = [t for t in figure.plot.data if t.mode == "markers"]
    assert sum(len(t.x) for t in points) == 10
    higher_in_a, higher_in_b = points
    assert all(x < 0 for x in higher_in_a.x)
    assert all(x >= 0 for x in higher_in_b.x)
    assert higher_in_a.marker.symbol != higher_in_b.marker.symbol
    by_row = sorted((y, abs(x)) for t in points for x, y in zip(t.x, t.y, strict=True))
    sizes = [size for _, size in by_row]
    assert sizes == sorted(sizes, reverse=True)
    assert len(figure.data) == len(table) > 10
    few = pair.differences(table, [RHYTHM], 10, TITLES, "4QAED")
    assert [len(t.x) for t in few.plot.data if t.mode == "markers"] in ([1, 0], [0, 1])


def answer(name: str, shares: list[float], starts: list[float], duration_s: float) -> Prediction:
    by_mood = dict(zip(NAMES, shares, strict=True))
    arousal, valence = arousal_valence(shares)
    moments = [Moment(t, t + 10, by_mood, arousal, valence) for t in starts]
    mood = max(by_mood, key=by_mood.__getitem__)
    return Prediction(
        name, "m", duration_s, mood, by_mood, arousal, valence, timeline=moments
    )  # fmt: skip


PAIR = [
    answer("a.mp3", [0.7, 0.1, 0.1, 0.1], [0, 5, 10], 20.0),
    answer("b.mp3", [0.1, 0.1, 0.2, 0.6], [0, 5, 40, 45], 55.0),  # silent from 15 to 40 s
]


def test_probabilities_stand_beside_each_other() -> None:
    figure = song_pair.probability_bars(PAIR)
    a, b = figure.plot.data
    assert list(a.x) == pytest.approx([70, 10, 10, 10])
    assert list(b.x) == pytest.approx([10, 10, 20, 60])
    assert list(a.y) == list(b.y)
    assert a.marker.color == b.marker.color == tuple(mood.colour for mood in MOODS)
    assert a.marker.pattern.shape != b.marker.pattern.shape
    assert all(text.startswith("<b>B</b>") for text in b.text)
    assert figure.data["file"].tolist() == ["a.mp3", "b.mp3"]


def test_timelines_share_their_axis_and_leave_out_silence() -> None:
    figure = song_pair.timelines(PAIR)
    layout = figure.plot.layout
    assert layout.xaxis.range == layout.xaxis2.range == (0, 55.0)
    of_b = [t for t in figure.plot.data if t.yaxis == "y2"]
    assert len(of_b) == 8  # four moods, before and after the silence
    assert {(t.x[0], t.x[-1]) for t in of_b} == {(0, 15), (40, 55)}
    assert sum(t.showlegend for t in figure.plot.data) == len(MOODS)
    for group in {t.stackgroup for t in of_b}:
        total = sum(np.array(t.y) for t in of_b if t.stackgroup == group)
        assert total == pytest.approx(100)
    assert figure.data["song"].value_counts().to_dict() == {"A": 3, "B": 4}
    assert f"B: {NAMES[3]} 0 to 15 s, {NAMES[3]} 40 to 55 s" in figure.alt


def test_each_mood_above_a_course_is_named() -> None:
    marks = {mood.mark for mood in MOODS}
    for narrow in (False, True):
        figure = song_pair.timelines(PAIR, narrow=narrow)
        above = [note.text for note in figure.plot.layout.annotations if "color:" in note.text]
        assert above
        for text in above:
            mark, name = (
                text.removesuffix("</span>").replace("</span>", "").split(">")[1].split(" ")
            )
            assert mark in marks and name in NAMES


def test_both_lie_on_the_plane() -> None:
    figure = song_pair.plane(PAIR)
    points = [t for t in figure.plot.data if t.type == "scatter"]
    assert [(t.x[0], t.y[0]) for t in points] == [(p.valence, p.arousal) for p in PAIR]
    assert [t.text[0] for t in points] == ["<b>A</b>", "<b>B</b>"]
