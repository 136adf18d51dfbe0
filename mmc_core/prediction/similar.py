"""What else is like a song: the clips of all datasets that sound most like it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mmc_core import datasets
from mmc_core._typing import Float32, Floats, Progress, no_progress
from mmc_core.audio import Audio
from mmc_core.datasets.neighbours import library
from mmc_core.features.embeddings import axes
from mmc_core.prediction.sound import Song, as_song


def similar(
    song: Song | Audio | Path | str | bytes, top: int = 10, progress: Progress = no_progress
) -> pd.DataFrame:
    """The clips of all datasets that sound most like a song.

    A song and clips are compared by the mean of what MusiCNN [1]_ hears in them, on the 32 axes on
    which other files of one recording agree. No mood is used.

    Parameters
    ----------
    song : Song, Audio, path, str or bytes
        Loaded sound, the path of a file, or a file's content.
    top : int, optional
        How many clips.
    progress : callable, optional
        Called with the steps that are done, and of how many.

    Returns
    -------
    DataFrame
        A row a clip, the most alike first: `dataset`, `clip`, `name`, `mood`, `group`;
        `similarity`, a cosine from -1 to 1; `percentile`, the share (%) of pairs of random clips
        that are less alike; `same_recording`, whether it is as alike as other files of one
        recording are.

    Raises
    ------
    AudioError
        If the file cannot be used as sound.
    DatasetError
        If no dataset has embeddings of its clips.

    References
    ----------
    .. [1] J. Pons and X. Serra, "musicnn: pre-trained convolutional neural networks for music audio
       tagging", ISMIR late-breaking session, 2019.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> clips = mmc.similar(mmc.sample("beethoven-moonlight"), top=3)
    >>> clips["dataset"].tolist()
    ['emopia', 'emopia', 'emopia']
    """
    value = on_axes(as_song(song), progress)
    return library(datasets.every().values()).nearest(value, top)


def on_axes(song: Song, progress: Progress = no_progress) -> Float32:
    """Where a whole song lies on the axes of similarity. (32,)"""
    return project(song.frames(axes.NETWORK, progress).pooled())


def project(pooled: Floats) -> Float32:
    """The same of a song's pooled embedding (width,)."""
    return axes.load().project(np.asarray(pooled)[None])[0]
