"""MusiCNN's published weights to ONNX.

Usage: `pip download --no-deps musicnn==0.1.0`, then `python models/musicnn/build.py WHEEL`. The
wheel cannot be installed beside this project, since it asks for a NumPy of 2019. Its TensorFlow-1
checkpoints are read out of it, and the
network is written down anew from the paper (Pons and Serra, "musicnn: pre-trained convolutional
neural networks for music audio tagging", 2019; Pons et al., "End-to-end learning for music audio
tagging at scale", ISMIR 2018) and the shapes of its weights.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from mmc_core.features.embeddings.graphs import Graph
from mmc_core.features.embeddings.musicnn import FRAMES, N_MELS

HERE = Path(__file__).parent
WHEEL_SHA256 = "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"
CHECKPOINT = "MSD_musicnn"  # of the Million Song Dataset
EPSILON = 1e-3  # of batch normalisation


def main(wheel: Path) -> None:
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if sha256 != WHEEL_SHA256:
        sys.exit(f"{wheel.name} has the SHA-256 {sha256}, expected {WHEEL_SHA256}.")
    with zipfile.ZipFile(wheel) as opened:
        write(HERE / "msd.onnx", weights(opened, CHECKPOINT))
        licence = opened.read("musicnn-0.1.0.dist-info/LICENSE.md").decode()
    (HERE / "LICENSE").write_text(licence, encoding="utf-8")


def weights(wheel: zipfile.ZipFile, checkpoint: str) -> Any:
    """A TensorFlow-1 checkpoint's variables, by name."""
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as scratch:
        for suffix in ("index", "data-00000-of-00001"):
            part = Path(scratch) / f"checkpoint.{suffix}"
            part.write_bytes(wheel.read(f"musicnn/{checkpoint}/.{suffix}"))
        reader = tf.train.load_checkpoint(f"{scratch}/checkpoint")
        return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}


def write(path: Path, of: dict[str, Any]) -> None:
    """The network as ONNX: mel spectrograms (n, 187, 96) to pools (n, 1506) and tags (n, 50)."""
    graph = Graph(f"musicnn-{path.stem}")

    def numbered(name: str, number: int) -> str:
        return f"{name}_{number}" if number else name

    def normalised(x: str, number: int, rank: int) -> str:
        """Batch normalisation, over the second axis of `rank`."""
        name = numbered("batch_normalization", number)
        scale = of[f"{name}/gamma"] / np.sqrt(of[f"{name}/moving_variance"] + EPSILON)
        shift = of[f"{name}/beta"] - scale * of[f"{name}/moving_mean"]
        shape = (1, -1) + (1,) * (rank - 2)
        return graph.add("Add", graph.add("Mul", x, scale.reshape(shape)), shift.reshape(shape))

    def convolved(x: str, number: int, **attributes: Any) -> str:
        name = numbered("conv2d", number)
        kernel = of[f"{name}/kernel"].transpose(3, 2, 0, 1)  # to (out, in, time, frequency)
        return graph.add("Relu", graph.add("Conv", x, kernel, of[f"{name}/bias"], **attributes))

    def front(x: str, number: int, pads: tuple[int, int]) -> str:
        """A convolution, and its greatest response over the frequencies. (n, channels, time)"""
        y = convolved(x, number, pads=[pads[0], 0, pads[1], 0])
        return graph.add("ReduceMax", normalised(y, number + 1, 4), axes=[3], keepdims=0)

    def middle(x: str, number: int) -> str:
        """A convolution over all channels at once, along time. (n, 64, time)"""
        name = numbered("conv2d", number)
        kernel = of[f"{name}/kernel"][:, :, 0].transpose(2, 1, 0)
        y = graph.add("Conv", x, kernel, of[f"{name}/bias"], pads=[3, 3])
        return normalised(graph.add("Relu", y), number + 1, 3)

    image = graph.add("Unsqueeze", "mel", np.array([1]))  # (n, 1, time, frequency)
    image = normalised(image, 0, 4)
    timbral = [front(image, number, (3, 3)) for number in (0, 1)]
    # As TensorFlow pads an even kernel to "same": one less before than after.
    temporal = [
        front(image, number, (length // 2 - 1, length // 2))
        for number, length in zip((2, 3, 4), (128, 64, 32), strict=True)
    ]
    features = graph.add("Concat", *timbral, *temporal, axis=1)
    first = middle(features, 5)
    second = graph.add("Add", middle(first, 6), first)
    third = graph.add("Add", middle(second, 7), second)
    dense = graph.add("Concat", features, first, second, third, axis=1)  # (n, 753, time)
    mean = graph.add("ReduceMean", dense, axes=[2], keepdims=0)
    largest = graph.add("ReduceMax", dense, axes=[2], keepdims=0)
    pools = graph.add("Concat", mean, largest, axis=1)

    width = of["dense/kernel"].shape[0]
    # The authors' order: the greatest and the mean of each channel beside each other.
    interleaved = np.arange(width).reshape(2, -1)[::-1].T.ravel()
    x = normalised(graph.add("Gather", pools, interleaved, axis=1), 9, 2)
    x = graph.add("Relu", graph.add("Gemm", x, of["dense/kernel"], of["dense/bias"]))
    x = graph.add("Gemm", normalised(x, 10, 2), of["dense_1/kernel"], of["dense_1/bias"])
    tags = graph.add("Sigmoid", x)
    graph.save(
        path,
        {"mel": ["n", FRAMES, N_MELS]},
        {"pools": (pools, ["n", width]), "tags": (tags, ["n", 50])},
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
