"""Networks written down as ONNX, node by node."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from mmc_core._typing import Floats, Ints
from mmc_core.files import replacing

OPSET = 17
FLOAT = TensorProto.FLOAT
IR_VERSION = 8  # what ONNX Runtime 1.14 and later read


class Graph:
    """A graph in the making: each call adds a node and gives the name of its output."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def add(self, operator: str, *inputs: str | Floats | Ints, **attributes: Any) -> str:
        """One node of one output. Arrays among its inputs become constants."""
        output = f"{operator.lower()}_{len(self._nodes)}"
        names = [each if isinstance(each, str) else self._constant(each) for each in inputs]
        self._nodes.append(helper.make_node(operator, names, [output], **attributes))
        return output

    def save(
        self,
        path: Path,
        inputs: dict[str, Sequence[Any]],
        outputs: dict[str, tuple[str, Sequence[Any]]],
    ) -> None:
        """Write the graph, checked.

        Args:
            inputs: shapes by name; texts are sizes that may vary.
            outputs: by name the node's output that it is, and its shape.
        """
        for name, (node, _) in outputs.items():
            self._nodes.append(helper.make_node("Identity", [node], [name]))
        graph = helper.make_graph(
            self._nodes,
            self.name,
            [_value(name, shape) for name, shape in inputs.items()],
            [_value(name, shape) for name, (_, shape) in outputs.items()],
            self._weights,
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
        )
        onnx.checker.check_model(model)
        with replacing(path) as part:
            part.write_bytes(model.SerializeToString())

    def _constant(self, values: Floats | Ints) -> str:
        name = f"weights_{len(self._weights)}"
        kept = values.dtype in (np.int64, np.int8)
        kind = values.dtype if kept else np.float32
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(values, kind), name))
        return name


def _value(name: str, shape: Sequence[Any]) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
