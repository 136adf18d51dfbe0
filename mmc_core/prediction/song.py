"""A sound to its mood: windows over the whole song, one answer.

The song's probabilities are the windows' mean. In a vote each network names a mood for the whole
song; their mean probabilities decide (`learning.voting`).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from mmc_core._typing import Floats, Progress, no_progress
from mmc_core.audio import Audio, load_audio
from mmc_core.features.scalars import describe_spectra
from mmc_core.features.spectra import Spectra
from mmc_core.learning.voting import soft_vote
from mmc_core.moods import NAMES, arousal_valence
from mmc_core.prediction.network import Network
from mmc_core.prediction.result import Features, Moment, Prediction, Vote, Window
from mmc_core.prediction.windows import audible_windows
from mmc_core.runs import Run, find
from mmc_core.runs.registry import check_servable


def predict(
    song: Audio | Path | str | bytes,
    model: Run | str = "best",
    progress: Progress = no_progress,
) -> Prediction:
    """The mood of a whole song.

    Parameters
    ----------
    song : Audio, path, str or bytes
        Loaded sound, the path of a file, or a file's content.
    model : Run or str, optional
        "1" (a network on the 57 features), "2" (a vote of three networks on images), "best", or
        the name of a run; `list_models` has them all.
    progress : callable, optional
        Called with the windows that are done, and of how many.

    Returns
    -------
    Prediction
        Its `mood`, `probabilities` of the four moods, `arousal` and `valence` from -1 to 1, and
        `windows` of 25.5 s, overlapping by half, with the same for each. Silent windows are passed
        over.

    Raises
    ------
    AudioError
        If the file cannot be used as sound.
    UnknownName
        If there is no such model.
    RunError
        If the model has no finished network, or one for other features than are computed.

    See Also
    --------
    mmc_core.runs.models.list_models : The models that there are.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> prediction = mmc.predict(mmc.sample("beethoven-moonlight"))
    >>> prediction.mood
    'sad'
    >>> [window.start_s for window in prediction.windows]
    [0.0, 12.75, 25.5, 31.934]
    """
    if isinstance(model, str):
        run = find(model)
    else:
        check_servable(run := model)
    audio = song if isinstance(song, Audio) else _loaded(song)
    windows = audible_windows(audio)
    networks = [Network(each) for each in run.members() or [run]]
    features = []
    p = np.empty((len(networks), len(windows), len(NAMES)))
    for i, (_, window) in enumerate(windows):
        # Window by window: the spectra and images of a long song together would take gigabytes.
        spectra = Spectra(window.y)
        features.append(describe_spectra(spectra))
        for j, network in enumerate(networks):
            p[j, i] = network.probabilities(spectra, features[i])
        progress(i + 1, len(windows))
    by_network = p.mean(axis=1)  # (networks, 4)
    mean = by_network.mean(axis=0)
    is_vote = run.info["recipe"]["kind"] == "vote"
    winner = soft_vote(by_network[:, None]).item() if is_vote else mean.argmax()
    arousal, valence = arousal_valence(mean)
    spans = [(round(start, 3), round(start + each.duration_s, 3)) for start, each in windows]
    by_window = [_by_mood(each) for each in p.mean(axis=0)]
    return Prediction(
        file=audio.name,
        model=run.name,
        duration_s=audio.duration_s,
        mood=NAMES[int(winner)],
        probabilities=_by_mood(mean),
        arousal=arousal,
        valence=valence,
        windows=[
            Window(*span, shares, row)
            for span, shares, row in zip(spans, by_window, features, strict=True)
        ],
        timeline=[
            Moment(*span, shares, *arousal_valence(shares.values()))
            for span, shares in zip(spans, by_window, strict=True)
        ],
        votes=[
            Vote(network.input, NAMES[int(each.argmax())], _by_mood(each))
            for network, each in zip(networks, by_network, strict=True)
        ]
        if is_vote
        else None,
    )


def song_features(prediction: Prediction) -> Features:
    """Each feature over the whole song: the windows' mean, or their commonest category.

    Parameters
    ----------
    prediction : Prediction
        Of a song that could be used.

    Returns
    -------
    dict
        By the names of `mmc_core.features.schema`: numbers, and categories as text.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> features = mmc.song_features(mmc.predict(mmc.sample("beethoven-moonlight")))
    >>> 40 < features["tempo"] < 240
    True
    """
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


def _loaded(song: Path | str | bytes) -> Audio:
    return load_audio(Path(song) if isinstance(song, str) else song)


def _by_mood(probabilities: Floats) -> dict[str, float]:
    return {name: float(p) for name, p in zip(NAMES, probabilities, strict=True)}
