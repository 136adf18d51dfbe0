"""How sure an answer is: the moods it may be, and when there is none."""

from __future__ import annotations

from mmc_core._typing import Floats
from mmc_core.features.embeddings import audioset, is_here
from mmc_core.language import N_, _, filled_into
from mmc_core.moods import NAMES
from mmc_core.prediction import probe
from mmc_core.prediction.sound import Song
from mmc_core.runs import Run

LEAST_MUSICALITY = 2.0  # see `audioset.musicality`

NOT_MUSIC = N_("This does not sound like music. It sounds like {sound}.")
UNFAMILIAR = N_(
    "This sounds unlike almost all music that the model was trained on. To find out whether it is "
    "music at all, download the AudioSet network: mmc models fetch audioset"
)
ANY_MOOD = N_("None of the four moods can be ruled out.")


def mood_set(run: Run, probabilities: Floats) -> list[str]:
    """The moods that a run's conformal set of a song holds, likeliest first; [] if it has none."""
    if run.info.confidence is None:
        return []
    thresholds = run.info.confidence.set_thresholds
    ordered = sorted(zip(probabilities, NAMES, strict=True), reverse=True)
    return [name for i, (p, name) in enumerate(ordered) if i == 0 or p >= thresholds[name]]


def why_none(run: Run, song: Song, moods: list[str]) -> str | None:
    """Why a run cannot tell the mood of a song, in a sentence; None if it can."""
    if run.info.confidence is None:
        return None
    if is_here("audioset"):
        kinds = song.frames("audioset").kinds
        assert kinds is not None
        if audioset.musicality(kinds) < LEAST_MUSICALITY:
            return NOT_MUSIC.format(sound=audioset.likeliest(kinds))
    elif (limit := run.info.confidence.distance_limit) and probe.distance(run, song) > limit:
        return UNFAMILIAR
    if len(moods) == len(NAMES):
        return ANY_MOOD
    return None


def in_words(reason: str) -> str:
    """A sentence of `why_none`, in the language of whoever reads."""
    values = filled_into(NOT_MUSIC, reason)
    return _(NOT_MUSIC, sound=_(values["sound"])) if values else _(reason)
