"""4QAED, the 4Q Audio Emotion Dataset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mmc_core._typing import Progress
from mmc_core.audio import CLIP_S, load_audio
from mmc_core.datasets import duplicates, recordings
from mmc_core.datasets.base import Dataset
from mmc_core.errors import DatasetError
from mmc_core.moods import BY_QUADRANT

# The names in the released archive, and the short ones.
ANNOTATIONS = ("panda_dataset_taffc_annotations.csv", "annotations.csv")
METADATA = ("panda_dataset_taffc_metadata.csv", "metadata.csv")

SONG = re.compile(r"MT\d{10}")  # a song's number at AllMusic

# Whom an artist appears with: "Eddie Heywood and His Orchestra", "The Sir Douglas Quintet + 2".
BAND = re.compile(r"\s+(&|\+|and (his|her|the)\s).*")
# Other names of an artist, or of the band around one, after the cut.
ALIASES = {
    "the chipmunks": "alvin",
    "doug sahm": "the sir douglas quintet",
    "flatt": "lester flatt",
    "miami sound machine": "gloria estefan",
    "sizzla kalonji": "sizzla",
}


class FourQAED(Dataset):
    id = "4qaed"
    title = "4QAED"
    description = (
        "Previews of about 30 seconds from the AllMusic catalogue, equally many for each quadrant "
        "of the arousal-valence plane. It has the most varied music of the three datasets."
    )
    music = "Western popular music of many genres, 651 artists."
    labels = (
        "AllMusic's mood tags, mapped to quadrants by the ANEW word ratings and checked by "
        "listeners."
    )
    grouping = (
        "Artist, including bands with the artist's name. Clips from the same recording share a "
        "group. A clip without an artist's name is its own group."
    )
    length_rule = (
        f"900 clips were released. The 2 that are shorter than {CLIP_S} s, both happy, are left "
        f"out; the others are cut to {CLIP_S} s."
    )
    extraction = "Features computed by this project from mono audio at 22 050 Hz."
    citation = (
        "R. Panda, R. Malheiro, R. P. Paiva: Novel audio features for music emotion recognition. "
        "IEEE Transactions on Affective Computing, 2018. doi:10.1109/TAFFC.2018.2820691"
    )
    licence = "Research use with citation. The audio previews may not be redistributed."
    homepage = "http://mir.dei.uc.pt/downloads.html"

    def web_address(self, clip: str) -> str | None:
        """Return the page of a clip's song at AllMusic, whose number is the clip's name."""
        is_number = SONG.fullmatch(clip)
        return f"https://www.allmusic.com/song/{clip.lower()}" if is_number else None

    def build(self, audio: Path | None, progress: Progress) -> pd.DataFrame:
        folder = self.audio_folder(audio)
        if folder is None or not folder.is_dir():
            raise DatasetError(
                f"Building 4QAED needs its audio: got {folder}, expected a folder with the "
                f"released clips. Get them from {self.homepage} and name it with --audio."
            )
        index = read_index(folder)
        paths = self.sound_files(index, folder)
        table = self.extract(index, paths, progress)
        table = table[table["duration_s"] >= CLIP_S].reset_index(drop=True)
        same = _same_recordings(table, [paths[clip] for clip in table["clip"]])
        return table.assign(group=duplicates.joined(table, same))

    def describe_clips(self, audio: Path | None) -> pd.DataFrame:
        """Artist, title and genres; the mood words, and the share of them in its quadrant."""
        folder = self.audio_folder(audio)
        if folder is None or not folder.is_dir():
            raise DatasetError(
                f"The names of 4QAED's clips are in its metadata: got {folder}, expected a folder "
                f"with {' or '.join(METADATA)}. Get it from {self.homepage}"
            )
        metadata = pd.read_csv(_find(folder, METADATA)).set_index("Song")
        artist, title = (  # the released table has semicolons for commas
            metadata[column].fillna("").str.replace("; ", ", ") for column in ("Artist", "Title")
        )
        named = title.where(artist == "", artist + ": " + title)
        about = {"name": named, "artist": artist, "title": title}
        about |= {"genres": metadata["GenresStr"], "words": metadata["MoodsStrSplit"]}
        about |= {"agreement": metadata["PQuad"].round(4)}
        return pd.DataFrame(about).rename_axis("clip")

    def duplicates(self) -> pd.DataFrame:
        table = self.table()
        return _same_recordings(table, self.audio_of(table))


def read_index(folder: Path) -> pd.DataFrame:
    """`clip`, `mood` and `group` of all 900 clips; groups are numbered.

    Raises:
        DatasetError: if the annotations or the metadata are not there.
    """
    annotations = pd.read_csv(_find(folder, ANNOTATIONS))
    metadata = pd.read_csv(_find(folder, METADATA)).set_index("Song")
    artist = annotations["Song"].map(metadata["Artist"]).map(artist_of, na_action="ignore")
    artist = artist.where(artist.notna() & (artist != ""), "clip " + annotations["Song"])
    numbers = {name: i + 1 for i, name in enumerate(sorted(set(artist)))}
    return pd.DataFrame(
        {
            "clip": annotations["Song"],
            "mood": annotations["Quadrant"].map(lambda quadrant: BY_QUADRANT[quadrant].name),
            "group": artist.map(lambda name: f"artist {numbers[name]:03d}"),
        }
    )


def artist_of(name: str) -> str:
    """Who is behind a name: small letters, without the band, one name for each.

    Examples:
        >>> artist_of("Eddie Heywood and His Orchestra"), artist_of("Sizzla Kalonji")
        ('eddie heywood', 'sizzla')
    """
    artist = BAND.sub("", name.strip().casefold())
    return ALIASES.get(artist, artist)


def _same_recordings(table: pd.DataFrame, paths: Sequence[Path]) -> pd.DataFrame:
    sounds = [recordings.low_rate(load_audio(path).cut().y) for path in paths]
    return duplicates.same_recordings(table, recordings.matches(sounds))


def _find(folder: Path, names: tuple[str, ...]) -> Path:
    for place in (folder, folder.parent):
        for name in names:
            if (place / name).exists():
                return place / name
    raise DatasetError(
        f"Neither {folder} nor its parent holds {' or '.join(names)}, which 4QAED is built from. "
        "For your own dataset choose another ID than 4qaed."
    )
