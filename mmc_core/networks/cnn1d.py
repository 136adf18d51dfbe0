"""The original system's 1D convolutional network over the 57 features."""

from __future__ import annotations

import keras
import numpy as np
import numpy.typing as npt

from mmc_core.moods import NAMES
from mmc_core.recipes import Recipe


def build(recipe: Recipe, training_features: npt.NDArray[np.float32]) -> keras.Model:
    """An untrained network that takes unscaled features (n, 57) and gives probabilities (n, 4).

    Each feature is brought to 0..1 by the minimum and maximum of the training clips. The scaling
    is a layer, so that training and serving cannot differ.
    """
    layers = keras.layers
    low, high = training_features.min(axis=0), training_features.max(axis=0)
    span = np.where(high > low, high - low, 1)
    x = inputs = keras.Input(shape=(training_features.shape[1],), name="features")
    x = layers.Rescaling((1 / span).tolist(), (-low / span).tolist(), name="min_max")(x)
    x = layers.Reshape((-1, 1))(x)
    for filters, kernel in zip(recipe.filters, recipe.kernels, strict=True):
        x = layers.Conv1D(filters, kernel, padding="same", activation="relu")(x)
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling1D(pool_size=2, strides=2)(x)
    x = layers.Flatten()(x)
    for units in recipe.dense:
        x = layers.Dense(units, activation="relu")(x)
        x = layers.Dropout(recipe.dropout)(x)
    outputs = layers.Dense(len(NAMES), activation="softmax", name="probabilities")(x)
    return keras.Model(inputs, outputs, name=recipe.name)
