"""What pretrained networks hear: sound to frames of embedding, and their mean over a stretch.

Each network is given sound at one level and without silent ends (`audio.loudness`), so that neither
a volume knob nor a pause before the music changes its answer; and nothing above 8 kHz, so that a
lower sample rate does not either.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import soxr

from mmc_core._typing import Float32, Float64, Progress, no_progress
from mmc_core.audio import SR, Sound
from mmc_core.audio.loudness import LEVEL_LUFS
from mmc_core.errors import MissingNetwork, UnknownName
from mmc_core.features.embeddings import audioset, musicnn
from mmc_core.wording import listed

if TYPE_CHECKING:
    import onnxruntime

NETWORKS: dict[str, ModuleType] = {"musicnn": musicnn, "audioset": audioset}
HEARD_SR = 16_000  # what lies above half of it is not heard
STRETCH_S = 60  # whole hops of every network, as is what is read beside for the resampler's sake
BESIDE_S = 2

# Raise when a change of code changes an embedding.
VERSION = 1


@dataclass(frozen=True)
class Frames:
    """A network's embedding of one patch of sound after the other.

    Parameters
    ----------
    network : str
        A key of `NETWORKS`.
    values : ndarray of float32, (n_frames, width)
        The embedding of each patch.
    start_s : ndarray, (n_frames,)
        Where each patch begins in the sound, in seconds.
    frame_s : float
        How long a patch is, in seconds.
    kinds : ndarray of float32, (n_frames, 527) or None
        Of "audioset": a logit for each of AudioSet's kinds of sound.
    """

    network: str
    values: Float32
    start_s: Float64
    frame_s: float
    kinds: Float32 | None = None

    def pooled(self, start_s: float = 0.0, end_s: float = np.inf) -> Float32:
        """Mean of the frames whose middle lies in a stretch, of the nearest where none does."""
        middle = self.start_s + self.frame_s / 2
        within = (middle >= start_s) & (middle < end_s)
        if not within.any():
            within[np.argmin(np.abs(middle - (start_s + min(end_s, middle.max())) / 2))] = True
        mean: Float32 = self.values[within].mean(axis=0)
        return mean


class Known:
    """What networks make of one sound, the first that is embedded, for others that differ from it
    in places only.

    Args:
        tolerance: how far the values of two patches of a spectrogram may differ, in the units of
            the network, for the outputs of the one to be taken for those of the other.
    """

    def __init__(self, tolerance: float) -> None:
        self._tolerance = tolerance
        self._first: dict[str, list[tuple[Float32, list[Float32]]]] = {}

    def keep(self, network: str, patches: list[Float32], outputs: list[list[Float32]]) -> None:
        """Keep a network's outputs if they are its first."""
        self._first.setdefault(network, [*zip(patches, outputs, strict=True)])

    def find(self, network: str, number: int, patch: Float32) -> list[Float32] | None:
        """Return the outputs for the patch of this number, if it is about the same."""
        first = self._first.get(network, [])
        if number >= len(first):
            return None
        known, output = first[number]
        return output if np.abs(patch - known).max() <= self._tolerance else None


def embed(
    sound: Sound,
    network: str,
    progress: Progress = no_progress,
    *,
    start_s: float = 0.0,
    threads: int = 1,
    known: Known | None = None,
) -> Frames:
    """Frames of a sound, which is at one level and without silent ends.

    Args:
        progress: called with the patches that are done, and of about how many.
        start_s: where the sound begins in its song, in seconds.
        threads: that the network may use.
        known: of a sound that this one is much like; it is filled where it is empty.

    Raises:
        UnknownName: if there is no such network.
        MissingNetwork: if it is not on this machine; it is fetched, not shipped.
    """
    module = _module(network)
    if not (path := module.path()).exists():
        raise MissingNetwork(
            f"The network {network!r} is not on this machine. Fetch it with: "
            f"mmc models fetch {network}"
        )
    session = _session(path, threads)
    hop_s = module.PATCH_HOP * module.HOP_LENGTH / module.SR
    n_patches = math.ceil(sound.duration_s / hop_s)
    starts: list[int] = []
    patches: list[Float32] = []
    outputs: list[list[Float32]] = []
    for start, patch in _patches(_spectrogram(sound, module), module.FRAMES, module.PATCH_HOP):
        found = known.find(network, len(starts), patch) if known else None
        starts.append(start)
        outputs.append(found or session.run(module.OUTPUTS, {"mel": patch[None]}))
        if known:
            patches.append(patch)
        progress(min(len(outputs), n_patches), n_patches)
    if known:
        known.keep(network, patches, outputs)
    values, *kinds = (np.concatenate(each) for each in zip(*outputs, strict=True))
    frame_s = module.FRAMES * module.HOP_LENGTH / module.SR
    begins = start_s + np.array(starts) * module.HOP_LENGTH / module.SR
    return Frames(network, values, begins, frame_s, kinds[0] if kinds else None)


def is_here(name: str) -> bool:
    """Whether a network is on this machine."""
    return _module(name).path().exists()


def fingerprint(name: str) -> str:
    """All that decides a network's embedding, as text; a run made under another is refused."""
    module = _module(name)
    return f"{name} {module.WEIGHTS} {module.LEVEL_LUFS:g} {VERSION}"


def _spectrogram(sound: Sound, module: ModuleType) -> Iterator[Float32]:
    """A network's mel spectrogram of a sound, a minute at a time. (t, bands) each"""
    per_s = module.SR / module.HOP_LENGTH
    for start in range(0, math.ceil(sound.duration_s), STRETCH_S):
        end, before = start + STRETCH_S, min(start, BESIDE_S)
        y = sound.samples((start - before) * SR, (end + BESIDE_S) * SR)
        frames = module.mel_spectrogram(_resampled(y, module))[round(before * per_s) :]
        yield frames if end * SR >= sound.n_samples else frames[: round(STRETCH_S * per_s)]


def _resampled(y: Float32, module: ModuleType) -> Float32:
    """Sound at a network's level and sample rate, nothing above 8 kHz in it."""
    gain = np.float32(10 ** ((module.LEVEL_LUFS - LEVEL_LUFS) / 20))
    y = soxr.resample(gain * y, SR, HEARD_SR, quality="HQ")
    if module.SR != HEARD_SR:
        y = soxr.resample(y, HEARD_SR, module.SR, quality="HQ")
    return y


def _patches(
    spectrogram: Iterable[Float32], length: int, hop: int
) -> Iterator[tuple[int, Float32]]:
    """Patches (length, bands) and their first frames: every `hop`, and one that ends with the
    sound; short sound is repeated to one patch.
    """
    start, first, frames = 0, 0, np.empty((0, 0), dtype=np.float32)
    for more in spectrogram:
        frames = np.concatenate([frames, more]) if len(frames) else more
        while start + length < first + len(frames):
            yield start, frames[start - first :][:length]
            start += hop
        # What a patch to come may need: the last one ends with the sound.
        needed = max(0, min(start - first, len(frames) - length))
        first, frames = first + needed, frames[needed:]
    if len(frames) < length:
        frames = frames[np.arange(length) % len(frames)]
    yield first + len(frames) - length, frames[-length:]


def _module(name: str) -> ModuleType:
    if name not in NETWORKS:
        raise UnknownName(f"There is no network {name!r}; expected {listed(NETWORKS, 'or')}.")
    return NETWORKS[name]


@lru_cache(maxsize=4)
def _session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.enable_mem_pattern = False  # half the memory, in the same time
    options.intra_op_num_threads = min(threads, os.cpu_count() or 1)
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
