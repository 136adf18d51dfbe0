"""Batch normalisation's averages, as the weights are now.

They are running averages over batches. Where an epoch has few of them, as with the original's 2D
networks, averages of a momentum of 0.99 lag behind weights that still move, and validation is of a
network that never was: its loss rises while the network learns. So they are estimated again before
each validation that decides anything (Wu and Johnson, Rethinking "Batch" in BatchNorm, 2021).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

BATCH = 64


def estimator(model: keras.Model) -> Callable[[Any], None]:
    """A function that sets a network's averages to those over all clips of a tensor (n, ...)."""
    norms = [each for each in model.layers if isinstance(each, keras.layers.BatchNormalization)]
    usual = [norm.momentum for norm in norms]
    front = keras.Model(model.inputs, norms[-1].output)

    @tf.function(reduce_retracing=True, autograph=False)
    def one_batch(x: Any, momentum: Any) -> None:
        for norm in norms:
            norm.momentum = momentum
        front(tf.cast(x, tf.float32), training=True)
        for norm, momentum_ in zip(norms, usual, strict=True):
            norm.momentum = momentum_

    def estimate(x: Any) -> None:
        n = x.shape[0]
        batches = math.ceil(n / BATCH)
        for i in range(batches):
            rows = slice(i * n // batches, (i + 1) * n // batches)
            one_batch(x[rows], tf.constant(i / (i + 1)))  # the mean of all batches so far

    return estimate
