"""A run's network, served through ONNX Runtime. No TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from mmc_core._typing import Float32
from mmc_core.features.encode import encode
from mmc_core.features.images import IMAGES, draw
from mmc_core.features.spectra import Spectra
from mmc_core.prediction.sound import Song
from mmc_core.runs import Run

if TYPE_CHECKING:
    import onnxruntime


def run_network(run: Run, inputs: Float32) -> Float32:
    """A run's probabilities of unscaled inputs, whatever they are. (n, 4)

    The scaling is inside the network.
    """
    session = _session(run.model_path, run.model_path.stat().st_mtime_ns)
    (probabilities,) = session.run(None, {session.get_inputs()[0].name: inputs})
    return probabilities


class Network:
    """The network of a run that has one, ready to answer."""

    def __init__(self, run: Run) -> None:
        self.input = run.input
        self.size: Sequence[int] = run.info["recipe"].get("size", ())  # of an image
        self.run = run

    def probabilities(self, song: Song, window: int, spectra: Spectra) -> Float32:
        """Of the four moods, for one window of a song, of which `spectra` are. (4,)"""
        if self.input in IMAGES:
            width, height = self.size
            image = draw(spectra, self.input, width=width, height=height)
            return run_network(self.run, image[None])[0]
        return run_network(self.run, encode([song.features(window)]))[0]


@lru_cache(maxsize=8)
def _session(path: Path, modified_ns: int) -> onnxruntime.InferenceSession:
    """A network ready to run; loaded anew when its file changes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # it is small: threads cost more than they bring
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
