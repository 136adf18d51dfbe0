"""A sound to its mood: windows over the whole song, one answer. No TensorFlow.

A window is 25.5 s, as in training, and windows overlap by half; the last one ends with the song.
Sound of 1 to 25.5 s is one shorter window. The song's probabilities are the windows' mean. In a
vote each network names a mood for the whole song, and `learning.voting` decides among them; the
probabilities given are then the networks' mean, which may be highest for another mood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mmc_core._typing import Float32, Float64, Progress
from mmc_core.audio import CLIP_S, SILENCE_PEAK, Audio
from mmc_core.features.encode import encode
from mmc_core.features.images import IMAGES, draw
from mmc_core.features.scalars import describe_spectra
from mmc_core.features.spectra import Spectra
from mmc_core.learning.voting import majority
from mmc_core.moods import NAMES, arousal_valence
from mmc_core.runs import Run

if TYPE_CHECKING:
    import onnxruntime

HOP_S = CLIP_S / 2

Features = dict[str, float | str]


@dataclass(frozen=True)
class Window:
    """One piece of a song and what the model says of it."""

    start_s: float
    end_s: float
    probabilities: dict[str, float]
    features: Features


@dataclass(frozen=True)
class Vote:
    """What one network of a vote says of a whole song."""

    input: str  # "features" or a key of `features.images.IMAGES`
    mood: str
    probabilities: dict[str, float]

    @property
    def title(self) -> str:
        """What the network heard, for people."""
        return IMAGES[self.input].title if self.input in IMAGES else "57 features"


@dataclass(frozen=True)
class Prediction:
    """What a model says of one file; `error` instead, where the file cannot be used."""

    file: str
    model: str
    duration_s: float | None = None
    mood: str | None = None
    probabilities: dict[str, float] | None = None
    arousal: float | None = None
    valence: float | None = None
    abstained: bool = False
    windows: list[Window] = field(default_factory=list)
    votes: list[Vote] | None = None
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The public form; see `docs/interfaces.md`."""
        return {
            "file": self.file,
            "duration_s": self.duration_s,
            "model": self.model,
            "mood": self.mood,
            "probabilities": self.probabilities,
            "arousal": self.arousal,
            "valence": self.valence,
            "abstained": self.abstained,
            "windows": [
                {"start_s": w.start_s, "end_s": w.end_s, "probabilities": w.probabilities}
                for w in self.windows
            ],
            "votes": None if self.votes is None else [asdict(vote) for vote in self.votes],
            "error": self.error,
        }


def predict(audio: Audio, run: Run, progress: Progress | None = None) -> Prediction:
    """The mood of a whole song. Silent windows are passed over."""
    pieces = [
        (start, piece)
        for start in window_starts(audio.duration_s)
        if np.abs((piece := audio.cut(start)).y).max() >= SILENCE_PEAK
    ]
    members = run.members()
    networks = [_Network(each) for each in members or [run]]
    features = []
    said = np.empty((len(networks), len(pieces), len(NAMES)))
    for i, (_, piece) in enumerate(pieces):
        # Window by window: the spectra and images of a long song together would take gigabytes.
        spectra = Spectra(piece.y)
        features.append(describe_spectra(spectra))
        for j, network in enumerate(networks):
            said[j, i] = network.hear(spectra, features[i])
        if progress:
            progress(i + 1, len(pieces))
    windows = [
        Window(round(start, 3), round(start + piece.duration_s, 3), _by_mood(p), row)
        for (start, piece), p, row in zip(pieces, said.mean(axis=0), features, strict=True)
    ]
    songs = said.mean(axis=1)  # (networks, 4)
    mean = songs.mean(axis=0)
    is_vote = run.info["recipe"]["kind"] == "vote"
    winner = majority(songs[:, None]).item() if is_vote else mean.argmax()
    arousal, valence = arousal_valence(mean)
    return Prediction(
        file=audio.name,
        model=run.name,
        duration_s=audio.duration_s,
        mood=NAMES[int(winner)],
        probabilities=_by_mood(mean),
        arousal=arousal,
        valence=valence,
        windows=windows,
        votes=[network.vote(p) for network, p in zip(networks, songs, strict=True)]
        if is_vote
        else None,
    )


def song_features(prediction: Prediction) -> Features:
    """Each feature over the whole song: the windows' mean, or their commonest category."""
    columns = {
        name: [window.features[name] for window in prediction.windows]
        for name in prediction.windows[0].features
    }
    return {
        name: Counter(values).most_common(1)[0][0]
        if isinstance(values[0], str)
        else float(np.mean(np.array(values, dtype=float)))
        for name, values in columns.items()
    }


def window_starts(duration_s: float) -> list[float]:
    """Where windows begin, in seconds: every half window, and one that ends with the sound."""
    last = max(0.0, duration_s - CLIP_S)
    starts = list(np.arange(0.0, last, HOP_S))
    return [float(start) for start in [*starts, last]]


class _Network:
    """A run's own network, ready to hear windows."""

    def __init__(self, run: Run) -> None:
        self.input = run.input
        self.size: Sequence[int] = run.info["recipe"].get("size", ())  # of an image
        self.session = _session(run.model_path, run.model_path.stat().st_mtime_ns)

    def hear(self, spectra: Spectra, features: Features) -> Float32:
        """Probabilities of one window. (4,)"""
        if self.input in IMAGES:
            width, height = self.size
            x = draw(spectra, self.input, width=width, height=height)[None]
        else:
            x = encode([features])
        (probabilities,) = self.session.run(None, {self.session.get_inputs()[0].name: x})
        return probabilities[0]

    def vote(self, probabilities: Float64) -> Vote:
        """Its answer for a song of which it gives these. (4,)"""
        mood = NAMES[int(probabilities.argmax())]
        return Vote(self.input, mood, _by_mood(probabilities))


def _by_mood(probabilities: np.ndarray) -> dict[str, float]:
    return {name: float(p) for name, p in zip(NAMES, probabilities, strict=True)}


@lru_cache(maxsize=8)
def _session(path: Path, modified_ns: int) -> onnxruntime.InferenceSession:
    """A network ready to run; loaded anew when its file changes."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # it is small: threads cost more than they bring
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
