"""Sounds that are no music, made here, and how often `best` says so; beside held-out music.

`python -m benchmarks.not_music`: 60 sounds made from a seed (speech by espeak-ng, where that is
installed, in a dozen languages; noises, hums, tones, clicks, near silence), and clips of 4QAED
where its audio is on this machine. Prints the share that `best` abstains on, by kind.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks._machine import machine, parser
from mmc_core import datasets, runs
from mmc_core._typing import Float32, Floats
from mmc_core.audio import SR, Audio, load_audio
from mmc_core.features.embeddings import is_here
from mmc_core.prediction.song import predict

SECONDS = 20.0
SEED = 13
SENTENCES = {
    "en": "The meeting has been moved to Thursday. Please bring the reports and a cup of coffee.",
    "de": "Die Besprechung wurde auf Donnerstag verlegt. Bitte bringen Sie die Berichte mit.",
    "fr": "La réunion a été reportée à jeudi. Merci d'apporter les rapports et un café.",
    "es": "La reunión se ha cambiado al jueves. Por favor traiga los informes y un café.",
    "it": "La riunione è stata spostata a giovedì. Per favore porti i rapporti e un caffè.",
    "pt": "A reunião foi transferida para quinta-feira. Por favor traga os relatórios.",
    "nl": "De vergadering is verplaatst naar donderdag. Neem alstublieft de verslagen mee.",
    "pl": "Spotkanie zostało przeniesione na czwartek. Proszę przynieść raporty i kawę.",
    "tr": "Toplantı perşembe gününe alındı. Lütfen raporları ve bir fincan kahve getirin.",
    "ru": "Собрание перенесли на четверг. Пожалуйста, принесите отчёты и чашку кофе.",
    "sv": "Mötet har flyttats till torsdag. Ta med rapporterna och en kopp kaffe.",
    "hi": "बैठक गुरुवार को होगी। कृपया रिपोर्ट और एक कप कॉफी लाइए।",
}


def made_sounds() -> Iterator[tuple[str, Audio]]:
    """Kind and sound, from one seed."""
    rng = np.random.default_rng(SEED)
    t = np.arange(int(SECONDS * SR)) / SR
    if shutil.which("espeak-ng"):
        for language, text in SENTENCES.items():
            for words_a_minute in (140, 190):
                yield "speech", Audio(spoken(text, language, words_a_minute), language)
    for power in (0.0, 0.5, 1.0, 1.5, 2.0):  # white to brown
        yield "noise", Audio(coloured(rng, power), f"noise f^-{power}")
        slowly = 0.6 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.1, 0.5) * t)
        yield "noise", Audio((coloured(rng, power) * slowly).astype(np.float32), "waves")
    for hz in (50, 60, 100, 120, 150, 180, 400, 1000):
        partials = sum(
            rng.uniform(0.2, 1) / k * np.sin(2 * np.pi * hz * k * t) for k in range(1, 6)
        )
        yield "hum", sound(partials + 0.02 * rng.standard_normal(len(t)), f"hum of {hz} Hz")
    for hz in (220, 440, 1000, 3000):
        yield "tone", sound(np.sin(2 * np.pi * hz * t), f"tone of {hz} Hz")
        yield "tone", sound(np.sin(2 * np.pi * hz * t * (1 + t / 40)), f"sweep from {hz} Hz")
    for each_s in (0.1, 0.25, 0.5, 1.0, 2.0, 5.0):
        clicks = np.zeros(len(t))
        clicks[:: int(each_s * SR)] = 1
        yield "clicks", sound(clicks, f"a click every {each_s} s")
    for level in (2e-4, 5e-4, 1e-3, 2e-3):
        yield (
            "near silence",
            Audio((level * rng.standard_normal(len(t))).astype(np.float32), "still"),
        )


def spoken(text: str, language: str, words_a_minute: int) -> Float32:
    """Speech by espeak-ng, repeated to length."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "speech.wav"
        subprocess.run(
            ["espeak-ng", "-v", language, "-s", str(words_a_minute), "-w", str(path), text],
            check=True,
        )
        y = load_audio(path).y
    return np.resize(np.concatenate([y, np.zeros(SR // 2, dtype=np.float32)]), int(SECONDS * SR))


def coloured(rng: np.random.Generator, power: float) -> Float32:
    """Noise whose power falls with the frequency to that power."""
    n = int(SECONDS * SR)
    spectrum = np.fft.rfft(rng.standard_normal(n))
    spectrum /= np.maximum(np.fft.rfftfreq(n, 1 / SR), 20.0) ** (power / 2)
    return sound(np.fft.irfft(spectrum, n), "").y


def sound(y: Floats, name: str) -> Audio:
    return Audio((0.3 * y / np.abs(y).max()).astype(np.float32), name)


def main() -> None:
    quick = parser(__doc__).parse_args().quick
    run = runs.find("best")
    sounds = list(made_sounds())[:: 12 if quick else 1]
    kinds: dict[str, list[bool]] = {}
    for kind, audio in sounds:
        kinds.setdefault(kind, []).append(predict(audio, run, features=False).abstained)
    for kind, abstained in kinds.items():
        print(f"{kind:14} {sum(abstained):3} of {len(abstained)} abstained on")
    every = [each for abstained in kinds.values() for each in abstained]
    print(f"{'all of them':14} {sum(every):3} of {len(every)} ({np.mean(every):.1%})")
    paths = list(datasets.get("4qaed").audio().values())
    if paths:
        chosen = np.random.default_rng(SEED).choice(len(paths), 2 if quick else 200, replace=False)
        music = [predict(paths[i], run, features=False).abstained for i in chosen]
        print(f"{'music (4QAED)':14} {sum(music):3} of {len(music)} ({np.mean(music):.1%})")
    guard = "the AudioSet network" if is_here("audioset") else "distance in MusiCNN's space"
    print(f"{run.name}, guarded by {guard}; {machine('onnxruntime')}")


if __name__ == "__main__":
    main()
