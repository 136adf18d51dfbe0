"""Variations of training clips, drawn anew in every epoch. Never applied to other clips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import tensorflow as tf

if TYPE_CHECKING:
    from mmc_core.learning.kinds.cnn2d import CNN2D
    from mmc_core.learning.kinds.network import Network

BAND = 0.6  # a clip of a lower rate keeps at least this fraction of its rows
MASK = 8  # a blanked band covers at most this fraction of its axis


def augment(recipe: Network, x: Any, y: Any, row_means: Any, seed: Any) -> tuple[Any, Any]:
    """A batch as the recipe varies it.

    Args:
        x: unscaled inputs (n, 57) or images (n, height, width).
        y: shares of the moods (n, 4).
        row_means: mean of each row of the training images (height, 1); what blanks are filled with.
        seed: two integers that decide everything; the same give the same.
    """
    n = tf.shape(x)[0]
    seeds = tf.unstack(tf.random.split(seed, 4 + 16))
    x = recipe.vary(x, row_means, seeds)
    if recipe.mixup:  # Zhang et al. 2018
        alpha = tf.fill([n, 2], recipe.mixup)
        draws = tf.random.stateless_gamma([n, 2], seeds[2], alpha)
        share = draws[:, 0] / tf.reduce_sum(draws, axis=1)
        share = tf.maximum(share, 1 - share)
        x = _mix(x, share)
        y = _mix(y, share)
    return x, y


def vary_images(recipe: CNN2D, x: Any, row_means: Any, seeds: Sequence[Any]) -> Any:
    """Return a batch of images, turned, louder or softer, low-passed and masked at random."""
    uniform = tf.random.stateless_uniform
    n = tf.shape(x)[0]
    if recipe.roll:  # one turn a batch: a gather for each clip would cost more than it brings
        width = x.shape[2]
        x = tf.roll(x, uniform([], seeds[0], 0, width, tf.int32), axis=2)
    if recipe.gain_db:
        x += uniform([n, 1, 1], seeds[1], -recipe.gain_db, recipe.gain_db)
    if recipe.low_pass:
        x = _low_pass(x, recipe.low_pass, seeds[3])
    for i in range(recipe.masks):
        x = _mask(x, 1, row_means, seeds[4 + 2 * i])
        x = _mask(x, 2, row_means, seeds[5 + 2 * i])
    return x


def _low_pass(x: Any, share: float, seed: Any) -> Any:
    """A share of the images without what lies above some row, as of sound of a lower rate."""
    n, height = tf.shape(x)[0], x.shape[1]
    chosen, place = tf.unstack(tf.random.stateless_uniform([2, n], seed))
    last = tf.where(chosen < share, height * (BAND + (1 - BAND) * place), float(height))
    above = tf.range(height, dtype=tf.float32) >= last[:, None]
    return tf.where(above[:, :, None], tf.reduce_min(x, axis=(1, 2), keepdims=True), x)


def _mask(x: Any, axis: int, fill: Any, seed: Any) -> Any:
    """One band of each image blanked, along rows (1) or columns (2). SpecAugment, Park 2019."""
    n, length = tf.shape(x)[0], x.shape[axis]
    size, place = tf.unstack(tf.random.stateless_uniform([2, n], seed))
    size = tf.floor(size * (length // MASK + 1))
    start = tf.floor(place * (length - size))
    at = tf.range(length, dtype=tf.float32)
    inside = (at >= start[:, None]) & (at < (start + size)[:, None])
    return tf.where(inside[:, :, None] if axis == 1 else inside[:, None, :], fill, x)


def _mix(values: Any, share: Any) -> Any:
    share = tf.reshape(share, [-1] + [1] * (len(values.shape) - 1))
    return share * values + (1 - share) * tf.roll(values, 1, axis=0)
