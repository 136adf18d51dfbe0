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
from mmc_core.prediction.result import Features
from mmc_core.runs import Run

if TYPE_CHECKING:
    import onnxruntime


class Network:
    """The network of a run that has one, ready to answer."""

    def __init__(self, run: Run) -> None:
        self.input = run.input
        self.size: Sequence[int] = run.info["recipe"].get("size", ())  # of an image
        self._session = _session(run.model_path, run.model_path.stat().st_mtime_ns)

    def probabilities(self, spectra: Spectra, features: Features) -> Float32:
        """Of the four moods, for one window. (4,)"""
        if self.input in IMAGES:
            width, height = self.size
            return self.answer(draw(spectra, self.input, width=width, height=height)[None])[0]
        return self.answer(encode([features]))[0]

    def answer(self, inputs: Float32) -> Float32:
        """Probabilities of unscaled inputs: features (n, 57) or images (n, height, width). (n, 4)

        The scaling is inside the network.
        """
        (probabilities,) = self._session.run(None, {self._session.get_inputs()[0].name: inputs})
        return probabilities


@lru_cache(maxsize=8)
def _session(path: Path, modified_ns: int) -> onnxruntime.InferenceSession:
    """A network ready to run; loaded anew when its file changes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # it is small: threads cost more than they bring
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
