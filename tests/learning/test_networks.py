"""Networks as recipes say, and that nothing of other clips gets into them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.learning import recipes
from mmc_core.learning.inputs import Clips, features

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

RNG = np.random.default_rng(3)


@pytest.fixture
def clips(table: pd.DataFrame) -> Clips:
    return Clips(table, features(table))


def test_the_originals_networks_have_their_size(clips: Clips) -> None:
    from mmc_core.learning.networks.build import build

    assert build(recipes.load("cnn1d"), clips.x).count_params() == 48_548  # type: ignore[arg-type]


def test_min_max_scaling_is_inside(clips: Clips) -> None:
    from mmc_core.learning.networks.build import build

    clips.x[:, 5] = 3.0  # a feature that never changes
    model = build(recipes.load("cnn1d"), clips.x)  # type: ignore[arg-type]
    scaled = np.delete(model.get_layer("min_max")(clips.x).numpy(), 5, axis=1)
    assert scaled.min(axis=0) == pytest.approx(0, abs=1e-5)
    assert scaled.max(axis=0) == pytest.approx(1, abs=1e-5)
    assert np.isfinite(model(clips.x).numpy()).all()


def test_ranks_are_ranks(clips: Clips) -> None:
    """Of a continuous feature: even, whatever its shape; a monotone change leaves them alone."""
    import keras

    from mmc_core.learning.networks.build import build

    def ranks(x: np.ndarray) -> np.ndarray:
        model = build(recipes.load("cnn1d-bagged"), x)  # type: ignore[arg-type]
        inner = keras.Model(model.inputs, model.get_layer("ranks").output)
        return np.asarray(inner(x))

    i = ORIGINAL_57.index("rms_var")
    result = ranks(clips.x)
    assert result[:, i].min() == pytest.approx(-np.sqrt(3), abs=1e-3)
    assert result[:, i].max() == pytest.approx(np.sqrt(3), abs=1e-3)
    assert result[:, i].std() == pytest.approx(1, abs=0.05)
    order = np.argsort(clips.x[:, i])
    assert (np.diff(result[order, i]) >= -1e-5).all()
    bent = clips.x.copy()
    bent[:, i] = np.exp(bent[:, i] / 4)
    assert ranks(bent)[:, i] == pytest.approx(result[:, i], abs=0.06)  # between quantiles only


def test_left_out_features_do_nothing(clips: Clips) -> None:
    from mmc_core.learning.networks.build import build

    recipe = recipes.load("cnn1d-timbre")
    assert isinstance(recipe, recipes.CNN1D)
    model = build(recipe, clips.x)
    other = clips.x.copy()
    for i, name in enumerate(ORIGINAL_57):
        if BY_NAME[name].group not in recipe.groups:
            other[:, i] = clips.x[::-1, i]
    assert model(other).numpy() == pytest.approx(model(clips.x).numpy(), abs=1e-6)
    assert len(recipe.feature_names()) == 40


@pytest.mark.parametrize("name", [n for n in recipes.names() if n.startswith("cnn2d-m")])
def test_images_are_scaled_inside(name: str) -> None:
    import keras

    from mmc_core.learning.networks.build import build

    recipe = recipes.load(name)
    assert isinstance(recipe, recipes.CNN2D)
    width, height = recipe.size
    x = RNG.normal(-40, 10, (6, height, width)).astype(np.float16)
    x[:, 0] += 100  # one loud row
    model = build(recipe, x)
    scaled = np.asarray(
        keras.Model(model.inputs, model.get_layer("scaling").output)(x.astype(np.float32))
    )
    assert scaled.mean() == pytest.approx(0, abs=0.02)
    assert scaled.std() == pytest.approx(1, abs=0.02)
    loud = scaled[:, 0].mean()
    assert abs(loud) < 0.05 if recipe.scaling == "rows" else loud > 3
    assert model(x.astype(np.float32)).numpy().sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_nothing_of_other_clips_gets_in(clips: Clips, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the builder and the loop are given is the training clips and copies of those alone."""
    from mmc_core.learning.networks import build as build_module
    from mmc_core.learning.networks import fit, learn

    given: list[np.ndarray] = []
    build = build_module.build

    def spy(recipe: recipes.Network, x: np.ndarray) -> object:
        given.append(x)
        return build(recipe, x)

    monkeypatch.setattr(fit, "build", spy)
    noisy = Clips(clips.table, clips.x, [clips.x + 1])
    rows = np.arange(0, len(clips.table), 2)
    recipe = recipes.load("cnn1d-bagged", ["epochs=1", "members=5"])
    assert isinstance(recipe, recipes.CNN1D)
    groups = clips.table["group"].to_numpy(dtype=object)
    chosen = []
    for one in learn.fits(recipe, noisy, rows, seed=1):
        half = len(given[-1]) // 2
        assert np.array_equal(given[-1][half:], given[-1][:half] + 1)
        assert one.validation is not None
        where = [int(np.flatnonzero((clips.x == row).all(axis=1))[0]) for row in given[-1][:half]]
        held = [int(np.flatnonzero((clips.x == row).all(axis=1))[0]) for row in one.validation[0]]
        assert set(where) | set(held) == set(rows)
        assert not set(groups[where]) & set(groups[held])
        chosen += held
    assert sorted(chosen) == sorted(rows)  # each fifth stops one network


def test_patience_goes_back_to_the_best(clips: Clips) -> None:
    from mmc_core.learning.networks.fit import Fit, predict

    recipe = recipes.load("cnn1d", ["patience=2", "epochs=40", "learning_rate=0.02", "dropout=0"])
    assert isinstance(recipe, recipes.CNN1D)
    half = len(clips.x) // 2
    order = np.random.default_rng(0).permutation(len(clips.x))
    train, held = order[:half], order[half:]
    validation = clips.x[held], clips.one_hot[held]
    one = Fit(recipe, clips.x[train], clips.one_hot[train], validation, seed=2)
    losses = []
    while not one.finished:
        losses.append(one.step()["val_loss"])
    assert one.best_epoch == int(np.argmin(losses)) + 1
    assert one.epoch in (one.best_epoch + 2, 40)
    p = predict(one.network(), clips.x[held])
    loss = -np.log((p * clips.one_hot[held]).sum(axis=1)).mean()
    assert loss == pytest.approx(min(losses), abs=1e-5)
    with pytest.raises(ValueError, match="needs validation clips"):
        Fit(recipe, clips.x, clips.one_hot, None, seed=1)


def test_averages_are_those_of_the_weights_of_today(clips: Clips) -> None:
    """One epoch of few, large steps: running averages would lag far behind."""
    import keras

    from mmc_core.learning.networks.fit import Fit

    recipe = recipes.load("cnn1d", ["patience=2", "learning_rate=0.02", "dropout=0"])
    assert isinstance(recipe, recipes.CNN1D)
    order = np.random.default_rng(0).permutation(len(clips.x))
    train, held = order[:128], order[128:]
    one = Fit(
        recipe,
        clips.x[train],
        clips.one_hot[train],
        (clips.x[held], clips.one_hot[held]),
        seed=2,
    )
    one.step()
    before_first = one.model.layers[
        next(i for i, each in enumerate(one.model.layers) if "batch_norm" in each.name) - 1
    ]
    first = next(each for each in one.model.layers if "batch_norm" in each.name)
    values = keras.Model(one.model.inputs, before_first.output)(clips.x[train]).numpy()
    assert first.moving_mean.numpy() == pytest.approx(values.mean(axis=(0, 1)), abs=1e-4)
    batches = values.reshape(2, 64, *values.shape[1:])
    within = batches.var(axis=(1, 2)).mean(axis=0)
    assert first.moving_variance.numpy() == pytest.approx(within, rel=1e-3)
    assert first.momentum == 0.99
    in_training = one.model(clips.x[train], training=True).numpy()
    predicted = one.model(clips.x[train], training=False).numpy()
    assert np.abs(in_training - predicted).mean() < 0.02


def test_a_mean_of_networks_is_their_mean(clips: Clips) -> None:
    from mmc_core.learning.networks.build import average, build

    recipe = recipes.load("cnn1d")
    models = [build(recipe, clips.x) for _ in range(3)]  # type: ignore[arg-type]
    each = np.mean([model(clips.x).numpy() for model in models], axis=0)
    assert average(models, "x")(clips.x).numpy() == pytest.approx(each, abs=1e-6)
    assert average(models[:1], "x") is models[0]
