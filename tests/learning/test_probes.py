"""Linear probes: what they weigh, how sure they are, what is exported; and what is unfamiliar."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from mapie.classification import SplitConformalClassifier
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from mmc_core._typing import Float64, Ints
from mmc_core.features.embeddings import musicnn
from mmc_core.learning import familiarity, probes
from mmc_core.learning.inputs import Clips
from mmc_core.learning.recipes import Probe, load
from mmc_core.moods import NAMES

N = 120
PEAKED = 3.0


def made_clips(seed: int, n: int = N) -> Clips:
    """Clips whose first four numbers lean to their mood; a group of two each."""
    rng = np.random.default_rng(seed)
    mood = np.array(NAMES, dtype=object)[np.arange(n) % 4]
    x = rng.normal(0, 1, (n, musicnn.WIDTH)).astype(np.float32)
    x[np.arange(n), np.arange(n) % 4] += PEAKED
    x[:, -1] = 7.0  # never responds
    group = [f"group {i // 8}-{i % 4}" for i in range(n)]
    table = pd.DataFrame({"clip": [f"clip {i}" for i in range(n)], "mood": mood, "group": group})
    return Clips(table, x)


@pytest.fixture(scope="module")
def recipe() -> Probe:
    recipe = load("probe-musicnn", ["sources=[]", "copies=[]"])
    assert isinstance(recipe, Probe)
    return recipe


@pytest.fixture(scope="module")
def clips() -> Clips:
    return made_clips(1)


@pytest.fixture(scope="module")
def fitted(recipe: Probe, clips: Clips) -> probes.FittedProbe:
    return probes.fit(recipe, clips, np.arange(N), seed=13)


def test_each_dataset_weighs_alike_and_copies_no_more_than_their_clips() -> None:
    one, other = made_clips(1), made_clips(2, 40)
    clips = Clips(one.table, one.x, [one.x, one.x], [Clips(other.table, other.x, [other.x])])
    rows = np.arange(80)
    x, mood, weight = probes._to_learn(clips, rows)
    assert len(x) == len(mood) == len(weight) == 3 * 80 + 2 * 40
    assert [weight[:240].sum(), weight[240:].sum()] == pytest.approx([80, 80])
    assert len(set(weight[:240])) == len(set(weight[240:])) == 1


def test_what_was_learned_is_answered_and_sums_to_one(
    fitted: probes.FittedProbe, clips: Clips
) -> None:
    p = fitted.probabilities(clips.x)
    assert p.sum(axis=1) == pytest.approx(1)
    assert (p.argmax(axis=1) == np.arange(N) % 4).mean() > 0.95
    assert fitted.responses.tolist() == list(range(musicnn.WIDTH - 1))  # the last never varies


def test_the_exported_probe_answers_the_same(
    fitted: probes.FittedProbe, clips: Clips, tmp_path: Path
) -> None:
    known = familiarity.fit(clips, seed=13)
    probes.export(fitted, known, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    p, distance = session.run(None, {"embedding": clips.x})
    assert np.abs(p - fitted.probabilities(clips.x)).max() < 1e-4
    assert distance == pytest.approx(known.distances(clips.x), rel=1e-3)


class Given(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose input is its answer."""

    classes_ = np.arange(4)

    def fit(self, x: Float64, y: Ints) -> Given:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict_proba(self, x: Float64) -> Float64:
        return x

    def predict(self, x: Float64) -> Ints:
        return x.argmax(axis=1)


def test_sharpness_undoes_what_blurred_probabilities_and_is_scikit_learns() -> None:
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.ones(4), 20_000)
    mood = np.array(NAMES, dtype=object)[[rng.choice(4, p=row) for row in p]]
    blurred = np.sqrt(p) / np.sqrt(p).sum(axis=1, keepdims=True)
    assert probes.fitted_sharpness(p, mood) == pytest.approx(1, abs=0.05)
    sharpness = probes.fitted_sharpness(blurred, mood)
    assert sharpness == pytest.approx(2, abs=0.1)
    numbers = pd.Index(NAMES).get_indexer(pd.Index(mood))
    theirs = CalibratedClassifierCV(FrozenEstimator(Given()), method="temperature")
    theirs.fit(blurred, numbers)
    assert theirs.calibrated_classifiers_[0].calibrators[0].beta_ == pytest.approx(
        sharpness, rel=1e-3
    )


def answers(n: int, seed: int) -> tuple[Float64, np.ndarray]:
    """Probabilities, and moods drawn from them: calibrated, but surer of some moods."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet([2, 1, 0.5, 0.5], n)
    return p, np.array(NAMES, dtype=object)[[rng.choice(4, p=row) for row in p]]


def test_nine_in_ten_of_each_mood_are_in_their_set(fitted: probes.FittedProbe) -> None:
    thresholds = probes.set_thresholds(*answers(2000, 1))
    p, mood = answers(8000, 2)
    sets = replace(fitted, thresholds=thresholds).sets(p)
    for i, name in enumerate(NAMES):
        assert sets[mood == name, i].mean() == pytest.approx(0.9, abs=0.03), name
    assert sets.sum(axis=1).min() >= 1
    assert sets[np.arange(len(p)), p.argmax(axis=1)].all()


@pytest.mark.filterwarnings("ignore:WARNING. your conformalization")
def test_thresholds_are_those_of_mapie() -> None:
    p, mood = answers(400, 4)
    others, _ = answers(500, 5)
    thresholds = probes.set_thresholds(p, mood)
    for i, name in enumerate(NAMES):
        conformal = SplitConformalClassifier(
            Given(), confidence_level=0.9, conformity_score="lac", prefit=True
        )
        conformal.conformalize(p[mood == name], np.full((mood == name).sum(), i))
        _, sets = conformal.predict_set(others)
        assert (sets[:, i, 0] == (others[:, i] >= thresholds[i])).all(), name


def test_what_is_unlike_all_that_was_learned_lies_far_away(clips: Clips) -> None:
    known = familiarity.fit(clips, seed=13)
    assert (known.distances(made_clips(9).x) > known.limit).mean() < 0.25
    far = clips.x.copy()
    far[:, :50] += 12
    assert (known.distances(far) > known.limit).all()
