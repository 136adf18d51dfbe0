"""Channels that cancel in their mean, as in recordings with one of them wired the wrong way round.

A second counts as cancelled where the mean of the channels holds less than a tenth of their power;
that of channels that have nothing in common holds half of it.
"""

from __future__ import annotations

import numpy as np

from mmc_core._typing import Float32, Float64
from mmc_core.errors import AudioError
from mmc_core.language import N_

LEAST_POWER = 0.1  # of the channels'
MOST_SECONDS = 0.25  # of those that sound
SILENT_POWER = 1e-8  # a sample: that of -80 dB
NOTE = N_(
    "The channels cancel each other (they are out of phase), so only channel {channel} was read. "
    "Check the recording."
)


class ChannelsCancel(AudioError):
    """Channels of a file that cancel each other. Its text is the number of a loud one, from 0."""

    kind = "channels-cancel"

    @property
    def channel(self) -> int:
        return int(str(self))

    @property
    def note(self) -> str:
        """The sentence that is kept with the sound, in English; see `notes.in_words`."""
        return NOTE.format(channel=self.channel + 1)


class Phase:
    """Counts the seconds in which channels cancel, as sound comes by.

    Power is that about the mean of a second: an offset of the samples is no sound.
    """

    def __init__(self) -> None:
        self._sounding = self._cancelled = 0
        self._by_channel: Float64 = np.zeros(0)  # power where they cancel
        self._begin(0)

    def hear(self, block: Float32, mean: Float32, rate: int) -> None:
        """Add a block to the statistics.

        Args:
            block: samples. (n, n_channels)
            mean: of the channels. (n,)
            rate: in Hz.
        """
        if block.shape[1] != len(self._sums):
            self._count()
            self._begin(block.shape[1])
        self._sums += [channel.sum() for channel in block.T]  # faster than over an axis
        self._squares += [channel @ channel for channel in block.T]
        self._mean_square += float(mean @ mean)
        self._samples += len(block)
        if self._samples >= rate:
            self._count()
            self._begin(block.shape[1])

    def check(self) -> None:
        """Raise an error if the channels cancelled in too much of what sounded.

        Raises:
            ChannelsCancel: if they did.
        """
        self._count()
        self._begin(0)
        if self._cancelled > MOST_SECONDS * self._sounding:
            loud = self._by_channel > self._by_channel.max() / 2
            raise ChannelsCancel(str(int(loud.argmax())))

    def _begin(self, n_channels: int) -> None:
        """Begin a second."""
        self._sums, self._squares = np.zeros(n_channels), np.zeros(n_channels)
        self._mean_square = 0.0
        self._samples = 0

    def _count(self) -> None:
        """Add the second that ends to the rest."""
        if not self._samples:
            return
        powers = self._squares - self._sums**2 / self._samples
        mean_power = self._mean_square - self._sums.mean() ** 2 / self._samples
        if powers.mean() > SILENT_POWER * self._samples:
            self._sounding += 1
            if mean_power < LEAST_POWER * powers.mean():
                self._cancelled += 1
                self._add(powers)

    def _add(self, power: Float64) -> None:
        """Add each channel's power; streams in a row may have more channels or fewer."""
        n = max(len(power), len(self._by_channel))
        self._by_channel = np.pad(self._by_channel, (0, n - len(self._by_channel)))
        self._by_channel[: len(power)] += power
