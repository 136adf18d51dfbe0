"""What makes other clips out of training clips: the original's copies, and batches varied anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core._typing import Float32
from mmc_core.audio import SR
from mmc_core.learning import recipes
from mmc_core.learning.augmentation import COPIES, NOISE, loud, noise, time_shift
from mmc_core.learning.recipes import CNN1D, CNN2D, Network
from tests.support.sounds import tone

# ---- copies of sound --------------------------------------------------------------------------


def test_noise_leaves_silence_silent() -> None:
    y = tone(3, SR)[:, 0]
    y[SR : 2 * SR] = 0
    changed = noise(y, seed=1) != y
    assert not changed[y == 0].any()
    assert changed[y != 0].mean() > 0.999


def test_noise_has_the_originals_deviation() -> None:
    y = np.full(200_000, 0.5, dtype=np.float32)
    added = noise(y, seed=2) - y
    assert added.std() == pytest.approx(NOISE, rel=0.01) == pytest.approx(0.02, rel=0.01)
    assert added.mean() == pytest.approx(0, abs=3e-4)
    assert abs(np.corrcoef(added[1:], added[:-1])[0, 1]) < 0.01  # white


def test_a_seed_gives_one_noise() -> None:
    y = tone(1, SR)[:, 0]
    one, again, other = (noise(y, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@given(n=st.integers(SR, 3 * SR))
def test_the_last_second_comes_first(n: int) -> None:
    y = np.arange(n, dtype=np.float32)
    turned = time_shift(y)
    assert np.array_equal(turned[:22_050], y[n - 22_050 :])
    assert np.array_equal(turned[22_050:], y[: n - 22_050])


def test_a_louder_master_has_its_peaks_bent_and_silence_stays() -> None:
    y = tone(2, SR)[:, 0] * np.linspace(0, 0.5, 2 * SR, dtype=np.float32)
    made = loud(y, seed=4)

    def crest(y: Float32) -> float:
        return float(np.abs(y).max() / np.sqrt(np.mean(y**2)))

    assert np.abs(made).max() <= 1
    assert crest(made) < 0.9 * crest(y)
    assert not loud(np.zeros(SR, dtype=np.float32), seed=4).any()


@pytest.mark.parametrize("copy", ["noise", "shift", "loud"])
def test_copies_are_sound_like_what_they_are_made_of(copy: str) -> None:
    y = tone(2, SR, (330.1,))[:, 0]
    before = y.copy()
    made = COPIES[copy](y, seed=3)
    assert made.shape == y.shape
    assert made.dtype == np.float32
    assert not np.array_equal(made, y)
    assert np.array_equal(y, before)


# ---- batches, varied anew ---------------------------------------------------------------------

N, HEIGHT, WIDTH = 64, 24, 40
OFF = ["masks=0", "roll=false", "gain_db=0", "low_pass=0"]
FILL = 1000 + np.arange(HEIGHT, dtype=np.float32)[:, None]  # as row means: like no pixel


def images() -> Float32:
    return np.random.default_rng(1).normal(0, 1, (N, HEIGHT, WIDTH)).astype(np.float32)


def moods() -> Float32:
    return np.eye(4, dtype=np.float32)[np.arange(N) % 4]


def cnn2d(*settings: str) -> CNN2D:
    """A recipe that varies nothing but what is set."""
    recipe = recipes.load("cnn2d-mel-pooled", [*OFF, *settings])
    assert isinstance(recipe, CNN2D)
    return recipe


def cnn1d(*settings: str) -> CNN1D:
    recipe = recipes.load("cnn1d", settings)
    assert isinstance(recipe, CNN1D)
    return recipe


def varied(recipe: Network, x: Float32, seed: tuple[int, int] = (5, 0)) -> tuple[Any, Any]:
    import tensorflow as tf

    from mmc_core.learning.networks.augment import augment

    result = augment(recipe, tf.constant(x), tf.constant(moods()), tf.constant(FILL), seed)
    return result[0].numpy(), result[1].numpy()


@pytest.mark.slow
def test_nothing_set_changes_nothing() -> None:
    for recipe, x in ((cnn2d(), images()), (cnn1d(), images()[:, 0])):
        x_after, y_after = varied(recipe, x)
        assert np.array_equal(x_after, x)
        assert np.array_equal(y_after, moods())


@pytest.mark.slow
@pytest.mark.parametrize(
    "setting", ["masks=2", "roll=true", "gain_db=6", "low_pass=0.5", "mixup=0.3"]
)
def test_a_seed_decides_everything(setting: str) -> None:
    recipe = cnn2d(setting)
    one, again = (varied(recipe, images()) for _ in range(2))
    assert np.array_equal(one[0], again[0])
    assert np.array_equal(one[1], again[1])
    assert not np.array_equal(one[0], images())
    for seed in ((5, 1), (6, 0)):  # another epoch, another batch
        assert not np.array_equal(varied(recipe, images(), seed)[0], one[0])


@pytest.mark.slow
@pytest.mark.parametrize("masks", [1, 3, 8])
def test_masks_blank_bands_with_the_rows_means(masks: int) -> None:
    x = images()
    result, y = varied(cnn2d(f"masks={masks}"), x)
    blank = result != x
    assert np.array_equal(result[blank], np.broadcast_to(FILL, x.shape)[blank])
    rows, columns = blank.all(axis=2), blank.all(axis=1)
    assert rows.sum(axis=1).max() <= masks * (HEIGHT // 8)
    assert columns.sum(axis=1).max() <= masks * (WIDTH // 8)
    assert (rows.sum(axis=1).max() > HEIGHT // 8) == (masks > 1)  # each lies elsewhere
    assert np.array_equal(blank, rows[:, :, None] | columns[:, None, :])  # whole bands only
    assert np.array_equal(y, moods())


@pytest.mark.slow
def test_one_mask_is_one_band_of_any_size_up_to_an_eighth() -> None:
    blank = varied(cnn2d("masks=1"), images())[0] != images()
    for bands, length in ((blank.all(axis=2), HEIGHT), (blank.all(axis=1), WIDTH)):
        assert set(bands.sum(axis=1)) == set(range(length // 8 + 1))
        assert np.all(np.abs(np.diff(bands.astype(int), axis=1)).sum(axis=1) <= 2)
        assert len(set(bands.argmax(axis=1))) > 5  # places differ from clip to clip


@pytest.mark.slow
def test_a_roll_turns_a_batch_around_in_time() -> None:
    x = images()
    turns = set()
    for epoch in range(8):
        result, y = varied(cnn2d("roll=true"), x, (5, epoch))
        fits = [k for k in range(WIDTH) if np.array_equal(np.roll(x, k, axis=2), result)]
        assert len(fits) == 1
        turns.add(fits[0])
        assert np.array_equal(y, moods())
    assert len(turns) > 4


@pytest.mark.slow
def test_gain_is_one_number_a_clip_within_its_bounds() -> None:
    x = images()
    result, y = varied(cnn2d("gain_db=6"), x)
    gains = (result - x)[:, 0, 0]
    assert result - x == pytest.approx(np.broadcast_to(gains[:, None, None], x.shape), abs=1e-5)
    assert np.abs(gains).max() <= 6
    assert gains.min() < -4
    assert gains.max() > 4
    assert np.array_equal(y, moods())


@pytest.mark.slow
def test_a_low_pass_silences_upper_rows_of_a_share_of_clips() -> None:
    x = images()
    result, y = varied(cnn2d("low_pass=0.5"), x)
    changed = (result != x).any(axis=(1, 2))
    assert 0.25 < changed.mean() < 0.75
    assert np.array_equal(result[:, : int(0.6 * HEIGHT)], x[:, : int(0.6 * HEIGHT)])
    for image, before in zip(result[changed], x[changed], strict=True):
        silent = (image == before.min()).all(axis=1)
        assert silent[-1]
        assert np.all(np.diff(silent.astype(int)) >= 0)  # above some row
        assert np.array_equal(image[~silent], before[~silent])
    assert len({int((image == image.min()).all(axis=1).sum()) for image in result[changed]}) > 4
    assert np.array_equal(y, moods())


@pytest.mark.slow
@pytest.mark.parametrize("alpha", ["0.3", "1.0"])
@pytest.mark.parametrize("of", ["images", "features"])
def test_mixup_blends_each_clip_with_the_one_before(of: str, alpha: str) -> None:
    make, x = (cnn2d, images()) if of == "images" else (cnn1d, images()[:, 0])
    result, y = varied(make(f"mixup={alpha}"), x)
    assert y.sum(axis=1) == pytest.approx(1, abs=1e-6)
    share = (y * moods()).sum(axis=1)  # neighbours in `moods` differ
    assert np.all((share >= 0.5) & (share <= 1))
    assert share.min() < 0.7  # it does something
    assert share.std() > 0.05  # to each clip something else
    before = np.roll(x, 1, axis=0)
    share = share.reshape(-1, *[1] * (x.ndim - 1))
    assert result == pytest.approx(share * x + (1 - share) * before, abs=1e-5)
    assert y @ np.arange(4) == pytest.approx(
        share.ravel() * (np.arange(N) % 4) + (1 - share.ravel()) * (np.arange(-1, N - 1) % 4),
        abs=1e-5,
    )


@pytest.mark.slow
def test_all_at_once_keep_shape_and_numbers() -> None:
    recipe = recipes.load("cnn2d-mel-pooled", ["mixup=0.3"])
    assert isinstance(recipe, CNN2D)
    assert recipe.masks
    assert recipe.roll
    assert recipe.gain_db
    assert recipe.low_pass
    result, y = varied(recipe, images())
    assert result.shape == images().shape
    assert np.isfinite(result).all()
    assert y.sum(axis=1) == pytest.approx(1, abs=1e-6)
