"""Kernel logistic regression on what pretrained networks hear, with calibrated probabilities.

A probe (Alain and Bengio 2016) of the networks' embeddings, side by side, on an RBF kernel by
Nystroem's approximation (Williams and Seeger 2001): far from all that was learned it falls back to
no mood. One temperature sharpens or softens the probabilities (Guo et al. 2017), and each mood has
the threshold of a 90 % prediction set (conformal, class by class: Vovk 2012; Sadinle
et al. 2019). Temperature and thresholds are fitted on clips that inner folds held out, groups
whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mmc_core._typing import Bools, Float32, Float64, Ints, Objects
from mmc_core.learning.familiarity import Familiarity, standardising
from mmc_core.learning.inputs import Clips
from mmc_core.learning.scores import one_hot
from mmc_core.learning.splits import inner_folds
from mmc_core.moods import NAMES
from mmc_core.saved.run import Confidence

if TYPE_CHECKING:
    from mmc_core.learning.kinds.probe import Probe

SET_LEVEL = 0.9  # share of clips whose mood is meant to be in their set
STEPS = 16  # of landmarks in a standard deviation: they fit into a byte, and nothing needs more


@dataclass(frozen=True)
class FittedProbe:
    """What a probe learned: a kernel regression on embeddings (n, all widths), side by side.

    `mean` and `scale` (m,) standardise the m `responses` that vary; the kernel is taken with
    `landmarks` (k, m), standardised too; `weights` (k, 4) and `bias` (4,) make log-odds of it.
    `sharpness` is the inverse of the temperature; a mood is in the set of a clip where its
    probability is at least `thresholds` (4,).
    """

    responses: Ints
    mean: Float64
    scale: Float64
    landmarks: Float64
    gamma: float
    weights: Float64
    bias: Float64
    sharpness: float = 1.0
    thresholds: Float64 | None = None

    def probabilities(self, x: Float32) -> Float64:
        """Of embeddings (n, all widths). (n, 4)"""
        z = (x[:, self.responses] - self.mean) * self.scale
        cross = z @ self.landmarks.T
        squares = np.square(z).sum(axis=1, keepdims=True) + np.square(self.landmarks).sum(axis=1)
        kernel = np.exp(-self.gamma * (squares - 2 * cross))
        return _softmax(self.sharpness * (kernel @ self.weights + self.bias))

    def sets(self, p: Float64) -> Bools:
        """Which moods are in each clip's set; the likeliest always is. (n, 4)"""
        assert self.thresholds is not None
        within: Bools = p >= np.minimum(self.thresholds, p.max(axis=1, keepdims=True))
        return within

    @property
    def n_parameters(self) -> int:
        """Numbers that were fitted."""
        learned = (self.mean, self.scale, self.landmarks, self.weights, self.bias)
        return sum(each.size for each in learned) + 1

    def confidence(self, distance_limit: float) -> Confidence:
        """Return what a run keeps, so that its answers can be read."""
        assert self.thresholds is not None
        return Confidence(
            temperature=1 / self.sharpness,
            set_level=SET_LEVEL,
            set_thresholds=dict(zip(NAMES, self.thresholds.tolist(), strict=True)),
            distance_limit=distance_limit,
        )


def fit(recipe: Probe, clips: Clips, rows: Ints, *, seed: int) -> FittedProbe:
    """A probe fitted on some clips, on their copies and on other datasets' clips."""
    inner = list(inner_folds(clips.table, rows, seed))
    p = np.empty((len(clips.table), len(NAMES)))
    for train, test in inner:
        p[test] = fit_uncalibrated(recipe, clips, train, seed=seed).probabilities(clips.x[test])
    held_out, true = p[rows], clips.mood[rows]
    sharpness = fitted_sharpness(held_out, true)
    thresholds = set_thresholds(_sharpened(held_out, sharpness), true)
    whole = fit_uncalibrated(recipe, clips, rows, seed=seed)
    return replace(whole, sharpness=sharpness, thresholds=thresholds)


def fit_uncalibrated(recipe: Probe, clips: Clips, rows: Ints, *, seed: int) -> FittedProbe:
    """The same as `fit`, without temperature and thresholds."""
    from sklearn.kernel_approximation import Nystroem
    from sklearn.linear_model import LogisticRegression
    from sklearn.utils import check_random_state

    x, mood, weight = _to_learn(clips, rows)
    mean, scale = standardising(x, weight)
    responses = np.flatnonzero(scale)
    mean, scale = mean[responses], scale[responses]
    z = (x[:, responses] - mean) * scale
    gamma = recipe.gamma / len(responses)
    chosen = check_random_state(seed).permutation(len(z))[: recipe.landmarks]  # as Nystroem draws
    landmarks = np.clip(np.round(STEPS * z[chosen]), -127, 127) / STEPS
    kernel = Nystroem(gamma=gamma, n_components=len(landmarks), random_state=seed).fit(landmarks)
    regression = LogisticRegression(C=recipe.C, max_iter=1000)
    regression.fit(kernel.transform(z), mood, sample_weight=weight)
    order = [list(regression.classes_).index(name) for name in NAMES]
    weights = kernel.normalization_.T @ regression.coef_[order].T
    bias = regression.intercept_[order]
    return FittedProbe(responses, mean, scale, kernel.components_, gamma, weights, bias)


def export(probe: FittedProbe, familiarity: Familiarity, path: Path) -> None:
    """A probe as ONNX: embeddings (n, all widths) to probabilities (n, 4) and distances (n,)."""
    from mmc_core.features.embeddings.graphs import FLOAT, Graph

    graph = Graph("probe")
    varying = graph.add("Gather", "embedding", probe.responses, axis=1)
    z = graph.add("Mul", graph.add("Sub", varying, probe.mean), probe.scale)
    landmarks = graph.add("Cast", np.round(STEPS * probe.landmarks).astype(np.int8), to=FLOAT)
    lengths = np.square(probe.landmarks).sum(axis=1)
    cross = graph.add("Gemm", z, landmarks, lengths, alpha=-2 / STEPS, transB=1)
    between = graph.add("Add", cross, graph.add("ReduceSumSquare", z, axes=[1]))
    kernel = graph.add("Exp", graph.add("Mul", between, np.array(-probe.gamma)))
    weights, bias = probe.sharpness * probe.weights, probe.sharpness * probe.bias
    p = graph.add("Softmax", graph.add("Gemm", kernel, weights, bias), axis=1)
    components = graph.add("Gemm", "embedding", familiarity.axes, -familiarity.centre)
    squares = graph.add("Mul", components, components)
    distance = graph.add("ReduceMean", squares, axes=[1], keepdims=0)
    graph.save(
        path,
        {"embedding": ["n", len(familiarity.axes)]},
        {"probabilities": (p, ["n", len(NAMES)]), "distance": (distance, ["n"])},
    )


def fitted_sharpness(p: Float64, mood: Objects) -> float:
    """Inverse temperature of the lowest loss on held-out probabilities (n, 4)."""
    from scipy.optimize import minimize_scalar

    true = one_hot(mood).argmax(axis=1)

    def loss(log_sharpness: float) -> float:
        sharpened = _sharpened(p, np.exp(log_sharpness))
        return -float(np.log(sharpened[np.arange(len(p)), true]).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def set_thresholds(p: Float64, mood: Objects, level: float = SET_LEVEL) -> Float64:
    """For each mood the least probability of its own held-out clips, but for 1 - `level` of them.

    A share of at least `level` of each mood's new clips then has it in its set. (4,)
    """
    thresholds = []
    for i, name in enumerate(NAMES):
        own = np.sort(p[mood == name, i])[::-1]
        rank = min(len(own), math.ceil((len(own) + 1) * level))
        thresholds.append(own[rank - 1])
    return np.array(thresholds)


def _to_learn(clips: Clips, rows: Ints) -> tuple[Float32, Objects, Float64]:
    """Embeddings, moods and weights: each dataset weighs alike, and so does a clip of it."""
    parts = [(clips, rows), *((other, np.arange(len(other.table))) for other in clips.beside)]
    x, mood, weight = [], [], []
    for part, chosen in parts:
        versions = [part.x, *part.copies]
        x += [version[chosen] for version in versions]
        mood += [part.mood[chosen]] * len(versions)
        share = len(rows) / (len(versions) * len(chosen))
        weight.append(np.full(len(versions) * len(chosen), share))
    return np.concatenate(x), np.concatenate(mood), np.concatenate(weight)


def _sharpened(p: Float64, sharpness: float) -> Float64:
    return _softmax(sharpness * np.log(p))


def _softmax(x: Float64) -> Float64:
    shifted = np.exp(x - x.max(axis=1, keepdims=True))
    share: Float64 = shifted / shifted.sum(axis=1, keepdims=True)
    return share
