"""Sound: what bytes are, limits, decoding; FFmpeg apart."""

from mmc_core.audio.decode import load_audio, open_audio
from mmc_core.audio.inaudible import SILENCE_PEAK
from mmc_core.audio.sound import CLIP_S, CLIP_SAMPLES, SR, Audio, Sound

__all__ = [
    "CLIP_S",
    "CLIP_SAMPLES",
    "SILENCE_PEAK",
    "SR",
    "Audio",
    "Sound",
    "load_audio",
    "open_audio",
]
