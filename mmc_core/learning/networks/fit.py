"""One network learning, epoch by epoch, so that it can be watched, stopped and taken up again.

An epoch is one call into a TensorFlow graph: Keras's own loop, at this size, spends most of its
time between batches (`python -m benchmarks.training`).
"""

from __future__ import annotations

import contextlib
import gc
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from mmc_core._typing import Float32, Floats
from mmc_core.learning.networks.augment import augment
from mmc_core.learning.networks.build import build
from mmc_core.learning.networks.normalisation import estimator

if TYPE_CHECKING:
    from mmc_core.learning.kinds.network import Network

Logs = dict[str, float]

PREDICT_BATCH = 64


class Fit:
    """A network, its optimiser, and how far they are.

    Args:
        x: the training clips' unscaled inputs. (n, ...)
        y: their moods, one-hot. (n, 4)
        validation: other clips' inputs and moods, to watch, and to stop on where the recipe has
            patience; None to go by the training clips alone.
        seed: of the weights, the order, and all variations.
    """

    def __init__(
        self,
        recipe: Network,
        x: Floats,
        y: Floats,
        validation: tuple[Floats, Floats] | None,
        *,
        seed: int,
    ) -> None:
        if recipe.patience and validation is None:
            raise ValueError("a recipe with patience needs validation clips to stop on")
        keras.utils.set_random_seed(seed)
        self.recipe, self.seed, self.validation = recipe, seed, validation
        self.model = build(recipe, x)
        self.optimizer = keras.optimizers.Adam(recipe.learning_rate)
        self.optimizer.build(self.model.trainable_variables)
        self.epoch = 0
        self.best_epoch, self.best_loss = 0, np.inf
        self.best = self.model.get_weights()
        self._n = len(x)
        self._x, self._y = tf.constant(x), tf.constant(y, tf.float32)
        means = x.mean(axis=(0, 2), dtype=np.float64)[:, None] if x.ndim == 3 else 0.0
        self._row_means = tf.constant(means, tf.float32)
        self._one_epoch = tf.function(self._epoch)
        self._estimate_norms = estimator(self.model)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to learn by the recipe."""
        patience = self.recipe.patience
        waited = bool(patience) and self.epoch - self.best_epoch >= patience
        return self.epoch >= self.recipe.epochs or waited

    def step(self) -> Logs:
        """One epoch; its loss and accuracy in training and, where there are any, validation."""
        order = np.random.default_rng([self.seed, self.epoch]).permutation(self._n)
        seed = tf.constant([self.seed % 2**31, self.epoch], tf.int32)
        loss, accuracy = self._one_epoch(tf.constant(order, tf.int32), seed)
        self.epoch += 1
        logs = {"loss": float(loss), "accuracy": float(accuracy)}
        if self.recipe.patience:
            self._estimate_norms(self._x)
        if self.validation:
            x, y = self.validation
            p = predict(self.model, x)
            logs["val_loss"] = float(-np.log(np.maximum((p * y).sum(axis=1), 1e-7)).mean())
            logs["val_accuracy"] = float((p.argmax(axis=1) == y.argmax(axis=1)).mean())
        if self.recipe.patience and logs["val_loss"] < self.best_loss:
            self.best_epoch, self.best_loss = self.epoch, logs["val_loss"]
            self.best = self.model.get_weights()
        return logs

    def network(self) -> keras.Model:
        """What was learned: the best of it by validation where the recipe has patience."""
        if self.recipe.patience:
            self.model.set_weights(self.best)
        return self.model

    def state(self) -> dict[str, Floats]:
        """All that it takes to go on from here with the very same result."""
        arrays = {f"now-{i}": v.numpy() for i, v in enumerate(self._variables())}
        if self.recipe.patience:
            arrays |= {f"best-{i}": weights for i, weights in enumerate(self.best)}
        return arrays | {"at": np.array([self.epoch, self.best_epoch, self.best_loss])}

    def restore(self, state: dict[str, Floats]) -> None:
        """Go to where another was when `state` was taken of it."""
        for i, variable in enumerate(self._variables()):
            variable.assign(state[f"now-{i}"])
        if self.recipe.patience:
            self.best = [state[f"best-{i}"] for i in range(len(self.best))]
        self.epoch, self.best_epoch = int(state["at"][0]), int(state["at"][1])
        self.best_loss = float(state["at"][2])

    def _variables(self) -> list[Any]:
        """Weights, the states of the dropouts' random numbers, the optimiser's moments."""
        return [*self.model.variables, *self.optimizer.variables]

    def _epoch(self, order: Any, seed: Any) -> Any:
        size = min(self.recipe.batch_size, self._n)
        steps = self._n // size  # what is left over has its turn in another epoch's order
        loss, right = tf.constant(0.0), tf.constant(0.0)
        for step in tf.range(steps):
            rows = order[step * size : (step + 1) * size]
            x, y = tf.cast(tf.gather(self._x, rows), tf.float32), tf.gather(self._y, rows)
            x, y = augment(self.recipe, x, y, self._row_means, tf.stack([seed[0] + step, seed[1]]))
            with tf.GradientTape() as tape:
                p = self.model(x, training=True)
                cost = tf.reduce_mean(keras.losses.categorical_crossentropy(y, p))
                total = tf.add_n([cost, *self.model.losses])
            variables = self.model.trainable_variables
            self.optimizer.apply(tape.gradient(total, variables), variables)
            loss += cost
            right += tf.reduce_mean(tf.cast(tf.argmax(p, 1) == tf.argmax(y, 1), tf.float32))
        return loss / tf.cast(steps, tf.float32), right / tf.cast(steps, tf.float32)


def predict(model: keras.Model, x: Floats) -> Float32:
    """Probabilities of unscaled inputs, in small batches. (n, 4)"""
    if not hasattr(model, "_answer"):
        any_number = tf.TensorSpec([None, *x.shape[1:]], tf.float32)
        model._answer = tf.function(lambda part: model(part, training=False), [any_number])
    parts = range(0, len(x), PREDICT_BATCH)
    return np.concatenate(
        [model._answer(np.asarray(x[i : i + PREDICT_BATCH], np.float32)).numpy() for i in parts]
    )


def export(model: keras.Model, path: Path) -> None:
    """A network that has answered at least once, as ONNX."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # keras asks NumPy for a name of old
        model.export(str(path), format="onnx", verbose=False)


def on_one_thread() -> None:
    """For processes that work beside each other; has no effect once TensorFlow has begun."""
    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)


def release() -> None:
    """Give back what finished networks hold; without it memory grows twice as fast."""
    keras.backend.clear_session()
    gc.collect()
