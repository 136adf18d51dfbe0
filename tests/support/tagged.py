"""Files with tags in them, and answers to write there."""

from __future__ import annotations

import hashlib
import random
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from mmc_core.moods import NAMES, arousal_valence
from mmc_core.prediction.result import Prediction
from tests.support.sounds import encode, tone

KINDS = ("mp3", "wav", "aiff", "flac", "ogg", "opus", "m4a", "wma")


def song(path: Path, frequency: float = 440.0, seconds: float = 1.5) -> Path:
    """A sound file of the kind that its suffix names."""
    rate = 48_000 if path.suffix == ".opus" else 44_100
    path.write_bytes(encode(tone(seconds, rate, (frequency,)), rate, path.suffix[1:]))
    return path


def answer(mood: str | None = NAMES[0], share: float = 0.7) -> Prediction:
    shares = {each: share if each == mood else (1 - share) / 3 for each in NAMES}
    arousal, valence = arousal_valence(shares.values())
    return Prediction("x", "a-model", 1.5, mood, shares, arousal, valence)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def copied(path: Path, folder: Path) -> Path:
    """A copy of a file in a folder."""
    return Path(shutil.copy(path, folder))


WRITER = """
import sys
from pathlib import Path
from mmc_core.library.tagging import tag
from mmc_core.library.undo import TagJournal
from tests.support.tagged import answer
with TagJournal() as journal:
    for path in sorted(Path(sys.argv[1]).glob("*.*")):
        if not path.name.startswith("."):
            done = tag(path, lambda _: answer(), journal)
            assert not done.error, done.error
            if done.differences:
                print(path, flush=True)
"""


def killed_and_resumed(folder: Path, kills: int, files_each: int) -> None:
    """Tag a folder, killed each time a random moment after one of the first
    `files_each` files that were written; the last time to the end.
    """
    moments = random.Random(0)
    for _ in range(kills):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout
            for _ in range(1 + moments.randrange(files_each)):
                writer.stdout.readline()
            with suppress(subprocess.TimeoutExpired):
                writer.wait(moments.uniform(0.0, 0.02))
            writer.send_signal(signal.SIGKILL)
    subprocess.run([sys.executable, "-c", WRITER, str(folder)], check=True, capture_output=True)
