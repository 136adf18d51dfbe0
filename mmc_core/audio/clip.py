"""What a row of features describes of a sound, and of a file without decoding more than that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mmc_core.audio.decode import open_audio, open_beginning
from mmc_core.audio.loudness import LEVEL_LUFS, SILENCE_DB, levelled
from mmc_core.audio.sound import CLIP_S, SR, Audio, Sound
from mmc_core.settings import Limits

LEAD_S = 3.0  # silence before a clip that is a part of it; the datasets' clips have up to 2.2
RESAMPLING_S = 0.5  # decoded beyond a clip, so that the end that resampling sees is not in it


@dataclass(frozen=True)
class Clip:
    """A piece of a file, where it begins, and how long the file is; seconds."""

    audio: Audio
    start_s: float
    file_s: float


def first_clip(sound: Sound) -> tuple[float, Audio]:
    """What a row of features describes, and where it begins, in seconds: the first 25.5 s, from the
    first sound on where more than `LEAD_S` of silence is before it.
    """
    if _sounds_at_once(sound):
        return 0.0, sound.cut()
    start_s = levelled(sound).start_s
    start_s = start_s if start_s > LEAD_S else 0.0
    return start_s, sound.cut(start_s)


def open_clip(source: Path | str | bytes, *, limits: Limits | None = None) -> Clip:
    """The `first_clip` of a file. What is silence at its beginning, the level of all of it decides;
    otherwise no more is decoded than the clip, and the length is what the file says.

    Args:
        source, limits: as of `load_audio`.

    Raises:
        AudioError: in the kind that fits.
    """
    sound, file_s = open_beginning(source, CLIP_S + RESAMPLING_S, limits=limits)
    if sound.duration_s < file_s and not _sounds_at_once(sound):
        sound = open_audio(source, limits=limits)
        file_s = sound.duration_s
    start_s, audio = first_clip(sound)
    return Clip(audio, start_s, file_s)


def _sounds_at_once(sound: Sound) -> bool:
    """Whether its first seconds are louder than silence is beside any music."""
    lead = np.abs(sound.samples(0, round(LEAD_S * SR)))
    return bool(lead.max(initial=0) > 10 ** ((SILENCE_DB - LEVEL_LUFS) / 20))
