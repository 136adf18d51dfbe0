"""How much of a file is decoded, and how long all of it is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


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
    """

    wanted_s: float = math.inf
    decoded_s: float = 0.0
    rest_s: float = 0.0

    @property
    def is_enough(self) -> bool:
        """Whether what is wanted is decoded."""
        return self.decoded_s >= self.wanted_s

    @property
    def length_s(self) -> float:
        """Length of the file in seconds; NaN where it is not known."""
        return self.decoded_s + self.rest_s


@dataclass(frozen=True)
class Reading:
    """How a file is read.

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
