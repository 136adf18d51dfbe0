"""A song as models hear it: at one level, without silent ends, in windows."""

from __future__ import annotations

import os
from functools import cached_property

from mmc_core._typing import Float64, Progress, no_progress
from mmc_core.audio import Audio
from mmc_core.audio.loudness import at_one_level, without_silent_ends
from mmc_core.features.embeddings import Frames, embed
from mmc_core.features.scalars import describe
from mmc_core.prediction.result import Features
from mmc_core.prediction.windows import audible_windows, shares_of_time


class Song:
    """A loaded song, and what was computed of it: another model then answers sooner.

    Parameters
    ----------
    audio : Audio
        Its sound.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> song = mmc.Song(mmc.load_audio(mmc.sample("beethoven-moonlight")))
    >>> len(song.windows), round(song.duration_s)
    (4, 57)
    """

    def __init__(self, audio: Audio) -> None:
        self.name = audio.name
        self.duration_s = audio.duration_s
        self.notes = [*audio.notes]
        self._audio = audio
        self._frames: dict[str, Frames] = {}
        self._features: list[Features] = []

    @cached_property
    def windows(self) -> list[tuple[float, float]]:
        """Where each window begins and ends in the song, in seconds; silent ones are left out."""
        start_s, sound = self._levelled
        return [
            (start_s + start, start_s + start + window.duration_s)
            for start, window in audible_windows(sound)
        ]

    @property
    def weights(self) -> Float64:
        """The share of each window in a mean over the song, every second counting alike."""
        return shares_of_time(self.windows)

    def levelled(self, start_s: float, end_s: float) -> Audio:
        """A stretch of the song at the one level at which models hear it."""
        offset_s, sound = self._levelled
        return sound.cut(start_s - offset_s, end_s - start_s)

    def frames(self, network: str, progress: Progress = no_progress) -> Frames:
        """A pretrained network's frames, computed once.

        Args:
            progress: see `embed`.

        Raises:
            MissingNetwork: if the network is not on this machine.
        """
        if network not in self._frames:
            start_s, sound = self._levelled
            threads = os.cpu_count() or 1
            self._frames[network] = embed(
                sound, network, progress, start_s=start_s, threads=threads
            )
        return self._frames[network]

    def features(self, progress: Progress = no_progress) -> list[Features]:
        """Each window's features as the song is, its level included; computed once."""
        for start_s, end_s in self.windows[len(self._features) :]:
            self._features.append(describe(self._audio.cut(start_s, end_s - start_s).y))
            progress(len(self._features), len(self.windows))
        return self._features

    @cached_property
    def _levelled(self) -> tuple[float, Audio]:
        return without_silent_ends(at_one_level(self._audio))
