"""Channels that cancel in their mean, as in recordings with one of them wired the wrong way round.

A second counts as cancelled where the mean of the channels holds less than a tenth of their power;
that of channels that have nothing in common holds half of it.
"""

from __future__ import annotations

import numpy as np

from mmc_core._typing import Float32, Float64
from mmc_core.errors import AudioError
from mmc_core.language import N_, _, filled_into

LEAST_POWER = 0.1  # of the channels'
MOST_SECONDS = 0.25  # of those that sound
SILENT_POWER = 1e-8  # a sample: that of -80 dB
NOTE = N_(
    "The channels cancel each other (they are out of phase), so only channel {channel} was read. "
    "Check the recording."
)


class ChannelsCancel(AudioError):
    """What is told of a file whose channels cancel: `str` of it is the number of a loud one."""

    kind = "channels-cancel"

    @property
    def channel(self) -> int:
        return int(str(self))

    @property
    def note(self) -> str:
        """What is kept with the sound, in English; see `in_words`."""
        return NOTE.format(channel=self.channel + 1)


def in_words(note: str) -> str:
    """A note on how a file was read, in the language of whoever reads."""
    values = filled_into(NOTE, note)
    return _(NOTE, **values) if values else note


class Phase:
    """Counts the seconds in which channels cancel, as sound comes by."""

    def __init__(self) -> None:
        self._sounding = self._cancelled = 0
        self._by_channel: Float64 = np.zeros(0)  # power where they cancel
        self._power = self._mean_power = 0.0  # within the second that is counted
        self._samples = 0

    def hear(self, block: Float32, mean: Float32, rate: int) -> None:
        """Samples, (n, n_channels), the mean of their channels, (n,), and their rate in Hz."""
        samples = block.ravel(order="K")
        power, mean_power = float(samples @ samples) / block.shape[1], float(mean @ mean)
        if mean_power < LEAST_POWER * power:
            self._add(np.square(block, dtype=np.float64).sum(axis=0))
        self._power += power
        self._mean_power += mean_power
        self._samples += len(block)
        if self._samples >= rate:
            self._count()

    def check(self) -> None:
        """
        Raises:
            ChannelsCancel: if they did in too much of what sounded.
        """
        self._count()
        if self._cancelled > MOST_SECONDS * self._sounding:
            loud = self._by_channel > self._by_channel.max() / 2
            raise ChannelsCancel(str(int(loud.argmax())))

    def _count(self) -> None:
        """The second that was counted goes to the rest."""
        if self._power > SILENT_POWER * self._samples:
            self._sounding += 1
            self._cancelled += self._mean_power < LEAST_POWER * self._power
        self._power = self._mean_power = 0.0
        self._samples = 0

    def _add(self, power: Float64) -> None:
        """Power of each channel, of which streams in a row may have more or fewer."""
        n = max(len(power), len(self._by_channel))
        self._by_channel = np.pad(self._by_channel, (0, n - len(self._by_channel)))
        self._by_channel[: len(power)] += power
