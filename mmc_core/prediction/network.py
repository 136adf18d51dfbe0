"""A run's network, served through ONNX Runtime. No TensorFlow."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from mmc_core._typing import Float32
from mmc_core.errors import RunError
from mmc_core.features.images import draw
from mmc_core.features.spectra import Spectra
from mmc_core.files import sha256_of
from mmc_core.runs import Run

if TYPE_CHECKING:
    import onnxruntime


def answer(run: Run, inputs: Float32) -> Float32:
    """A run's probabilities of the four moods. (n, 4)

    Args:
        inputs: unscaled features (n, 57), images (n, height, width) or embeddings (n, width); the
            scaling is inside the network.
    """
    return output(run, 0, inputs)


def output(run: Run, number: int, inputs: Float32) -> Float32:
    """One of the outputs of a run's network.

    Raises:
        RunError: if its file is another than the training wrote.
    """
    expected = run.info.model_sha256  # runs of before have none
    session = _session(run.model_path, run.model_path.stat().st_mtime_ns, expected)
    outputs = session.run(
        [session.get_outputs()[number].name], {session.get_inputs()[0].name: inputs}
    )
    result: Float32 = outputs[0]
    return result


def answer_spectra(run: Run, spectra: Spectra) -> Float32:
    """The probabilities of a run that takes an image, of one window. (4,)"""
    width, height = run.info.recipe["size"]
    return answer(run, draw(spectra, run.input, width=width, height=height)[None])[0]


@lru_cache(maxsize=8)
def _session(path: Path, modified_ns: int, expected: str | None) -> onnxruntime.InferenceSession:
    """A network ready to run; loaded anew when its file changes."""
    import onnxruntime

    if expected and (found := sha256_of(path)) != expected:
        raise RunError(
            f"The network of the run {path.parent.name!r} is not the one that was trained: its "
            f"SHA-256 is {found}, expected {expected}. Restore model.onnx, or train it again."
        )

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # it is small: threads cost more than they bring
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
