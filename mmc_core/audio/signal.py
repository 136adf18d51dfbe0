"""Decoded blocks to samples: mono (mean of channels), 22 050 Hz, float32, checked as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import numpy as np
import soxr

from mmc_core._typing import Float32
from mmc_core.audio.phase import Phase
from mmc_core.audio.sound import SR
from mmc_core.errors import DamagedAudio, NotFiniteAudio, TooLong

LOUDEST_PEAK = 1e10  # integers of 32 bits as floats, which were never scaled, reach 2e9
SAMPLE_RATES = (2_000, 768_000)  # Hz; outside, a header lies
MAX_CHANNELS = 64

Block = tuple[int, Float32]  # rate in Hz, samples (n_samples, n_channels)


def to_mono(
    blocks: Iterable[Block], name: str, limit_s: float, channel: int | None = None
) -> Iterator[Float32]:
    """Check and resample blocks as they come, giving up as soon as they prove unusable.

    Args:
        channel: the one to take, or the last where there are fewer; None for the mean of all.

    Raises:
        AudioError: if they are unusable; `ChannelsCancel` at the end, if their mean is.
    """
    seconds, phase = 0.0, Phase()
    for rate, run in groupby(blocks, key=itemgetter(0)):
        if not SAMPLE_RATES[0] <= rate <= SAMPLE_RATES[1]:
            raise DamagedAudio(
                f"{name} says it has {rate} samples a second; expected {SAMPLE_RATES[0]} to "
                f"{SAMPLE_RATES[1]}. Save it again."
            )
        resample = soxr.ResampleStream(rate, SR, 1, dtype="float32", quality="HQ")
        for _, block in run:
            seconds += len(block) / rate
            _check_block(block, name)
            if round(seconds, 3) > limit_s:
                raise too_long(name, limit_s)
            if channel is None:
                mono = block.mean(axis=1)
                phase.hear(block, mono, rate)
            else:
                mono = np.ascontiguousarray(block[:, min(channel, block.shape[1] - 1)])
            yield resample.resample_chunk(mono)
        yield resample.resample_chunk(np.empty(0, dtype=np.float32), last=True)
    phase.check()


def too_long(name: str, limit_s: float) -> TooLong:
    most = f"{limit_s / 60:g} minutes" if limit_s >= 60 else f"{limit_s:g} s"
    return TooLong(
        f"{name} lasts longer than {most}, the most that is accepted. Cut it into songs."
    )


def _check_block(block: Float32, name: str) -> None:
    if block.shape[1] > MAX_CHANNELS:
        raise DamagedAudio(
            f"{name} says it has {block.shape[1]} channels; expected 1 to {MAX_CHANNELS}. "
            "Save it again in stereo."
        )
    if not np.all(np.abs(block) < LOUDEST_PEAK):  # NaN compares false
        raise NotFiniteAudio(
            f"{name} holds samples that are not numbers or beyond any loudness. "
            "Save it again as 16-bit wav or flac."
        )
