"""What a probe answers: one pass of each network over the song, pooled where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmc_core._typing import Float32, Float64
from mmc_core.prediction.network import answer, output
from mmc_core.prediction.sound import Song
from mmc_core.runs import Run

MOMENT_S, MOMENT_HOP_S = 12.0, 3.0  # of the timeline
KERNEL = 5  # frames before and after: fifteen seconds
AT_ONCE = 256  # stretches: those of an hour take little memory
LEAST_NOVELTY = 0.35  # of the most there can be


def probabilities(run: Run, song: Song, stretches: Sequence[tuple[float, float]]) -> Float32:
    """A probe's probabilities of stretches of a song, in seconds. (n, 4)"""
    return np.concatenate(
        [
            answer(run, _pooled(run, song, stretches[i : i + AT_ONCE]))
            for i in range(0, len(stretches), AT_ONCE)
        ]
    )


def distance(run: Run, song: Song) -> float:
    """How far a whole song lies from all that a probe learned from; see `learning.familiarity`."""
    return float(output(run, 1, _pooled(run, song, [(0.0, np.inf)]))[0])


def _pooled(run: Run, song: Song, stretches: Sequence[tuple[float, float]]) -> Float32:
    """The embeddings of stretches of a song, side by side. (n, all widths)"""
    frames = [song.frames(network) for network in run.networks]
    return np.stack(
        [
            np.concatenate([each.pooled(start_s, end_s) for each in frames])
            for start_s, end_s in stretches
        ]
    )


def moments(song: Song) -> list[tuple[float, float]]:
    """Stretches of twelve seconds, three apart, from the first sound to the last."""
    first, last = song.windows[0][0], song.windows[-1][1]
    latest = max(first, last - MOMENT_S)
    starts = [*np.arange(first, latest, MOMENT_HOP_S).tolist(), latest]
    return [(start, min(start + MOMENT_S, last)) for start in starts]


def changes(song: Song, network: str) -> list[float]:
    """Where the structure of a song changes, in seconds.

    Peaks of novelty along the diagonal of the frames' similarity (Foote, "Automatic audio
    segmentation using a measure of audio novelty", ICME 2000).
    """
    frames = song.frames(network)
    n = len(frames.values)
    if n < 2 * KERNEL:
        return []
    centred = frames.values - frames.values.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9
    novelty = _novelty(centred)
    peaks = _peaks(novelty)
    return [round(float(frames.start_s[i]), 1) for i in peaks]


def _novelty(directions: Float32) -> Float64:
    """How much the frames before each differ from those from it on, and are alike themselves.

    Of frames as unit vectors, (n, width).
    """
    n = len(directions)
    novelty = np.zeros(n)
    for i in range(KERNEL, n - KERNEL + 1):
        around = directions[i - KERNEL : i + KERNEL]
        similarity = around @ around.T
        alike = similarity[:KERNEL, :KERNEL].mean() + similarity[KERNEL:, KERNEL:].mean()
        novelty[i] = alike / 2 - similarity[:KERNEL, KERNEL:].mean()
    return novelty


def _peaks(novelty: Float64) -> list[int]:
    """The greatest within a kernel to either side, where novelty is large enough."""
    return [
        i
        for i, value in enumerate(novelty)
        if value >= LEAST_NOVELTY and value == novelty[max(0, i - KERNEL) : i + KERNEL + 1].max()
    ]
