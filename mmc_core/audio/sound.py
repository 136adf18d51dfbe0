"""What a sound is: samples that can be asked for piece by piece, in memory or on disk."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import SEEK_END
from typing import IO
from weakref import finalize

import numpy as np

from mmc_core._typing import Float32

SR = 22_050  # Hz
CLIP_S = 25.5  # seconds that one row of a feature table describes
CLIP_SAMPLES = round(CLIP_S * SR)
BLOCK_SAMPLES = 10 * SR  # read at a time


class Sound(ABC):
    """One channel of samples at 22 050 Hz; full scale is 1."""

    name: str
    notes: tuple[str, ...]

    @property
    @abstractmethod
    def n_samples(self) -> int: ...

    @abstractmethod
    def samples(self, start: int, end: int) -> Float32:
        """Samples from one to before another, fewer where the sound ends first. (n,)"""

    @property
    def peak(self) -> float:
        """The largest distance of a sample from zero."""
        return max((float(np.abs(block).max()) for block in self.blocks()), default=0.0)

    @property
    def duration_s(self) -> float:
        """Its length in seconds."""
        return self.n_samples / SR

    def cut(self, start_s: float = 0.0, duration_s: float = CLIP_S) -> Audio:
        """A piece of it, shorter where the sound ends first."""
        start = round(start_s * SR)
        return Audio(self.samples(start, start + round(duration_s * SR)), self.name, self.notes)

    def blocks(self) -> Iterator[Float32]:
        """All of it, ten seconds at a time."""
        for start in range(0, self.n_samples, BLOCK_SAMPLES):
            yield self.samples(start, start + BLOCK_SAMPLES)


@dataclass(frozen=True)
class Audio(Sound):
    """One sound, as every part of this package takes it.

    Parameters
    ----------
    y : ndarray of float32, (n_samples,)
        Samples of one channel at 22 050 Hz; full scale is 1.
    name : str, optional
        What to call it in messages.
    notes : tuple of str, optional
        What to know of how it was read, in sentences.

    Examples
    --------
    >>> import numpy as np
    >>> import mmc_core as mmc
    >>> tone = mmc.Audio(np.sin(np.arange(5 * mmc.SR) / 8).astype("float32"), "tone")
    >>> tone.duration_s, tone.cut(1.0, 2.5).duration_s
    (5.0, 2.5)
    """

    y: Float32
    name: str = ""
    notes: tuple[str, ...] = ()

    @property
    def n_samples(self) -> int:
        """How many samples there are."""
        return len(self.y)

    def samples(self, start: int, end: int) -> Float32:
        """Samples from one to before another, fewer where the sound ends first. (n,)"""
        return self.y[start:end]


@dataclass(frozen=True)
class SoundOnDisk(Sound):
    """A sound of any length in a file of float32 that is gone when nothing reads it any more."""

    file: IO[bytes]
    name: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        finalize(self, self.file.close)

    @cached_property
    def n_samples(self) -> int:
        return self.file.seek(0, SEEK_END) // 4

    def samples(self, start: int, end: int) -> Float32:
        y = np.empty(max(0, min(end, self.n_samples) - start), dtype=np.float32)
        self.file.seek(start * y.itemsize)
        self.file.readinto(y)  # type: ignore[attr-defined]
        return y
