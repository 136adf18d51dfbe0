"""Count how much of a file is decoded, how long all of it is, and which stream it came from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TypeAlias

from mmc_core.language import N_
from mmc_core.wording import shown

STREAMS = N_("Of the {count} audio streams of the file, number {stream} was read.")

Filled: TypeAlias = tuple[float, float, int, int, str]


@dataclass
class Extent:
    """Counted while a file is read: decoded as far as is wanted, the rest by what the file says.

    Parameters
    ----------
    wanted_s : float, optional
        Seconds of sound that are decoded; all by default.
    decoded_s : float, optional
        Seconds that were.
    rest_s : float, optional
        Seconds after them; NaN where the file does not say, or not truly.
    stream, n_streams : int, optional
        Number of the audio stream that was decoded, from 1, and how many the file has.
    stream_title : str, optional
        What the file calls that stream: its title and language.
    """

    wanted_s: float = math.inf
    decoded_s: float = 0.0
    rest_s: float = 0.0
    stream: int = 1
    n_streams: int = 1
    stream_title: str = ""

    @property
    def is_enough(self) -> bool:
        """Whether what is wanted is decoded."""
        return self.decoded_s >= self.wanted_s

    @property
    def length_s(self) -> float:
        """Length of the file in seconds; NaN where it is not known."""
        return self.decoded_s + self.rest_s

    @property
    def filled(self) -> Filled:
        """The values that `fill` sets, in its order."""
        return self.decoded_s, self.rest_s, self.stream, self.n_streams, self.stream_title

    def fill(
        self, decoded_s: float, rest_s: float, stream: int, n_streams: int, stream_title: str
    ) -> None:
        """Set what was counted and read in another process."""
        self.decoded_s, self.rest_s = decoded_s, rest_s
        self.stream, self.n_streams, self.stream_title = stream, n_streams, stream_title

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence on which stream was read, in English, if there are several."""
        if self.n_streams < 2:
            return ()
        title = f" ({shown(self.stream_title)})" if self.stream_title else ""
        return (STREAMS.format(count=self.n_streams, stream=f"{self.stream}{title}"),)


@dataclass(frozen=True)
class Reading:
    """The settings by which a file is read.

    Parameters
    ----------
    name : str
        What messages call the file.
    limit_s : float
        The longest duration accepted, in seconds.
    channel : int, optional
        The one to read; the mean of all by default.
    extent : Extent, optional
        How much is wanted; what was decoded, and how much more there is, is set.
    """

    name: str
    limit_s: float
    channel: int | None = None
    extent: Extent = field(default_factory=Extent)
