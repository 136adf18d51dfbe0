"""What comes of a class vote, against what can be counted by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mmc_core.classroom.results import LABEL, results
from mmc_core.classroom.session import Clip, Session
from mmc_core.moods import ANGRY, HAPPY, RELAXED, SAD, Mood

MODEL = "a model"
PLACES: dict[str, list[Mood | None]] = {  # by voter, on each clip
    "a": [HAPPY, SAD, RELAXED],
    "b": [HAPPY, SAD, ANGRY],
    "c": [HAPPY, ANGRY, None],
}
LABELS = [HAPPY, RELAXED, ANGRY]


def voted(places: dict[str, list[Mood | None]]) -> Session:
    clips = [
        Clip(f"clip {i}", Path(), label.name, {MODEL: label.name} if i else {})
        for i, label in enumerate(LABELS)
    ]
    session = Session("CODE", "teacher", clips)
    for voter, moods in places.items():
        session.join(voter)
        for i, mood in enumerate(moods):
            if mood:
                session.vote(voter, i, 0.5 * mood.arousal, 0.5 * mood.valence)
    return session


def test_a_class_is_counted() -> None:
    session = voted(PLACES)
    found = results(session.clips, session.table())
    first, second, third = found.clips
    assert first.moods == {HAPPY.name: 3, ANGRY.name: 0, SAD.name: 0, RELAXED.name: 0}
    assert (first.majority, second.majority, third.majority) == (HAPPY.name, SAD.name, None)
    assert second.mean_arousal == pytest.approx((-0.5 - 0.5 + 0.5) / 3)
    assert second.mean_valence == pytest.approx(-0.5)
    assert (found.voters, found.complete) == (3, 2)
    # a and b: 2 of 3 alike, by chance 2 of 9; a and c: 1 of 2, by chance a quarter, as b and c.
    assert found.cohen.pairs == 3
    assert found.cohen.kappa == pytest.approx(((2 / 3 - 2 / 9) / (1 - 2 / 9) + 1 / 3 + 1 / 3) / 3)
    label, model = found.against
    assert (label.name, label.same, label.clips) == (LABEL, 1, 2)  # the third has no majority
    assert label.kappa == pytest.approx((0.5 - 0.25) / (1 - 0.25))
    assert (model.name, model.same, model.clips) == (MODEL, 0, 1)


def test_a_model_may_name_several_moods() -> None:
    session = voted(PLACES)
    clips = [
        replace(clip, named={MODEL: [RELAXED.name, SAD.name]} if i == 1 else {})
        for i, clip in enumerate(session.clips)
    ]
    found = results(clips, session.table())
    label, model = found.against
    assert (label.same, model.same, model.clips) == (1, 1, 1)  # the majority is sad
    assert found.clips[1].moods_of(MODEL) == [RELAXED.name, SAD.name]
    assert found.clips[2].moods_of(MODEL) == [ANGRY.name]
    assert list(found.clips[0].moods_of(MODEL)) == []


def test_results_are_json_also_without_votes() -> None:
    session = voted({})
    found = results(session.clips, session.table())
    assert found.voters == 0 and np.isnan(found.fleiss.value)
    written = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert written["fleiss"] == {"value": None, "low": None, "high": None}
    assert written["cohen"] == {"kappa": None, "pairs": 0}
    assert written["clips"][0]["majority"] is None
    session = voted(PLACES)
    written = results(session.clips, session.table()).as_json()
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert written["clips"][1]["moods"][SAD.name] == 2
