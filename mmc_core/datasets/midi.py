"""MIDI files rendered to sound by FluidSynth, always with the same soundfont and settings."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from mmc_core.audio import SR, load_audio
from mmc_core.errors import AudioError, DatasetError
from mmc_core.files import replacing
from mmc_core.settings import soundfont
from mmc_core.workers.parallel import in_order

# Fluid R3 GM 3.1 by Frank Wen, MIT licence: another one would make other sounds.
SOUNDFONT_SHA256 = "74594e8f4250680adf590507a306655a299935343583256f3b722c48a1bc1cb0"
# No reverberation, no chorus, and a gain at which no clip reaches full scale.
FLUIDSYNTH = ["-n", "-i", "-q", "-R", "0", "-C", "0", "-g", "1.2", "-r", "44100"]
TIMEOUT_S = 120.0
VORBIS_QUALITY = 0.5  # as 4QAED's clips are encoded, so that the codec is no difference


def settings_hash() -> str:
    """Changes with all that decides how a file sounds. 8 hexadecimal digits."""
    settings = repr([FLUIDSYNTH, SOUNDFONT_SHA256, VORBIS_QUALITY, SR])
    return hashlib.sha256(settings.encode()).hexdigest()[:8]


def render_all(midis: Mapping[Path, Path]) -> Iterator[None]:
    """Render MIDI files, in parallel, each to the path it is mapped to; yields after each.

    Raises:
        DatasetError: if FluidSynth or the soundfont is missing, is another, or fails.
    """
    from joblib import delayed

    if not midis:
        return
    _check_programs()
    work = (delayed(render)(midi, ogg) for midi, ogg in midis.items())
    yield from in_order(work)


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
            ended = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
            audio = load_audio(wav).cut(duration_s=_length_s(midi))
        except (subprocess.TimeoutExpired, AudioError) as error:
            raise DatasetError(f"{midi.name} could not be rendered: {error}") from error
        if ended.returncode:
            why = ended.stderr.decode(errors="replace").strip()[-200:]
            raise DatasetError(f"{midi.name} could not be rendered by FluidSynth: {why}")
        if np.abs(audio.y).max() >= 1:
            raise DatasetError(f"{midi.name} is too loud as rendered: it reaches full scale.")
        with (
            replacing(ogg) as part,
            soundfile.SoundFile(
                part, "w", SR, 1, "VORBIS", format="OGG", compression_level=1 - VORBIS_QUALITY
            ) as file,
        ):
            for start in range(0, len(audio.y), SR):  # libsndfile crashes over minutes of Vorbis
                file.write(audio.y[start : start + SR])


def _length_s(midi: Path) -> float:
    """How long a MIDI file is; FluidSynth goes on until the last tone has died away."""
    import mido

    try:
        return float(mido.MidiFile(midi).length)
    except (OSError, EOFError, ValueError, KeyError, IndexError) as error:
        raise DatasetError(f"{midi.name} could not be rendered: it is no MIDI file.") from error


def _check_programs() -> None:
    path = soundfont()
    if not path.exists():
        raise DatasetError(
            f"There is no soundfont {path}. Install Fluid R3 GM (Debian: fluid-soundfont-gm) or "
            "name the file by MMC_SOUNDFONT."
        )
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 != SOUNDFONT_SHA256:
        raise DatasetError(
            f"{path} has the SHA-256 {sha256}, expected {SOUNDFONT_SHA256}: another soundfont "
            "would make another dataset. Name Fluid R3 GM 3.1 by MMC_SOUNDFONT."
        )
    _fluidsynth()


def _fluidsynth() -> str:
    if not (program := shutil.which("fluidsynth")):
        raise DatasetError(
            "The program fluidsynth is not on this machine; it renders EMOPIA's MIDI files. "
            "Install it (Debian: fluidsynth)."
        )
    return program
