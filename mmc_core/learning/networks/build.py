"""A recipe to an untrained network: unscaled inputs in, probabilities out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from mmc_core._typing import Floats
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.moods import NAMES

if TYPE_CHECKING:
    from mmc_core.learning.kinds.cnn1d import CNN1D
    from mmc_core.learning.kinds.cnn2d import CNN2D
    from mmc_core.learning.kinds.network import Network

layers = keras.layers

QUANTILES = 33


def build(recipe: Network, training: Floats) -> keras.Model:
    """An untrained network that takes unscaled inputs and gives probabilities (n, 4).

    The scaling is fitted on the training clips and is a layer, so that training and serving
    cannot differ.

    Args:
        training: the training clips' inputs: features (n, 57) or images (n, height, width).
    """
    inputs = keras.Input(training.shape[1:], name=recipe.input)
    x = recipe.convolve(inputs, training)
    for units in recipe.dense:
        x = layers.Dense(units, activation="relu", kernel_regularizer=_l2(recipe))(x)
        x = layers.Dropout(recipe.dropout)(x)
    outputs = layers.Dense(len(NAMES), activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name=recipe.name.replace("-", "_"))


def average(models: list[keras.Model], name: str) -> keras.Model:
    """One network whose probabilities are the mean of several's."""
    if len(models) == 1:
        return models[0]
    inputs = keras.Input(models[0].input_shape[1:], name=models[0].inputs[0].name)
    for i, model in enumerate(models):
        model.name = f"{model.name}_{i + 1}"
    mean = layers.Average(name="probabilities")([model(inputs) for model in models])
    return keras.Model(inputs, mean, name=name.replace("-", "_"))


def features_block(recipe: CNN1D, x: Any, training: Floats) -> Any:
    """Return the scaling and convolutions of features (n, 57)."""
    x = _ranks(x, training) if recipe.scaling == "ranks" else _min_max(x, training)
    # Features that a recipe leaves out are held at nought rather than cut out: one input for all.
    used = [float(name in recipe.feature_names()) for name in ORIGINAL_57]
    if not all(used):
        x = layers.Rescaling(used, name="used")(x)
    x = layers.Reshape((-1, 1))(x)
    for filters, kernel in zip(recipe.filters, recipe.kernels, strict=True):
        x = layers.Conv1D(
            filters, kernel, padding="same", activation="relu", kernel_regularizer=_l2(recipe)
        )(x)
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling1D(pool_size=2, strides=2)(x)
    return layers.Flatten()(x)


def _min_max(x: Any, training: Floats) -> Any:
    low, high = training.min(axis=0), training.max(axis=0)
    span = np.where(high > low, high - low, 1)
    return layers.Rescaling((1 / span).tolist(), (-low / span).tolist(), name="min_max")(x)


def _ranks(x: Any, training: Floats) -> Any:
    """Each feature's rank among the training clips, between quantiles linearly, as -1.7 to 1.7."""
    quantiles = np.quantile(training.astype(np.float64), np.linspace(0, 1, QUANTILES), axis=0).T
    # Where quantiles fall together, a step.
    width = np.maximum(np.diff(quantiles, axis=1), 1e-6 * (1 + np.abs(quantiles[:, :1])))
    x = layers.Reshape((-1, 1))(x)
    # Subtracted before it is divided: in single precision a steep scale would spoil the offset.
    x = layers.Rescaling(1.0, (-quantiles[:, :-1]).tolist(), name="above_quantile")(x)
    x = layers.Rescaling((1 / width).tolist(), name="between_quantiles")(x)
    x = layers.GlobalAveragePooling1D(data_format="channels_first")(keras.ops.clip(x, 0, 1))
    return layers.Rescaling(2 * np.sqrt(3), -np.sqrt(3), name="ranks")(x)


def image_block(recipe: CNN2D, x: Any, training: Floats) -> Any:
    """Return the scaling and convolutions of images (n, height, width)."""
    axes = (0, 2) if recipe.scaling == "rows" else (0, 1, 2)
    mean = np.asarray(np.mean(training, axis=axes, dtype=np.float64, keepdims=True))[0]
    square = np.mean(np.square(training, dtype=np.float32), axis=axes, dtype=np.float64)
    deviation = np.sqrt(np.maximum(square.reshape(mean.shape) - mean**2, 1e-12))
    x = layers.Rescaling((1 / deviation).tolist(), (-mean / deviation).tolist(), name="scaling")(x)
    x = layers.Reshape((*training.shape[1:], 1))(x)
    if recipe.shrink != [1, 1]:
        x = layers.AveragePooling2D(recipe.shrink[::-1])(x)
    for filters, pool in zip(recipe.filters, recipe.pools, strict=True):
        x = layers.Conv2D(filters, 3, activation="relu", padding="valid")(x)
        x = layers.MaxPooling2D(pool[::-1], strides=recipe.strides)(x)
        x = layers.BatchNormalization(momentum=recipe.momentum)(x)
    if recipe.head == "flatten":
        return layers.Flatten()(x)
    mean_, most = layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)
    return layers.Concatenate()([mean_, most])


def _l2(recipe: Network) -> Any:
    return keras.regularizers.L2(recipe.l2) if recipe.l2 else None
