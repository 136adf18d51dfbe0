"""Which parts of a sound drove the answer of a probe: cells of time and mel band, left out in turn.

Occlusion (Zeiler and Fergus, ECCV 2014) on a grid over ten seconds: the effect of a cell is how far
the mood's probability falls when that cell alone is taken out of the sound (`features.masking`).
Every answer here is that for a sound by itself, at the one level at which models hear all sound;
`predict` gives the same for the sound saved as a file. `python -m benchmarks.deletion` measures
whether the cells with the largest effects matter more to the model than others.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mmc_core._typing import Bools, Float64, Progress, no_progress
from mmc_core.audio import Audio
from mmc_core.audio.inaudible import audible
from mmc_core.audio.loudness import levelled
from mmc_core.features.embeddings import Known, embed
from mmc_core.features.masking import Grid, Maskable
from mmc_core.features.spectra import Spectra
from mmc_core.language import N_
from mmc_core.moods import NAMES
from mmc_core.prediction.network import answer
from mmc_core.prediction.result import Prediction
from mmc_core.runs import Run
from mmc_core.saved import study_files
from mmc_core.saved.study import DELETION, Deletion

EXCERPT_S = 10.0
TOP_SHARE = 0.2  # of the cells: those that drove the answer
# Patches of a spectrogram that differ by no more, 0.1 dB of MusiCNN's, count as one: effects differ
# by less than 0.002 from those without this on sample songs.
SAME = 0.01
CARRIED_SHARE = 0.5  # of the mood's probability: what is below has lost the answer
SOUNDS = {
    "original": N_("The excerpt as it is"),
    "only": N_("Only the marked regions"),
    "without": N_("Without the marked regions"),
}


@dataclass(frozen=True)
class Region:
    """One cell: where it is, and how far the probability falls without it."""

    start_s: float
    end_s: float
    low_hz: float
    high_hz: float
    effect: float
    is_top: bool


@dataclass(frozen=True)
class Occlusion:
    """Which parts of an excerpt of a song drove a model's answer for it.

    Parameters
    ----------
    mood : str
        Whose probability it is about.
    start_s : float
        Where the excerpt begins in its song.
    grid : Grid
        Its cells.
    effects : ndarray, (n_bands, n_times)
        How far the probability falls without each cell, from -1 to 1.
    top : ndarray of bool, (n_bands, n_times)
        The cells that drove the answer most: a fifth of all, or fewer where fewer have an effect.
    sounds : dict of Audio
        By the keys of `SOUNDS`.
    probabilities : dict of float
        What the model answers for each of them, by itself.
    levels_db : ndarray of int8, (128, t)
        Mel spectrogram of the excerpt in dB below its maximum, to be drawn under the cells.
    """

    mood: str
    start_s: float
    grid: Grid
    effects: Float64
    top: Bools
    sounds: dict[str, Audio]
    probabilities: dict[str, float]
    levels_db: npt.NDArray[np.int8]

    @property
    def carries(self) -> bool:
        """Whether the marked cells alone carry the answer."""
        return self._keeps_the_answer("only")

    @property
    def is_lost_without(self) -> bool:
        """Whether the answer is lost without the marked cells."""
        return not self._keeps_the_answer("without")

    def _keeps_the_answer(self, sound: str) -> bool:
        """Return whether a sound keeps at least `CARRIED_SHARE` of the mood's probability."""
        return self.probabilities[sound] >= CARRIED_SHARE * self.probabilities["original"]

    @property
    def regions(self) -> list[Region]:
        """All cells, those with the largest effect first; times are the song's."""
        times, bands = self.start_s + self.grid.time_edges_s, self.grid.band_edges_hz
        cells = [
            Region(
                start_s=round(float(times[t]), 3),
                end_s=round(float(times[t + 1]), 3),
                low_hz=round(float(bands[b]), 1),
                high_hz=round(float(bands[b + 1]), 1),
                effect=float(self.effects[b, t]),
                is_top=bool(self.top[b, t]),
            )
            for b, t in np.ndindex(self.grid.shape)
        ]
        return sorted(cells, key=lambda cell: -cell.effect)


def surest_excerpt(prediction: Prediction, mood: str) -> float:
    """Where ten seconds begin in a song in which the mood is likeliest, in seconds."""
    moment = max(prediction.timeline, key=lambda each: each.probabilities[mood])
    middle = (moment.start_s + moment.end_s - EXCERPT_S) / 2
    return round(max(0.0, min(middle, latest_excerpt(prediction))), 1)


def latest_excerpt(prediction: Prediction) -> float:
    """Where the last ten seconds of a song begin, in seconds."""
    return max(0.0, (prediction.duration_s or 0.0) - EXCERPT_S)


def occlude(
    run: Run,
    excerpt: Audio,
    mood: str,
    start_s: float = 0.0,
    progress: Progress = no_progress,
    *,
    threads: int | None = None,
) -> Occlusion:
    """Take each cell out of an excerpt in turn, then those together that matter most.

    Args:
        run: a probe.
        excerpt: about ten seconds, at least one.
        start_s: where it begins in its song.
        progress: called with the answers that are there, and of how many.
        threads: at work at once; as many as the machine has cores by default.

    Raises:
        MissingNetwork: if a pretrained network is not on this machine.
    """
    grid = Grid(excerpt.duration_s)
    maskable = Maskable(excerpt, grid)
    n = int(np.prod(grid.shape))
    nothing, each = np.zeros((1, *grid.shape), dtype=bool), np.eye(n, dtype=bool)
    removed = each.reshape(n, *grid.shape)
    known = Known(SAME)
    (whole,) = answers(run, maskable, nothing, known=known)[:, NAMES.index(mood)]
    others = answers(run, maskable, removed, progress, threads, known)[:, NAMES.index(mood)]
    effects = whole - others.reshape(grid.shape)
    top = strongest(effects)
    only, without = answers(run, maskable, np.stack([~top, top]), threads=threads)[
        :, NAMES.index(mood)
    ]
    mel_db = Spectra(excerpt.y).mel_db
    return Occlusion(
        mood=mood,
        start_s=start_s,
        grid=grid,
        effects=effects,
        top=top,
        sounds={
            "original": excerpt,
            "only": maskable.without(~top),
            "without": maskable.without(top),
        },
        probabilities={"original": float(whole), "only": float(only), "without": float(without)},
        levels_db=(mel_db - mel_db.max()).round().astype(np.int8),
    )


def answers(
    run: Run,
    maskable: Maskable,
    removed: Bools,
    progress: Progress = no_progress,
    threads: int | None = None,
    known: Known | None = None,
) -> Float64:
    """What a probe answers for a sound without each of some sets of its cells. (n, 4)

    Args:
        removed: (n, n_bands, n_times) the cells that are left out.
        progress: called with the answers that are there, and of how many; what it raises ends it.
        threads: as of `occlude`.
        known: as of `embed`; to be filled by one sound before several are answered at once.
    """
    p = []
    pool = ThreadPoolExecutor(
        threads or os.cpu_count()
    )  # a thread a sound costs less than several for one
    try:
        for each in pool.map(
            lambda cells: probabilities(run, maskable.without(cells), known), removed
        ):
            p.append(each)
            progress(len(p), len(removed))
    finally:
        pool.shutdown(cancel_futures=True)
    return np.array(p)


def strongest(effects: Float64) -> Bools:
    """The fifth of all cells with the largest effects, those without a positive one left out."""
    n = round(TOP_SHARE * effects.size)
    chosen = np.zeros(effects.size, dtype=bool)
    chosen[np.argsort(-effects, axis=None, kind="stable")[:n]] = True
    return chosen.reshape(effects.shape) & (effects > 0)


def probabilities(run: Run, sound: Audio, known: Known | None = None) -> Float64:
    """What a probe answers for a sound by itself, at one level as the clips it learned from. (4,)

    Raises:
        MissingNetwork: if a pretrained network is not on this machine.
    """
    heard = levelled(audible(sound))
    pooled = [embed(heard, network, known=known).pooled() for network in run.networks]
    return answer(run, np.concatenate(pooled)[None])[0].astype(np.float64)


def measured() -> Mapping[str, Deletion]:
    """Return what `python -m benchmarks.deletion` measured, by run; empty if it was never run."""
    return DELETION.parse(study_files.find(study_files.DELETION), "deletion.json").models
