"""Sounds as WAV files, to be heard beside each other."""

from __future__ import annotations

import io
from collections.abc import Mapping

from mmc_core.audio.sound import SR, Audio


def wav_files(sounds: Mapping[str, Audio]) -> dict[str, bytes]:
    """Contents of 16-bit WAV files; where one would clip, all are made softer by the same gain."""
    import soundfile

    peak = max(1.0, *(float(abs(sound.y).max(initial=0)) for sound in sounds.values()))
    files = {}
    for name, sound in sounds.items():
        content = io.BytesIO()
        soundfile.write(content, sound.y / peak, SR, "PCM_16", format="WAV")
        files[name] = content.getvalue()
    return files
