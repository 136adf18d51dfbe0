"""EfficientAT's published weights to ONNX.

The network is MobileNetV3-Large (Howard et al., "Searching for MobileNetV3", ICCV 2019) at 0.4 of
its width, written down anew from that paper's table and the shapes of the weights. Their file is a
zip of tensors with a pickled index; only the four names that such an index needs are understood.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from mmc_core._typing import Float32, Floats
from mmc_core.errors import MMCError
from mmc_core.features.embeddings.graphs import Graph

EPSILON = 1e-3  # of batch normalisation
# The paper's table 1: stride, and whether activations are hard swish.
BLOCKS = [
    *((1, False), (2, False), (1, False), (2, False), (1, False), (1, False)),
    *((2, True), (1, True), (1, True), (1, True), (1, True), (1, True)),
    *((2, True), (1, True), (1, True)),
]


def convert(weights: Path, to: Path) -> None:
    """The network as ONNX: mel spectrograms (n, t, 128) to embeddings (n, 512) and logits (n, 527).

    Raises:
        MMCError: if the file does not hold the weights that are expected.
    """
    try:
        _write(to, read_tensors(weights))
    except (KeyError, ValueError, zipfile.BadZipFile, pickle.UnpicklingError) as error:
        raise MMCError(
            f"{weights.name} does not hold the weights of EfficientAT mn04_as ({error}). "
            "Fetch it again."
        ) from error


def read_tensors(path: Path) -> dict[str, Float32]:
    """Tensors by name, of a file that PyTorch saved."""
    with zipfile.ZipFile(path) as opened:
        folder = opened.namelist()[0].partition("/")[0]
        tensors: dict[str, Float32] = _Index(opened, folder).load()
    return tensors


class _Index(pickle.Unpickler):
    """An index of tensors, in which nothing but tensors can be named."""

    def __init__(self, opened: zipfile.ZipFile, folder: str) -> None:
        super().__init__(io.BytesIO(opened.read(f"{folder}/data.pkl")))
        self._opened = opened
        self._folder = folder

    def find_class(self, module: str, name: str) -> Any:
        known = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch", "FloatStorage"): np.float32,
            ("torch", "LongStorage"): np.int64,
            ("torch._utils", "_rebuild_tensor_v2"): _tensor,
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} is no tensor")
        return known[module, name]

    def persistent_load(self, pid: Any) -> Any:
        _, kind, key, _, _ = pid
        return np.frombuffer(self._opened.read(f"{self._folder}/data/{int(key)}"), kind)


def _tensor(storage: Floats, offset: int, size: tuple[int, ...], *_: Any) -> Floats:
    """A tensor as its index describes it; what was saved is contiguous."""
    return storage[offset : offset + int(np.prod(size))].reshape(size)


def _write(path: Path, of: dict[str, Float32]) -> None:
    graph = Graph("efficientat-mn04-as")

    def convolved(x: str, name: str, *, stride: int = 1) -> str:
        """Convolution and batch normalisation, which is part of its weights here."""
        kernel, norm = of[f"{name}.0.weight"], f"{name}.1"
        scale = of[f"{norm}.weight"] / np.sqrt(of[f"{norm}.running_var"] + EPSILON)
        bias = of[f"{norm}.bias"] - scale * of[f"{norm}.running_mean"]
        depthwise = kernel.shape[1] == 1 and kernel.shape[0] > 1 and name != "features.0"
        padding = (kernel.shape[2] - 1) // 2
        return graph.add(
            "Conv",
            x,
            kernel * scale[:, None, None, None],
            bias,
            pads=[padding] * 4,
            strides=[stride] * 2,
            group=kernel.shape[0] if depthwise else 1,
        )

    def excited(x: str, name: str) -> str:
        """Squeeze and excitation (Hu et al. 2018) over the channels."""
        y = graph.add("ReduceMean", x, axes=[2, 3], keepdims=0)
        for layer, activation in (("fc1", "Relu"), ("fc2", "Sigmoid")):
            weight, bias = of[f"{name}.{layer}.weight"], of[f"{name}.{layer}.bias"]
            y = graph.add(activation, graph.add("Gemm", y, weight, bias, transB=1))
        return graph.add("Mul", x, graph.add("Unsqueeze", y, np.array([2, 3])))

    # The authors' images have a band a row.
    x = graph.add("Unsqueeze", graph.add("Transpose", "mel", perm=[0, 2, 1]), np.array([1]))
    x = graph.add("HardSwish", convolved(x, "features.0", stride=2))
    for number, (stride, hard) in enumerate(BLOCKS, start=1):
        name, before = f"features.{number}.block", x
        layers = sorted({int(key.split(".")[3]) for key in of if key.startswith(f"{name}.")})
        for layer in layers:
            part = f"{name}.{layer}"
            if f"{part}.conc_se_layers.0.fc1.weight" in of:
                x = excited(x, f"{part}.conc_se_layers.0")
                continue
            depthwise = of[f"{part}.0.weight"].shape[1] == 1
            x = convolved(x, part, stride=stride if depthwise else 1)
            if layer != layers[-1]:
                x = graph.add("HardSwish" if hard else "Relu", x)
        channels_in = of[f"{name}.{layers[0]}.0.weight"].shape
        first = channels_in[1] if channels_in[1] > 1 else channels_in[0]
        if stride == 1 and of[f"{name}.{layers[-1]}.0.weight"].shape[0] == first:
            x = graph.add("Add", x, before)
    x = graph.add("HardSwish", convolved(x, "features.16"))
    pooled = graph.add("ReduceMean", x, axes=[2, 3], keepdims=0)
    x = graph.add("Gemm", pooled, of["classifier.2.weight"], of["classifier.2.bias"], transB=1)
    embedding = graph.add("HardSwish", x)
    logits = graph.add(
        "Gemm", embedding, of["classifier.5.weight"], of["classifier.5.bias"], transB=1
    )
    graph.save(
        path,
        {"mel": ["n", "t", 128]},
        {"embedding": (embedding, ["n", 512]), "logits": (logits, ["n", 527])},
    )
