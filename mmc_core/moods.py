"""The four moods of Russell's circumplex. Nothing else in the project spells a mood.

Source: J. A. Russell, "A circumplex model of affect", Journal of Personality and Social
Psychology 39(6), 1980; quadrants numbered as in Panda, Malheiro & Paiva, IEEE TAFFC 2018.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mmc_core.language import _


@dataclass(frozen=True)
class Mood:
    """A quadrant of the arousal-valence plane, and how it is drawn everywhere.

    Parameters
    ----------
    name : str
        Its only spelling.
    quadrant : str
        "Q1" to "Q4", counter-clockwise.
    arousal : int
        1 for high energy, -1 for low.
    valence : int
        1 for pleasant, -1 for unpleasant.
    colour : str
        On white, in hexadecimal; told apart with every kind of colour blindness.
    colour_on_dark : str
        The same on a dark page.
    symbol : str
        Plotly's marker, so that colour is never the only sign.
    mark : str
        The same shape as a character.
    sounds_like : str
        In three words.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> [mood.name for mood in mmc.MOODS]
    ['happy', 'angry', 'sad', 'relaxed']
    """

    name: str
    quadrant: str
    arousal: int  # +1 high energy, -1 low
    valence: int  # +1 pleasant, -1 unpleasant
    colour: str
    colour_on_dark: str
    symbol: str  # Plotly's marker name, so that colour is never the only sign
    mark: str  # the same shape as one character, for text
    sounds_like: str

    @property
    def label(self) -> str:
        """Its name in the language of whoever reads."""
        return _(self.name)


# Order: the quadrants, counter-clockwise. Colours keep apart under the three dichromacies and have
# a contrast of 3 or more with the page (tests/test_moods.py measures both).
HAPPY = Mood(
    name="happy",
    quadrant="Q1",
    arousal=+1,
    valence=+1,
    colour="#C47F00",
    colour_on_dark="#F2B93B",
    symbol="circle",
    mark="●",
    sounds_like="bright, lively, cheerful",
)
ANGRY = Mood(
    name="angry",
    quadrant="Q2",
    arousal=+1,
    valence=-1,
    colour="#B5174B",
    colour_on_dark="#F0507A",
    symbol="triangle-up",
    mark="▲",
    sounds_like="loud, tense, aggressive",
)
SAD = Mood(
    name="sad",
    quadrant="Q3",
    arousal=-1,
    valence=-1,
    colour="#2B5FA8",
    colour_on_dark="#5B8FDE",
    symbol="square",
    mark="■",
    sounds_like="slow, dark, mournful",
)
RELAXED = Mood(
    name="relaxed",
    quadrant="Q4",
    arousal=-1,
    valence=+1,
    colour="#2E9B8B",
    colour_on_dark="#5FD0BC",
    symbol="diamond",
    mark="◆",
    sounds_like="calm, soft, warm",
)

MOODS = (HAPPY, ANGRY, SAD, RELAXED)
NAMES = tuple(mood.name for mood in MOODS)
BY_NAME = {mood.name: mood for mood in MOODS}
BY_QUADRANT = {mood.quadrant: mood for mood in MOODS}
SPELLINGS = f"{', '.join(NAMES)}, or Q1 to Q4"  # what `parse` knows, for messages


def parse(text: str) -> Mood | None:
    """The mood that a text names, or its quadrant, in any case; None where there is none."""
    name = text.strip()
    return BY_NAME.get(name.casefold()) or BY_QUADRANT.get(name.upper())


def at(arousal: float, valence: float) -> Mood | None:
    """The mood of a place on the plane; None on an axis, where two moods meet."""
    return next(
        (mood for mood in MOODS if arousal * mood.arousal > 0 and valence * mood.valence > 0), None
    )


def arousal_valence(probabilities: Iterable[float]) -> tuple[float, float]:
    """Expected arousal and valence: the positive half's probability minus the negative half's.

    Parameters
    ----------
    probabilities : iterable of float, (4,)
        Summing to 1, in the order of `MOODS`.

    Returns
    -------
    arousal : float
        From -1 (calm) to 1 (energetic).
    valence : float
        From -1 (unpleasant) to 1 (pleasant).

    Examples
    --------
    >>> import mmc_core as mmc
    >>> mmc.arousal_valence([0.5, 0.25, 0.0, 0.25])
    (0.5, 0.5)
    """
    pairs = list(zip(MOODS, probabilities, strict=True))
    return (
        float(sum(mood.arousal * p for mood, p in pairs)),
        float(sum(mood.valence * p for mood, p in pairs)),
    )
