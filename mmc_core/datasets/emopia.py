"""EMOPIA, pop piano as MIDI, rendered to sound by this project."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from mmc_core._typing import Progress
from mmc_core.audio import SR, load_audio
from mmc_core.datasets.base import Dataset
from mmc_core.errors import AudioError, DatasetError
from mmc_core.features.extract import extract_files
from mmc_core.moods import BY_QUADRANT
from mmc_core.settings import cache_dir, data_mirror, soundfont

# Fluid R3 GM 3.1 by Frank Wen, MIT licence: another one would make other sounds.
SOUNDFONT_SHA256 = "74594e8f4250680adf590507a306655a299935343583256f3b722c48a1bc1cb0"
# No reverberation, no chorus, and a gain at which no clip reaches full scale.
FLUIDSYNTH = ["-n", "-i", "-q", "-R", "0", "-C", "0", "-g", "1.2", "-r", "44100"]
TIMEOUT_S = 120.0
VORBIS_QUALITY = 0.5  # as 4QAED's clips are kept, so that the codec is no difference
NAME = re.compile(r"(Q[1-4])_(.+)_(\d+)")  # quadrant, song, number of the clip
PARTS = {"train": "train", "val": "validation", "test": "test"}
MAX_MIDI_BYTES = 1_000_000


class Emopia(Dataset):
    id = "emopia"
    title = "EMOPIA"
    description = (
        "1078 clips of pop piano from 387 songs, known as MIDI: one instrument, rendered here by "
        "one synthesiser, so that nothing but the notes and how they are struck tells moods apart."
    )
    music = "Piano covers of anime, Korean and Western pop songs and film music, and own pieces."
    labels = "Four dedicated annotators, a quadrant for each clip."
    grouping = "Song."
    length_rule = (
        "Clips are cut to 25.5 s; the 39 that are shorter are kept at their own length (from 18 s) "
        "so that the official split stays whole."
    )
    extraction = (
        "Features computed by this project from FluidSynth's rendering of the MIDI files with the "
        "soundfont Fluid R3 GM, mono 22 050 Hz Ogg Vorbis; not from the recordings."
    )
    citation = (
        "H.-T. Hung, J. Ching, S. Doh, N. Kim, J. Nam, Y.-H. Yang: EMOPIA: A multi-modal pop piano "
        "dataset for emotion recognition and emotion-based music generation. ISMIR, 2021. "
        "doi:10.5281/zenodo.5090631"
    )
    licence = "CC BY-NC-SA 4.0, which the feature table made of it shares."
    homepage = "https://zenodo.org/records/5090631"

    def audio(self) -> dict[str, Path]:
        """The clips that were rendered on this machine."""
        return {path.stem: path for path in sorted(_rendered().glob("*.ogg"))}

    @property
    def audio_advice(self) -> str:
        return (
            "Its clips are rendered from MIDI: python -m mmc_core datasets build emopia --audio "
            f"FOLDER, where FOLDER holds midis.zip and the split's CSVs from {self.homepage}"
        )

    def build(self, audio: Path | None, progress: Progress) -> pd.DataFrame:
        """The table of all clips, rendered first where they are not yet; `parts.csv` with it."""
        mirror = data_mirror()
        folder = audio or (mirror / self.id if mirror else None)
        if folder is None or not (folder / "midis.zip").exists():
            raise DatasetError(
                f"Building EMOPIA needs its MIDI files: got {folder}, expected a folder with "
                f"midis.zip and the split's train.csv, val.csv and test.csv. Get them from "
                f"{self.homepage} and name it with --audio."
            )
        index = read_index(folder)
        with tempfile.TemporaryDirectory() as scratch:
            midis = _unpacked(folder / "midis.zip", Path(scratch))
            if missing := sorted(set(index["clip"]) - set(midis)):
                raise DatasetError(
                    f"{len(missing)} of {len(index)} clips of EMOPIA are not in midis.zip, for "
                    f"example {missing[:3]}; get it again from {self.homepage}"
                )
            todo = [midis[clip] for clip in index["clip"] if not _kept(clip).exists()]
            steps = len(todo) + len(index)
            for done, _ in enumerate(_render_all(todo), start=1):
                progress(done, steps)
        rows = []
        paths = [_kept(clip) for clip in index["clip"]]
        log = cache_dir() / "build" / f"{self.id}.jsonl"
        for row in extract_files(paths, done=log):
            rows.append(row)
            progress(len(todo) + len(rows), steps)
        features = pd.DataFrame(rows)
        if features["error"].notna().any():
            errors = features.loc[features["error"].notna(), "error"]
            raise DatasetError(f"{len(errors)} clips cannot be used: {' '.join(errors[:3])}")
        self.keep_parts(index)
        columns = [index.drop(columns="part"), features.drop(columns=["path", "error"])]
        return pd.concat(columns, axis=1)


def read_index(folder: Path) -> pd.DataFrame:
    """`clip`, `mood`, `group` and `part` of all clips: train, validation, test, or "" for none.

    Raises:
        DatasetError: if a file is missing, or a clip's name is not of the usual form.
    """
    part: dict[str, str] = {}
    for name, as_part in PARTS.items():
        path = folder / f"{name}.csv"
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
        if not (found := NAME.fullmatch(clip)):
            raise DatasetError(
                f"{clip}.mid in midis.zip is not named as EMOPIA's clips are; expected "
                "Q<quadrant>_<song>_<number>.mid."
            )
        quadrant, song, _ = found.groups()
        mood = BY_QUADRANT[quadrant].name
        rows.append({"clip": clip, "mood": mood, "group": song, "part": part.pop(clip, "")})
    if part:
        raise DatasetError(
            f"{len(part)} clips of EMOPIA's split are not in midis.zip, for example "
            f"{sorted(part)[:3]}; get it again."
        )
    return pd.DataFrame(rows)


def render(midi: Path, ogg: Path) -> None:
    """One MIDI file to mono 22 050 Hz Ogg Vorbis, whole or not at all.

    Raises:
        DatasetError: if FluidSynth, or the soundfont, is missing or fails.
    """
    import soundfile

    with tempfile.TemporaryDirectory() as scratch:
        wav = Path(scratch) / "sound.wav"
        command = [_fluidsynth(), *FLUIDSYNTH, "-F", str(wav), str(soundfont()), str(midi)]
        try:
            said = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
            audio = load_audio(wav).cut(duration_s=_length_s(midi))
        except (subprocess.TimeoutExpired, AudioError) as error:
            raise DatasetError(f"{midi.name} could not be rendered: {error}") from error
        if said.returncode:
            why = said.stderr.decode(errors="replace").strip()[-200:]
            raise DatasetError(f"{midi.name} could not be rendered by FluidSynth: {why}")
        if np.abs(audio.y).max() >= 1:
            raise DatasetError(f"{midi.name} is too loud as rendered: it reaches full scale.")
        ogg.parent.mkdir(parents=True, exist_ok=True)
        part = ogg.with_suffix(".part")
        with soundfile.SoundFile(
            part, "w", SR, 1, "VORBIS", format="OGG", compression_level=1 - VORBIS_QUALITY
        ) as file:
            for start in range(0, len(audio.y), SR):  # libsndfile crashes over minutes of Vorbis
                file.write(audio.y[start : start + SR])
        part.replace(ogg)


def _length_s(midi: Path) -> float:
    """How long a MIDI file is; FluidSynth goes on until the last tone has died away."""
    import mido

    try:
        return float(mido.MidiFile(midi).length)
    except (OSError, EOFError, ValueError, KeyError, IndexError) as error:
        raise DatasetError(f"{midi.name} could not be rendered: it is no MIDI file.") from error


def _render_all(midis: list[Path]) -> Iterator[None]:
    from joblib import Parallel, delayed

    if not midis:
        return
    _check_soundfont()
    work = (delayed(render)(midi, _kept(midi.stem)) for midi in midis)
    yield from Parallel(n_jobs=-1, return_as="generator")(work)


def _check_soundfont() -> None:
    path = soundfont()
    if not path.exists():
        raise DatasetError(
            f"There is no soundfont {path}. Install Fluid R3 GM (Debian: fluid-soundfont-gm) or "
            "name the file by MMC_SOUNDFONT."
        )
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SOUNDFONT_SHA256:
        raise DatasetError(
            f"{path} has the SHA-256 {found}, expected {SOUNDFONT_SHA256}: another soundfont would "
            "make another dataset. Name Fluid R3 GM 3.1 by MMC_SOUNDFONT."
        )
    _fluidsynth()


def _fluidsynth() -> str:
    if not (program := shutil.which("fluidsynth")):
        raise DatasetError(
            "The program fluidsynth is not on this machine; it renders EMOPIA's MIDI files. "
            "Install it (Debian: fluidsynth)."
        )
    return program


def _rendered() -> Path:
    """Where clips rendered in this very way are."""
    way = repr([FLUIDSYNTH, SOUNDFONT_SHA256, VORBIS_QUALITY, SR])
    return cache_dir() / "emopia" / hashlib.sha256(way.encode()).hexdigest()[:8]


def _kept(clip: str) -> Path:
    return _rendered() / f"{clip}.ogg"


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
    found = {}
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            if _is_clip(entry.filename) and entry.file_size <= MAX_MIDI_BYTES:
                path = folder / f"{Path(entry.filename).stem}.mid"
                path.write_bytes(opened.read(entry))
                found[path.stem] = path
    return found
