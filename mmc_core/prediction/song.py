"""A sound to its mood: windows over the whole song, one answer.

The song's probabilities are the windows' mean, every second of the song counting alike. In a vote
each network names a mood for the whole song; their mean probabilities decide (`learning.voting`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import compress
from pathlib import Path
from statistics import median_low

import numpy as np

from mmc_core._typing import Float64, Floats, Progress, no_progress
from mmc_core.audio import Sound
from mmc_core.features.encode import encode
from mmc_core.features.spectra import Spectra
from mmc_core.features.titles import FEATURES
from mmc_core.learning.voting import soft_vote
from mmc_core.moods import NAMES, arousal_valence
from mmc_core.prediction import probe
from mmc_core.prediction.confidence import mood_set, why_none
from mmc_core.prediction.network import answer, answer_spectra
from mmc_core.prediction.result import Features, Moment, Prediction, Vote, Window
from mmc_core.prediction.sound import Song, as_song
from mmc_core.runs import Run, find
from mmc_core.runs.registry import check_servable


def predict(
    song: Song | Sound | Path | str | bytes,
    model: Run | str = "best",
    progress: Progress = no_progress,
    *,
    features: bool = True,
) -> Prediction:
    """The mood of a whole song.

    Parameters
    ----------
    song : Song, Sound, path, str or bytes
        Loaded sound, the path of a file, or a file's content. A `Song` keeps what was computed of
        it, so that another model answers sooner.
    model : Run or str, optional
        "best" (a calibrated classifier on embeddings of pretrained networks), "quick" (the same on
        the AudioSet network alone, which must be fetched first), "1" (a 1D CNN on the features),
        "2" (a vote of three 2D CNNs on images), or the name of a run; `list_models` lists them all.
    progress : callable, optional
        Called with the steps that are done, and of how many.
    features : bool, optional
        Whether each window is described by its features too, where the model does not need them.

    Returns
    -------
    Prediction
        Its `mood`, the `mood_set` (a 90 % prediction set), `probabilities` of the four moods,
        `arousal` and `valence` from -1 to 1, `windows` of 25.5 s, overlapping by half, and the
        `timeline`. Silent parts are skipped. A model that cannot tell has `abstained`, with a
        `reason`.

    Raises
    ------
    AudioError
        If the file cannot be used as sound.
    UnknownName
        If there is no such model.
    RunError
        If the model has no finished network, or one for other features than are computed.
    MissingNetwork
        If the model needs a pretrained network that is not on this machine.

    See Also
    --------
    mmc_core.runs.models.list_models : The models that there are.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> prediction = mmc.predict(mmc.sample("beethoven-moonlight"))
    >>> prediction.mood
    'sad'
    >>> [round(window.end_s - window.start_s, 1) for window in prediction.windows]
    [25.5, 25.5, 25.5, 25.5]
    """
    if isinstance(model, str):
        run = find(model)
    else:
        check_servable(run := model)
    song = as_song(song)
    answers = (_by_probe if run.networks else _by_networks)(run, song, progress)
    if features or run.input == FEATURES:
        rows = song.features(progress)
    else:
        rows = [{} for _ in song.windows]
    by_network = np.average(answers, axis=1, weights=song.weights)  # (networks, 4)
    mean = by_network.mean(axis=0)
    is_vote = run.info.recipe["kind"] == "vote"
    winner = soft_vote(by_network[:, None]).item() if is_vote else mean.argmax()
    moods = mood_set(run, mean)
    reason = why_none(run, song, moods)
    arousal, valence = arousal_valence(mean)
    windows = [
        Window(round(start_s, 3), round(end_s, 3), _by_mood(p), row)
        for (start_s, end_s), p, row in zip(song.windows, answers.mean(axis=0), rows, strict=True)
    ]
    return Prediction(
        file=song.name,
        model=run.name,
        duration_s=song.duration_s,
        mood=None if reason else NAMES[int(winner)],
        probabilities=_by_mood(mean),
        arousal=arousal,
        valence=valence,
        mood_set=moods,
        abstained=bool(reason),
        reason=reason,
        windows=windows,
        timeline=_timeline(run, song, windows),
        changes=probe.changes(song, run.networks[0]) if run.networks else [],
        votes=[
            Vote(member.input, NAMES[int(each.argmax())], _by_mood(each))
            for member, each in zip(run.members(), by_network, strict=True)
        ]
        if is_vote
        else None,
        notes=song.notes,
    )


def _by_probe(run: Run, song: Song, progress: Progress) -> Float64:
    """Probabilities of each window. (1, windows, 4)"""
    for network in run.networks:
        song.frames(network, progress)
    return probe.probabilities(run, song, song.windows)[None].astype(np.float64)


def _by_networks(run: Run, song: Song, progress: Progress) -> Float64:
    """Probabilities of each network and window. (networks, windows, 4)"""
    networks = run.members() or [run]
    p = np.empty((len(networks), len(song.windows), len(NAMES)))
    on_features = [network.input == FEATURES for network in networks]
    if any(on_features):
        rows = encode(song.features(progress))
        p[on_features] = [answer(run, rows) for run in compress(networks, on_features)]
    if all(on_features):
        return p
    for i, (start_s, end_s) in enumerate(song.windows):
        # Window by window: the spectra and images of a long song together would take gigabytes.
        spectra = Spectra(song.levelled(start_s, end_s).y)
        for j, network in enumerate(networks):
            if not on_features[j]:
                p[j, i] = answer_spectra(network, spectra)
        progress(i + 1, len(song.windows))
    return p


def _timeline(run: Run, song: Song, windows: Sequence[Window]) -> list[Moment]:
    """A probe's finer course of a song; of other models, their windows."""
    if run.networks:
        stretches = probe.moments(song)
        p = probe.probabilities(run, song, stretches)
    else:
        stretches = [(window.start_s, window.end_s) for window in windows]
        p = np.array([[window.probabilities[name] for name in NAMES] for window in windows])
    return [
        Moment(round(start_s, 3), round(end_s, 3), _by_mood(each), *arousal_valence(each.tolist()))
        for (start_s, end_s), each in zip(stretches, p, strict=True)
    ]


def song_features(prediction: Prediction) -> Features:
    """Each feature over the whole song: the windows' mean, or what is commonest among them.

    Tempo is the windows' median, the lower of the middle two: a mean of two tempi is a tempo that
    neither has.

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
        else float((median_low if name == "tempo" else np.mean)(np.array(values, dtype=float)))
        for name, values in columns.items()
    }


def _by_mood(probabilities: Floats) -> dict[str, float]:
    return {name: float(p) for name, p in zip(NAMES, probabilities, strict=True)}
