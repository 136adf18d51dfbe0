"""A song as models hear it: at one level, without silent ends, in windows."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path

from mmc_core._typing import Float64, Progress, no_progress
from mmc_core.audio import Audio, Sound, open_audio
from mmc_core.audio.clip import first_clip
from mmc_core.audio.inaudible import audible
from mmc_core.audio.loudness import Levelled, levelled
from mmc_core.features.embeddings import Frames, embed
from mmc_core.features.scalars import describe
from mmc_core.prediction.result import Features
from mmc_core.prediction.windows import audible_windows, shares_of_time


class Song:
    """A loaded song, and what was computed of it: another model then answers sooner.

    Parameters
    ----------
    audio : Sound
        What was loaded; an `Audio`, or one that is read from disk.
    threads : int, optional
        That a pretrained network may use; all of the machine's by default.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> song = mmc.Song(mmc.load_audio(mmc.sample("beethoven-moonlight")))
    >>> len(song.windows), round(song.duration_s)
    (4, 57)
    """

    def __init__(self, audio: Sound, *, threads: int | None = None) -> None:
        self.name = audio.name
        self.duration_s = audio.duration_s
        self._audible = audible(audio)
        self.notes = [*self._audible.notes]
        self.threads = threads or os.cpu_count() or 1
        self._audio = audio
        self._frames: dict[str, Frames] = {}
        self._features: list[Features] = []

    @cached_property
    def windows(self) -> list[tuple[float, float]]:
        """Where each window begins and ends in the song, in seconds; silent ones are left out."""
        start_s = self._levelled.start_s
        return [
            (start_s + start, start_s + start + duration)
            for start, duration in audible_windows(self._levelled)
        ]

    @property
    def weights(self) -> Float64:
        """The share of each window in a mean over the song, every second counting alike."""
        return shares_of_time(self.windows)

    @cached_property
    def sound_sha256(self) -> str:
        """The SHA-256 of the decoded samples: the same whatever tags the song's file has."""
        digest = hashlib.sha256()
        for block in self._audio.blocks():
            digest.update(block.astype("<f4").tobytes())
        return digest.hexdigest()

    def cut(self, start_s: float, duration_s: float) -> Audio:
        """A stretch of the song as it is."""
        return self._audio.cut(start_s, duration_s)

    def levelled(self, start_s: float, end_s: float) -> Audio:
        """A stretch of the song at the one level at which models hear it."""
        return self._levelled.cut(start_s - self._levelled.start_s, end_s - start_s)

    def frames(self, network: str, progress: Progress = no_progress) -> Frames:
        """A pretrained network's frames, computed once.

        Args:
            progress: see `embed`.

        Raises:
            MissingNetwork: if the network is not on this machine.
        """
        if network not in self._frames:
            sound = self._levelled
            self._frames[network] = embed(
                sound, network, progress, start_s=sound.start_s, threads=self.threads
            )
        return self._frames[network]

    def features(self, progress: Progress = no_progress) -> list[Features]:
        """Return each window's features at the song's own level; computed once."""
        for start_s, end_s in self.windows[len(self._features) :]:
            self._features.append(describe(self._audible.cut(start_s, end_s - start_s).y))
            progress(len(self._features), len(self.windows))
        return self._features

    def first_clip(self) -> tuple[float, Features]:
        """Where the clip that stands for the song in a dataset begins, in seconds, and its features
        as in a table: the first 25.5 s with sound.
        """
        start_s, clip = first_clip(self._audio)
        return start_s, describe(clip.y)

    @cached_property
    def _levelled(self) -> Levelled:
        return levelled(self._audible)


def as_song(song: Song | Sound | Path | str | bytes) -> Song:
    """A song of loaded sound, of the path of a file, or of a file's content.

    Raises:
        AudioError: if the file cannot be used as sound.
    """
    if isinstance(song, Song):
        return song
    return Song(song if isinstance(song, Sound) else open_audio(song))
