"""Answered songs as a playlist: extended M3U in UTF-8 (`.m3u8`), which music players open.

    #EXTM3U
    #EXTINF:184,A song
    A song.mp3

A line that begins with `#` is a comment, and a line is a path, so a name may be neither more than
one line nor look like a comment or an address; see `entry`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from urllib.parse import quote

from mmc_core.moods import NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.wording import CONTROLS, shown

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # as what players take for one begins
LONGEST = 200  # characters of a title


def by_mood(prediction: Prediction) -> tuple[float, float]:
    """In the order of moods, the clearest of each first."""
    mood = prediction.mood or NAMES[-1]
    return NAMES.index(mood), -(prediction.probabilities or {}).get(mood, 0.0)


def by_confidence(prediction: Prediction) -> tuple[float, ...]:
    """The clearest first."""
    return by_mood(prediction)[1:]


ORDERS: dict[str, Callable[[Prediction], tuple[float, ...]]] = {
    "arousal": lambda prediction: (prediction.arousal or 0.0,),  # from calm to energetic
    "valence": lambda prediction: (prediction.valence or 0.0,),  # from unpleasant to pleasant
    "mood": by_mood,
    "confidence": by_confidence,
}


def selected(
    predictions: Iterable[Prediction], *, mood: str | None = None, order: str = "arousal"
) -> list[Prediction]:
    """The songs of a playlist, in its order; songs that failed, and those whose mood the model
    cannot tell, are left out.

    Args:
        predictions: in the order that decides where two songs are alike.
        mood: only songs whose answer names this mood; None for all.
        order: of `ORDERS`.
    """
    if mood is None:
        return sorted((each for each in predictions if each.named), key=ORDERS[order])
    songs = [each for each in predictions if mood in each.named]
    if order in ("mood", "confidence"):
        return sorted(songs, key=lambda each: -(each.probabilities or {}).get(mood, 0.0))
    return sorted(songs, key=ORDERS[order])


def m3u(predictions: Sequence[Prediction]) -> str:
    """A playlist of songs in their order, by the paths in `Prediction.file`; a song whose name
    cannot be written is left out.
    """
    lines = ["#EXTM3U"]
    for prediction in predictions:
        if path := entry(prediction.file):
            title = shown(PurePath(prediction.file).stem, LONGEST)
            lines += [f"#EXTINF:{prediction.duration_s or -1:.0f},{title}", path]
    return "\n".join(lines) + "\n"


def entry(path: str) -> str | None:
    r"""A path as a line of a playlist; None where it cannot be one.

    A relative path that looks like a comment or an address, or begins with a space, gets `./` in
    front. One with a character that cannot stand in a line, or bytes that are not UTF-8, becomes a
    `file:` address where it is absolute; there are no such addresses of relative paths.

    >>> entry("#1 hit.mp3"), entry("song.mp3"), entry("two\nlines.mp3")
    ('./#1 hit.mp3', 'song.mp3', None)
    """
    if path and path == path.rstrip() and not CONTROLS.search(path):
        is_plain = path[0] != "#" and path == path.lstrip() and not ADDRESS.match(path)
        return path if is_plain or PurePath(path).is_absolute() else f"./{path}"
    if not PurePath(path).is_absolute():
        return None
    content = os.fsencode(path.replace(os.sep, "/"))
    return ("file://" if content.startswith(b"/") else "file:///") + quote(content)
