"""Rows of features as the numbers that a network takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mmc_core._typing import Float32
from mmc_core.features.schema import BY_NAME, ORIGINAL_57

# As the original encoded them: the pitch classes in alphabetic order, major 0 and minor 1.
CODES = {
    name: {category: code for code, category in enumerate(sorted(BY_NAME[name].categories))}
    for name in ORIGINAL_57
    if BY_NAME[name].categories
}


def encode(rows: Sequence[Mapping[Any, Any]]) -> Float32:
    """The 57 features of each row, unscaled, in the order of `ORIGINAL_57`. (n, 57)"""
    return np.array(
        [
            [CODES[name][row[name]] if name in CODES else row[name] for name in ORIGINAL_57]
            for row in rows
        ],
        dtype=np.float32,
    ).reshape(len(rows), len(ORIGINAL_57))
