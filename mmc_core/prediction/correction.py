"""A song with the mood that a person hears in it, as models can learn from it."""

from __future__ import annotations

from mmc_core.datasets.user.correction import correction
from mmc_core.features.embeddings import NETWORKS, is_here
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.sound import Song
from mmc_core.saved.correction import Correction


def correct(song: Song, sha256: str, mood: str, prediction: Prediction) -> Correction:
    """Return the correction of a model's answer, with the song's features and its embeddings by
    every pretrained network on this machine; these are computed unless the song has them already.

    Args:
        sha256: the SHA-256 of the song's file.
        mood: the mood that the person hears.

    Raises:
        MMCError: if there is no such mood.
    """
    start_s, features = song.first_clip()
    return correction(
        sha256=sha256,
        sound_sha256=song.sound_sha256,
        name=song.name,
        mood=mood,
        answered=prediction.mood,
        model=prediction.model,
        duration_s=song.duration_s,
        start_s=start_s,
        features=features,
        embeddings={
            network: [float(str(value)) for value in song.frames(network).pooled()]
            for network in NETWORKS
            if is_here(network)
        },
    )
