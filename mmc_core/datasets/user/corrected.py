"""Corrected songs as a dataset: built again whenever a correction was added or taken away."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mmc_core.datasets.user import corrections, store
from mmc_core.datasets.user.builder import grouped
from mmc_core.datasets.user.dataset import UserDataset
from mmc_core.errors import MMCError
from mmc_core.features.embeddings import NETWORKS
from mmc_core.language import N_, _
from mmc_core.saved.correction import Correction

ID, TITLE = "corrections", "My corrections"
CLIP_DIGITS = 16  # of a song's SHA-256, which name its clip


class CorrectedSongs(UserDataset):
    """The songs whose moods a person corrected; no sound, but embeddings."""

    id, title = ID, TITLE
    description = N_(
        "Songs whose mood you gave on the page Predict, or with `mmc corrections add`."
    )
    labels = N_("The mood that you heard, beside the answer of a model.")
    grouping = N_(
        "Each song is its own group, but songs that are nearly the same in all features share one."
    )
    knows_artists = False
    length_rule = N_("Whole songs; features describe the first 25.5 s.")
    extraction = N_(
        "Computed by this project when you saved the correction. The sound is not kept."
    )
    homepage = N_("the page Predict")

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def audio(self) -> dict[str, Path]:
        return {}

    @property
    def audio_advice(self) -> str:
        return _(
            "Corrections keep embeddings in place of sound, and some lack what is asked for. Train "
            "probe-musicnn, or fetch the AudioSet network and correct these songs again."
        )

    @property
    def embedded(self) -> Mapping[str, Path]:
        files = {network: self.folder / f"{network}.npy" for network in NETWORKS}
        return {network: file for network, file in files.items() if file.exists()}


def current() -> CorrectedSongs | None:
    """The dataset of all corrections as they are now; None where there is none."""
    if not corrections.count():
        return None
    try:
        if not (place := _place()).is_dir():
            with corrections.alone():
                place = _place()  # another process may have been here first
                if not place.is_dir() and not _build(place):
                    return None
    except (MMCError, OSError) as error:  # no page that shows other datasets is to fail for it
        logging.getLogger(__name__).warning("The corrections are no dataset now: %s", error)
        return None
    return CorrectedSongs(place)


def _place() -> Path:
    """The dataset's folder, another one for all other corrections."""
    state = hashlib.sha256(corrections.stamp().encode()).hexdigest()
    return corrections.dataset_dir() / state[:16]


def _build(place: Path) -> bool:
    """Make the dataset in place of earlier ones; whether there is anything to make it of."""
    saved = [each for each in corrections.every() if each.is_current]
    if not saved:
        return False
    store.discard(corrections.dataset_dir())
    fresh = CorrectedSongs(place.with_name("fresh"))
    fresh.folder.mkdir(parents=True)
    table = grouped(_table(saved))[0]
    fresh.write_table(table)
    fresh.write_summary(table)
    names = pd.DataFrame({"name": [each.name for each in saved]}, index=table["clip"])
    fresh.write_clips(names)
    for network in NETWORKS:
        if all(network in each.current_networks() for each in saved):
            rows = [each.embeddings[network] for each in saved]
            np.save(fresh.folder / f"{network}.npy", np.array(rows, dtype=np.float32))
    fresh.folder.rename(place)
    return True


def _table(saved: Sequence[Correction]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "clip": each.sha256[:CLIP_DIGITS],
                "mood": each.mood,
                "group": "",
                "duration_s": each.duration_s,
                "start_s": each.start_s,
                **each.features,
            }
            for each in saved
        ]
    )
