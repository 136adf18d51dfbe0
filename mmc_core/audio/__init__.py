"""Sound: what bytes are, limits, decoding; FFmpeg apart."""

from mmc_core.audio.decode import load_audio
from mmc_core.audio.signal import CLIP_S, CLIP_SAMPLES, SILENCE_PEAK, SR, Audio

__all__ = ["CLIP_S", "CLIP_SAMPLES", "SILENCE_PEAK", "SR", "Audio", "load_audio"]
