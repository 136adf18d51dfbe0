"""What is learned from, of a made-up dataset of four short sounds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest

from mmc_core.audio import load_audio
from mmc_core.audio.loudness import levelled
from mmc_core.datasets import Dataset
from mmc_core.datasets.turkish import Turkish
from mmc_core.errors import DatasetError
from mmc_core.features.encode import encode
from mmc_core.features.images import IMAGES, draw
from mmc_core.features.scalars import describe
from mmc_core.features.spectra import Spectra
from mmc_core.learning import inputs, recipes
from mmc_core.learning.augmentation import noise, time_shift
from mmc_core.learning.inputs import Clips
from mmc_core.moods import NAMES
from tests.support.sounds import encode as encode_sound
from tests.support.sounds import tone

HZ = {"deep": 110.0, "middle": 440.0, "high": 3000.0, "middle again": 440.0}
CLIPS = list(HZ)
SIZE = [30, 20]  # width, height


@cache
def content(clip: str) -> bytes:
    """A tone of a second and a half that grows; one clip is a flac, the others are wav."""
    sound = tone(1.5, 22_050, (HZ[clip],))
    sound *= np.linspace(0.1, 1, len(sound), dtype=np.float32)[:, None]
    return encode_sound(sound, 22_050, "flac" if clip == "deep" else "wav")


@cache
def rows() -> pd.DataFrame:
    return pd.DataFrame([describe(load_audio(content(clip)).y) for clip in CLIPS])


class MadeUp(Dataset):
    id = "made-up"
    title = "Made up"
    homepage = "https://example.org"

    def table(self) -> pd.DataFrame:
        return rows().assign(clip=CLIPS, mood=NAMES, group=CLIPS)


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeUp:
    """Its audio lies in the mirror, in folders of its own, as released datasets do."""
    monkeypatch.setenv("MMC_DATA_MIRROR", str(tmp_path / "mirror"))
    for i, clip in enumerate(CLIPS):
        folder = tmp_path / "mirror" / "made-up" / f"Q{i + 1}"
        folder.mkdir(parents=True)
        (folder / f"{clip}{'.WAV' if i else '.flac'}").write_bytes(content(clip))
    return MadeUp()


@pytest.fixture(autouse=True)
def in_this_process() -> Iterator[None]:
    """Threads in place of processes: they start at once, and see what a test changes."""
    with joblib.parallel_config(backend="threading"):
        yield


def compute_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("computed again")

    monkeypatch.setattr(joblib, "Parallel", refuse)


def sound(dataset: Dataset, clip: str) -> Any:
    return load_audio(dataset.audio()[clip]).y


def level(dataset: Dataset, clip: str) -> Any:
    """The sound as images are drawn of it."""
    audio = levelled(load_audio(dataset.audio()[clip]))
    return audio.samples(0, audio.n_samples)


# ---- images ---------------------------------------------------------------------------------


def test_images_are_those_of_the_clips_in_order(dataset: MadeUp) -> None:
    for kind in IMAGES:
        images = inputs.images(dataset, dataset.table(), kind, SIZE)
        assert images.shape == (4, 20, 30)
        assert images.dtype == np.float16
        for image, clip in zip(images, CLIPS, strict=True):
            expected = draw(Spectra(level(dataset, clip)), kind, width=30, height=20)
            assert np.array_equal(image, expected.astype(np.float16)), (kind, clip)


def test_a_volume_knob_changes_no_image(dataset: MadeUp) -> None:
    loud = np.array(inputs.images(dataset, dataset.table(), "spectrogram", SIZE), dtype=float)
    path = dataset.audio()["middle"]
    sound = 0.2 * load_audio(path).y[:, None]
    path.write_bytes(encode_sound(sound, 22_050, "wav"))
    soft = np.array(inputs.images(dataset, dataset.table(), "spectrogram", SIZE), dtype=float)
    assert soft == pytest.approx(loud, abs=0.5)  # dB: of its 16 bits fewer are left


def test_images_are_computed_once(
    dataset: MadeUp, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = dataset.table()
    first = np.array(inputs.images(dataset, table, "mel", SIZE))
    (saved,) = (own_cache / "images").iterdir()  # and nothing half done
    compute_nothing(monkeypatch)
    again = inputs.images(dataset, table, "mel", SIZE)
    assert isinstance(again, np.memmap)
    assert not again.flags.writeable
    assert str(again.filename) == str(saved)
    assert np.array_equal(again, first)


def test_whatever_changes_images_computes_them_anew(
    dataset: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = dataset.table()
    inputs.images(dataset, table, "mel", SIZE)
    longer = encode_sound(tone(1.6, 22_050, (440.0,)), 22_050, "wav")
    path = dataset.audio()["middle"]
    saved = path.read_bytes()
    compute_nothing(monkeypatch)
    inputs.images(dataset, table, "mel", SIZE)

    def refused(table: pd.DataFrame = table, kind: str = "mel", **other: Any) -> None:
        with pytest.raises(AssertionError, match="computed again"):
            inputs.images(dataset, table, kind, **{"size": SIZE, **other})

    refused(kind="mfcc")
    refused(size=[20, 30])
    refused(copy="shift")
    refused(table=table.iloc[::-1])
    path.write_bytes(longer)
    refused()
    path.write_bytes(saved)
    monkeypatch.setattr("mmc_core.features.images.IMAGES_VERSION", -1)
    refused()


@pytest.mark.slow
def test_images_are_computed_in_other_processes_too(dataset: MadeUp) -> None:
    """As they are outside these tests."""
    table = dataset.table()
    with joblib.parallel_config(backend="loky", inner_max_num_threads=1):
        result = inputs.images(dataset, table, "mfcc", SIZE, "noise")
    y = noise(level(dataset, "deep"), seed=0)
    expected = draw(Spectra(y), "mfcc", width=30, height=20)
    assert result[0] == pytest.approx(expected, rel=1e-3, abs=1e-3)


# ---- features -------------------------------------------------------------------------------


def test_features_come_from_the_table(dataset: MadeUp, monkeypatch: pytest.MonkeyPatch) -> None:
    table = dataset.table()
    monkeypatch.delenv("MMC_DATA_MIRROR")  # they need no audio
    x = inputs.features(table)
    assert x.shape == (4, 57)
    assert x.dtype == np.float32
    assert np.array_equal(x[1], x[3])


@pytest.mark.parametrize("copy", ["noise", "shift"])
def test_copies_are_other_clips(
    dataset: MadeUp, copy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = dataset.table()
    x, copies = inputs.features(table), inputs.copied_features(dataset, table, copy)
    assert copies.shape == x.shape
    assert copies.dtype == np.float32
    assert not np.any(np.all(copies == x, axis=1))
    made = {
        "noise": noise(sound(dataset, "high"), seed=2),
        "shift": time_shift(sound(dataset, "high")),
    }
    assert copies[2] == pytest.approx(encode([describe(made[copy])])[0], rel=1e-5, abs=1e-6)
    compute_nothing(monkeypatch)
    assert np.array_equal(inputs.copied_features(dataset, table, copy), copies)


def test_no_two_clips_get_the_same_noise(dataset: MadeUp) -> None:
    copies = inputs.copied_features(dataset, dataset.table(), "noise")
    assert not np.array_equal(copies[1], copies[3])  # of the same tone


# ---- what a recipe gets -----------------------------------------------------------------------


def test_each_recipe_gets_its_inputs(dataset: MadeUp) -> None:
    network = recipes.load("cnn1d").load_clips(dataset)
    plain = recipes.load("svm").load_clips(dataset)
    assert network.x.shape == plain.x.shape == (4, 57)
    assert not network.copies
    assert not plain.copies
    copied = recipes.load("cnn1d-copies").load_clips(dataset)
    assert np.array_equal(copied.x, network.x)
    for copies, kind in zip(copied.copies, ("noise", "shift"), strict=True):
        assert np.array_equal(copies, inputs.copied_features(dataset, copied.table, kind))
    image = recipes.load("cnn2d-mel", ["size=[60,50]", 'copies=["shift"]']).load_clips(dataset)
    assert image.x.shape == (4, 50, 60)
    assert len(image.copies) == 1
    assert not np.array_equal(image.copies[0], image.x)


def test_training_takes_the_copies_of_the_same_clips_only() -> None:
    table = pd.DataFrame({"mood": [*NAMES, NAMES[0]]})
    x = np.arange(5.0)[:, None]
    clips = Clips(table, x, [x + 10, x + 20])
    rows = np.array([4, 1])
    result, moods = clips.training(rows)
    assert result.ravel().tolist() == [4, 1, 14, 11, 24, 21]
    assert np.array_equal(moods, np.eye(4)[[0, 1] * 3])
    leaking, moods = clips.training(rows, np.arange(5))
    assert leaking.ravel().tolist() == [4, 1, *range(10, 15), *range(20, 25)]
    assert np.array_equal(moods, np.eye(4)[[0, 1, *[0, 1, 2, 3, 0] * 2]])
    alone, moods = Clips(table, x).training(rows)
    assert alone.ravel().tolist() == [4, 1]
    assert np.array_equal(moods, clips.one_hot[rows])


# ---- audio that is not there ------------------------------------------------------------------


def test_a_missing_sound_is_named_with_its_folder(dataset: MadeUp) -> None:
    table = dataset.table()
    dataset.audio()["high"].unlink()
    says = r"audio of Made up: got 3 sound files, but none for 1 of its 4 clips, such as 'high'"
    with pytest.raises(DatasetError, match=says + r".*made-up.*MMC_DATA_MIRROR.*example"):
        inputs.images(dataset, table, "mel", SIZE)
    with pytest.raises(DatasetError, match=says):
        inputs.copied_features(dataset, table, "noise")


def test_without_a_mirror_there_is_no_audio(
    dataset: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = dataset.table()
    monkeypatch.delenv("MMC_DATA_MIRROR")
    with pytest.raises(DatasetError, match="got 0 sound files, but none for 4 of its 4 clips"):
        dataset.audio_of(table)


def test_the_turkish_table_is_enough_for_features_only(workbook: Path) -> None:
    dataset = Turkish()
    dataset.fetch()
    for name in recipes.names():
        recipe = recipes.load(name, ["dataset=turkish"])
        if recipe.needs_audio and not isinstance(recipe, recipes.Combination):
            with pytest.raises(DatasetError, match=r"audio of Turkish.*folder turkish.*kaggle"):
                recipe.load_clips(dataset)
    assert recipes.load("cnn1d", ["dataset=turkish"]).load_clips(dataset).x.shape[1] == 57
