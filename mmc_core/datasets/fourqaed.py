"""4QAED, the 4Q Audio Emotion Dataset."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mmc_core._typing import Progress
from mmc_core.audio import CLIP_S
from mmc_core.datasets.base import Dataset
from mmc_core.errors import DatasetError
from mmc_core.moods import BY_QUADRANT

# The names in the released archive, and the short ones.
ANNOTATIONS = ("panda_dataset_taffc_annotations.csv", "annotations.csv")
METADATA = ("panda_dataset_taffc_metadata.csv", "metadata.csv")


class FourQAED(Dataset):
    id = "4qaed"
    title = "4QAED"
    description = (
        "900 previews of about 30 seconds from the AllMusic catalogue, chosen so that each "
        "quadrant of the arousal-valence plane has 225: the most varied of the three."
    )
    music = "Western popular music of many genres, 661 artists."
    labels = (
        "AllMusic's mood tags, mapped to quadrants by the ANEW word ratings, then checked by "
        "listeners."
    )
    grouping = "Artist; a clip without an artist's name is a group of its own."
    length_rule = f"Clips under {CLIP_S} s are dropped (2 happy ones); the rest cut to {CLIP_S} s."
    extraction = "Features computed by this project from mono 22 050 Hz transcodings."
    citation = (
        "R. Panda, R. Malheiro, R. P. Paiva: Novel audio features for music emotion recognition. "
        "IEEE Transactions on Affective Computing, 2018. doi:10.1109/TAFFC.2018.2820691"
    )
    licence = "Research use with citation; the audio is previews and may not be redistributed."
    homepage = "http://mir.dei.uc.pt/downloads.html"

    def build(self, audio: Path | None, progress: Progress) -> pd.DataFrame:
        folder = self.audio_folder(audio)
        if folder is None or not folder.is_dir():
            raise DatasetError(
                f"Building 4QAED needs its audio: got {folder}, expected a folder with the "
                f"released clips. Get them from {self.homepage} and name it with --audio."
            )
        index = read_index(folder)
        table = self.extract(index, self.sound_files(index, folder), progress)
        return table[table["duration_s"] >= CLIP_S].reset_index(drop=True)


def read_index(folder: Path) -> pd.DataFrame:
    """`clip`, `mood` and `group` of all 900 clips.

    Groups are numbered, not named: the artists' names are the dataset's own.

    Raises:
        DatasetError: if the annotations or the metadata are not there.
    """
    annotations = pd.read_csv(_find(folder, ANNOTATIONS))
    metadata = pd.read_csv(_find(folder, METADATA)).set_index("Song")
    artist = annotations["Song"].map(metadata["Artist"]).str.strip().str.casefold()
    artist = artist.where(artist.notna() & (artist != ""), "clip " + annotations["Song"])
    numbers = {name: i + 1 for i, name in enumerate(sorted(set(artist)))}
    return pd.DataFrame(
        {
            "clip": annotations["Song"],
            "mood": annotations["Quadrant"].map(lambda quadrant: BY_QUADRANT[quadrant].name),
            "group": artist.map(lambda name: f"artist {numbers[name]:03d}"),
        }
    )


def _find(folder: Path, names: tuple[str, ...]) -> Path:
    for place in (folder, folder.parent):
        for name in names:
            if (place / name).exists():
                return place / name
    raise DatasetError(
        f"Neither {folder} nor its parent holds {' or '.join(names)}, which 4QAED is built from. "
        "For a dataset of your own choose another ID than 4qaed."
    )
