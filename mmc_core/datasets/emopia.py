"""EMOPIA, pop piano as MIDI, rendered to sound by this project."""

from __future__ import annotations

import csv
import re
import tempfile
import zipfile
from pathlib import Path

import pandas as pd

from mmc_core._typing import Progress
from mmc_core.datasets import midi
from mmc_core.datasets.base import Dataset
from mmc_core.errors import DatasetError
from mmc_core.language import _
from mmc_core.moods import BY_QUADRANT
from mmc_core.settings import cache_dir

NAME = re.compile(r"(Q[1-4])_(.+)_(\d+)")  # quadrant, song, number of the clip
YOUTUBE = re.compile(r"[\w-]{11}")  # a recording's key
PARTS = {"train": "train", "val": "validation", "test": "test"}
MAX_MIDI_BYTES = 1_000_000


class Emopia(Dataset):
    id = "emopia"
    title = "EMOPIA"
    description = (
        "Pop piano as MIDI, 1078 clips from 387 songs. All clips are rendered here with the same "
        "synthesiser, so only the notes and how they are played differ between moods."
    )
    music = "Piano covers of anime, Korean and Western pop songs and film music; original pieces."
    labels = "One quadrant per clip, by four dedicated annotators."
    grouping = "Song."
    length_rule = (
        "Clips are cut to 25.5 s. The 39 shorter ones (18 s or more) keep their length, so that "
        "the official split stays complete."
    )
    extraction = (
        "Features computed by this project from the MIDI files, rendered with FluidSynth and the "
        "soundfont Fluid R3 GM as mono Ogg Vorbis at 22 050 Hz, not from the recordings."
    )
    citation = (
        "H.-T. Hung, J. Ching, S. Doh, N. Kim, J. Nam, Y.-H. Yang: EMOPIA: A multi-modal pop piano "
        "dataset for emotion recognition and emotion-based music generation. ISMIR, 2021. "
        "doi:10.5281/zenodo.5090631"
    )
    licence = "CC BY-NC-SA 4.0. The feature table made from it has the same licence."
    homepage = "https://zenodo.org/records/5090631"

    def audio(self) -> dict[str, Path]:
        """The clips that were rendered on this machine."""
        return {path.stem: path for path in sorted(_rendered().glob("Q*.ogg"))}

    @property
    def audio_advice(self) -> str:
        return _(
            "Its clips are rendered from MIDI: {command}, where FOLDER holds midis.zip and the "
            "split's CSVs from {address}",
            command="mmc datasets build emopia --audio FOLDER",
            address=self.homepage,
        )

    def web_address(self, clip: str) -> str | None:
        """Return the address of the recording on YouTube, whose key is in the clip's name."""
        name = NAME.fullmatch(clip)
        return (
            f"https://www.youtube.com/watch?v={name[2]}"
            if name and YOUTUBE.fullmatch(name[2])
            else None
        )

    def describe_clips(self, audio: Path | None) -> pd.DataFrame:
        """The song, by its key on YouTube, and which segment of it."""
        index = read_index(self._released(audio)).set_index("clip")
        number = index.index.str.rpartition("_").get_level_values(2)
        named = "Song " + index["group"] + ", segment " + number
        return pd.DataFrame({"name": named, "song": index["group"], "segment": number.astype(int)})

    def build(self, audio: Path | None, progress: Progress) -> pd.DataFrame:
        """The table of all clips, rendered first where they are not yet; `parts.csv` with it."""
        folder = self._released(audio)
        index = read_index(folder)
        clips = {clip: _rendered() / f"{clip}.ogg" for clip in index["clip"]}
        with tempfile.TemporaryDirectory() as scratch:
            midis = _unpacked(folder / "midis.zip", Path(scratch))
            if missing := sorted(set(clips) - set(midis)):
                raise DatasetError(
                    f"{len(missing)} of {len(index)} clips of EMOPIA are not in midis.zip, for "
                    f"example {missing[:3]}; get it again from {self.homepage}"
                )
            todo = {midis[clip]: ogg for clip, ogg in clips.items() if not ogg.exists()}
            steps = len(todo) + len(index)
            for done, _unused in enumerate(midi.render_all(todo), start=1):
                progress(done, steps)
        table = self.extract(index, clips, lambda done, _total: progress(len(todo) + done, steps))
        self.write_parts(index)
        return table.drop(columns="part")

    def _released(self, audio: Path | None) -> Path:
        folder = self.audio_folder(audio)
        if folder is None or not (folder / "midis.zip").exists():
            raise DatasetError(
                f"Building EMOPIA needs its MIDI files: got {folder}, expected a folder with "
                f"midis.zip and the split's train.csv, val.csv and test.csv. Get them from "
                f"{self.homepage} and name it with --audio."
            )
        return folder


def read_index(folder: Path) -> pd.DataFrame:
    """`clip`, `mood`, `group` and `part` of all clips: train, validation, test, or "" for none.

    Raises:
        DatasetError: if a file is missing, or a clip's name is not of the usual form.
    """
    part: dict[str, str] = {}
    for file_name, as_part in PARTS.items():
        path = folder / f"{file_name}.csv"
        try:
            with path.open(encoding="utf-8", newline="") as file:
                part |= {row["fname"]: as_part for row in csv.DictReader(file)}
        except (OSError, KeyError, UnicodeDecodeError) as error:
            raise DatasetError(
                f"{path} cannot be read as EMOPIA's split ({error}); expected a CSV with a column "
                "fname."
            ) from error
    rows = []
    for clip in sorted(_names(folder / "midis.zip")):
        if not (name := NAME.fullmatch(clip)):
            raise DatasetError(
                f"{clip}.mid in midis.zip is not named as EMOPIA's clips are; expected "
                "Q<quadrant>_<song>_<number>.mid."
            )
        quadrant, song, _number = name.groups()
        mood = BY_QUADRANT[quadrant].name
        rows.append({"clip": clip, "mood": mood, "group": song, "part": part.pop(clip, "")})
    if part:
        raise DatasetError(
            f"{len(part)} clips of EMOPIA's split are not in midis.zip, for example "
            f"{sorted(part)[:3]}; get it again."
        )
    return pd.DataFrame(rows)


def _rendered() -> Path:
    """Where clips rendered in this very way are."""
    return cache_dir() / "emopia" / midi.settings_hash()


def _names(archive: Path) -> list[str]:
    """Clips of the archive, by the names of its MIDI files."""
    try:
        with zipfile.ZipFile(archive) as opened:
            return [
                Path(entry.filename).stem
                for entry in opened.infolist()
                if _is_clip(entry.filename) and entry.file_size <= MAX_MIDI_BYTES
            ]
    except (OSError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{archive} cannot be read ({error}); get it again.") from error


def _is_clip(name: str) -> bool:
    return bool(re.fullmatch(r"midis/[^/\\]+\.mid", name))


def _unpacked(archive: Path, folder: Path) -> dict[str, Path]:
    """The archive's MIDI files by clip; no name of it decides where they are written."""
    midis = {}
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            if _is_clip(entry.filename) and entry.file_size <= MAX_MIDI_BYTES:
                path = folder / f"{Path(entry.filename).stem}.mid"
                path.write_bytes(opened.read(entry))
                midis[path.stem] = path
    return midis
