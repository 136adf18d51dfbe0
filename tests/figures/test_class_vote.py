"""The picture of a class's votes shows the votes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmc_core.classroom.session import Clip, Session
from mmc_core.figures.class_vote import class_vote
from mmc_core.moods import BY_NAME, HAPPY, SAD


def test_votes_are_points_of_their_moods_and_counted() -> None:
    session = Session("CODE", "teacher", [Clip("a clip", Path("a.ogg"))])
    for voter, place in {"a": (0.5, 0.25), "b": (1.0, 0.75), "c": (-0.75, -0.25)}.items():
        session.join(voter)
        session.vote(voter, 0, *place)
    figure = class_vote("a clip", session.table())
    *moods, mean = figure.plot.data
    for trace in moods:
        mood = BY_NAME[trace.name]
        assert (trace.marker.color, trace.marker.symbol) == (mood.colour, mood.symbol)
    happy = next(trace for trace in moods if trace.name == HAPPY.name)
    assert sorted(zip(happy.x, happy.y, strict=True)) == [(0.25, 0.5), (0.75, 1.0)]
    assert (mean.x[0], mean.y[0]) == pytest.approx((0.25, 0.25))
    texts = [note.text for note in figure.plot.layout.annotations]
    assert any(f"{HAPPY.name}: 2" in text for text in texts)
    assert f"{SAD.name} 1" in figure.alt and "Mean valence 0.25, mean arousal 0.25" in figure.alt
    assert len(figure.data) == 3


def test_a_clip_without_votes_is_an_empty_plane() -> None:
    session = Session("CODE", "teacher", [Clip("a clip", Path("a.ogg"))])
    figure = class_vote("a clip", session.table())
    assert sum(len(trace.x) for trace in figure.plot.data) == 0
    assert "0 votes" in figure.alt
