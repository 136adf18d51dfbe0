"""What networks take of a dataset's clips: the 57 features, or images computed from audio."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mmc_core import datasets
from mmc_core._typing import Float32, Float64, Floats, Ints, Objects
from mmc_core.audio import Audio, load_audio
from mmc_core.audio.clip import first_clip
from mmc_core.audio.loudness import levelled
from mmc_core.datasets import Dataset
from mmc_core.errors import DatasetError
from mmc_core.features import embeddings as feature_embeddings
from mmc_core.features import images as feature_images
from mmc_core.features.encode import CODES, encode
from mmc_core.features.scalars import describe
from mmc_core.features.schema import ORIGINAL_57, fingerprint
from mmc_core.features.spectra import Spectra
from mmc_core.files import replacing
from mmc_core.language import _
from mmc_core.learning.augmentation import COPIES, NOISE, SHIFT_S
from mmc_core.learning.scores import one_hot
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.settings import cache_dir
from mmc_core.wording import listed
from mmc_core.workers.parallel import in_order

if TYPE_CHECKING:
    from mmc_core.learning.kinds.base import Learner

LEAST_GROUPS = 8  # of each mood: a fifth is held out, and the rest is divided by five again


@dataclass(frozen=True)
class Clips:
    """What a recipe learns from: a row a clip in all.

    `x` and each of `copies` hold unscaled inputs; `copies` are the same clips made noisy or
    shifted, for training alone; `beside` are other datasets' clips, for training alone too.
    """

    table: pd.DataFrame
    x: Floats
    copies: Sequence[Floats] = ()
    beside: Sequence[Clips] = ()

    @cached_property
    def mood(self) -> Objects:
        """Each clip's mood. (n,)"""
        return self.table["mood"].to_numpy(dtype=object)

    @cached_property
    def group(self) -> Objects:
        """Each clip's group. (n,)"""
        return self.table["group"].to_numpy(dtype=object)

    @cached_property
    def one_hot(self) -> Float64:
        """The same in the order of `NAMES`. (n, 4)"""
        return one_hot(self.mood)

    def training(self, rows: Ints, copied: Ints | None = None) -> tuple[Any, Any]:
        """Inputs and one-hot moods of some clips and of copies, by default of the same clips."""
        copied = rows if copied is None else copied
        x = np.concatenate([self.x[rows], *(copy[copied] for copy in self.copies)])
        moods = [self.one_hot[rows], *[self.one_hot[copied]] * len(self.copies)]
        return x, np.concatenate(moods)


def lacks(dataset: Dataset) -> str:
    """Why nothing can be trained on a dataset, in a sentence, from its summary alone; "" if it can.

    Your own datasets may have any features and moods.
    """
    if dataset.too_large:
        return dataset.too_large
    summary = dataset.summary()
    return _lacks(dataset, {feature.name for feature in summary.features}, set(summary.clips))


def _lacks(dataset: Dataset, features: Container[str], moods: Container[str]) -> str:
    if missing := [name for name in ORIGINAL_57 if name not in features]:
        return _(
            "{dataset} lacks {n} of the 57 features, such as {feature}; training takes all of "
            "them.",
            dataset=dataset.title,
            n=len(missing),
            feature=missing[0],
        )
    if missing := [mood for mood in NAMES if mood not in moods]:
        return _(
            "{dataset} has no clip that is {moods}; training takes all four moods.",
            dataset=dataset.title,
            moods=listed((BY_NAME[mood].label for mood in missing), "or"),
        )
    return ""


def check(dataset: Dataset, table: pd.DataFrame, recipe: Learner, folds: int = 1) -> None:
    """See that a recipe can be trained on a dataset, before anything is begun.

    Args:
        folds: those of the protocol, each of which needs groups of every mood.

    Raises:
        DatasetError: if features, moods, groups or audio are missing.
    """
    if sentence := _lacks(dataset, set(table.columns), set(table["mood"])):
        raise DatasetError(f"{sentence} Choose another dataset.")
    least = max(LEAST_GROUPS, folds)
    if too_few := {mood: n for mood, n in groups_by_mood(table).items() if n < least}:
        counted = ", ".join(f"{n} of {mood}" for mood, n in too_few.items())
        raise DatasetError(
            f"{dataset.title} has too few groups to train and test on: {counted}; expected at "
            f"least {least} of each mood. Add clips, or choose another dataset."
        )
    if recipe.needs_audio and not recipe.is_brought_by(dataset):
        dataset.audio_of(table)
    for other in sources(dataset, recipe):
        if not recipe.is_brought_by(other):
            _check_source(other, dataset)


def groups_by_mood(table: pd.DataFrame) -> dict[str, int]:
    """How many groups each of the four moods has; `LEAST_GROUPS` are needed to train."""
    groups = table.groupby("mood")["group"].nunique()
    return {mood: int(groups.get(mood, 0)) for mood in NAMES}


def sources(dataset: Dataset, recipe: Learner) -> list[Dataset]:
    """Return the other datasets that a recipe learns from."""
    return [datasets.get(name) for name in recipe.other_datasets if name != dataset.id]


def _check_source(source: Dataset, dataset: Dataset) -> None:
    try:
        source.audio_of(source.table())
    except DatasetError as error:
        raise DatasetError(
            f"{error} To learn from {dataset.title} alone, add: --set sources=[]"
        ) from error


def features(table: pd.DataFrame) -> Float32:
    """The 57 features of each clip, unscaled, as `encode` has them. (n, 57)"""
    columns = [
        table[name].map(CODES[name]) if name in CODES else table[name] for name in ORIGINAL_57
    ]
    return np.column_stack([column.to_numpy(dtype=np.float32) for column in columns])


def copied_features(dataset: Dataset, table: pd.DataFrame, copy: str) -> Float32:
    """The 57 features of each clip made noisy or shifted; see `images`. (n, 57)"""
    paths = dataset.audio_of(table)
    path = cache_dir() / "copies" / f"{dataset.id}-{copy}-{_identity(paths, fingerprint())}.npy"

    def row(file: Path, number: int) -> Float32:
        return encode([describe(_sound(file, copy, number))])[0]

    return _computed(path, row, paths, np.float32)


def images(
    dataset: Dataset, table: pd.DataFrame, kind: str, size: Sequence[int], copy: str = ""
) -> npt.NDArray[np.float16]:
    """Images of all clips of a table, computed once and then mapped from the cache. (n, h, w)

    Of sound at one level, without silence at its ends.

    Args:
        kind: a key of `features.images.IMAGES`.
        size: width and height in pixels.
        copy: "noise" or "shift" for the clips made so.

    Raises:
        DatasetError: if the audio of a clip is not on this machine.
    """
    width, height = size
    paths = dataset.audio_of(table)
    name = "-".join(filter(None, [dataset.id, kind, f"{width}x{height}", copy]))
    path = cache_dir() / "images" / f"{name}-{_identity(paths, feature_images.fingerprint())}.npy"

    def image(file: Path, number: int) -> Float32:
        spectra = Spectra(_sound(file, copy, number, at_level=True))
        return feature_images.draw(spectra, kind, width=width, height=height)

    return _computed(path, image, paths, np.float16)


def embeddings(dataset: Dataset, table: pd.DataFrame, network: str, copy: str = "") -> Float32:
    """A pretrained network's embedding of all clips, whole; computed once, or as the dataset brings
    it. (n, width)

    Args:
        network: a key of `features.embeddings.NETWORKS`.
        copy: "degraded" or "loud" for other files of the same music.

    Raises:
        DatasetError: if the audio of a clip is not on this machine.
        MissingNetwork: if the network is not.
    """
    if network in dataset.embedded and not copy:
        own: Float32 = np.load(dataset.embedded[network])
        return own
    paths = dataset.audio_of(table)
    name = "-".join(filter(None, [dataset.id, network, copy]))
    identity = _identity(paths, feature_embeddings.fingerprint(network))
    path = cache_dir() / "embeddings" / f"{name}-{identity}.npy"

    def embedding(file: Path, number: int) -> Float32:
        sound = load_audio(file)
        if copy:
            sound = Audio(COPIES[copy](sound.y, seed=number), sound.name)
        return feature_embeddings.embed(levelled(sound), network).pooled()

    return _computed(path, embedding, paths, np.float32).astype(np.float32)


def _sound(path: Path, copy: str, number: int, *, at_level: bool = False) -> Float32:
    audio = load_audio(path)
    y = (levelled(audio).cut() if at_level else first_clip(audio)[1]).y
    return COPIES[copy](y, seed=number) if copy else y


def _identity(paths: Sequence[Path], made_by: str) -> str:
    states = [f"{p.name} {p.stat().st_size} {p.stat().st_mtime_ns}" for p in paths]
    made_by += f" {NOISE} {SHIFT_S}"
    return hashlib.sha256("\n".join([made_by, *states]).encode()).hexdigest()[:12]


def _computed(
    saved: Path, what: Callable[[Path, int], Float32], paths: Sequence[Path], dtype: type
) -> Floats:
    """An array of something of each file: mapped from the cache, computed where it is not there."""
    from joblib import delayed

    if not saved.exists():
        rows = in_order(delayed(what)(path, number) for number, path in enumerate(paths))
        with replacing(saved) as part:
            array: Any = None
            for i, row in enumerate(rows):
                if array is None:
                    shape = (len(paths), *row.shape)
                    array = np.lib.format.open_memmap(part, mode="w+", dtype=dtype, shape=shape)
                array[i] = row
            del array  # written out, and let go of, before it is given its name
    return np.load(saved, mmap_mode="r")
