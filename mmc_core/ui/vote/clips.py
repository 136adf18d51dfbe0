"""What a class may listen to: samples, and clips of datasets whose sound is on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from itertools import chain, zip_longest
from pathlib import Path

import pandas as pd
import soundfile
import streamlit as st

from mmc_core import datasets, runs
from mmc_core.audio import SR, load_audio
from mmc_core.classroom.session import Clip
from mmc_core.exploration.systems import best
from mmc_core.language import N_
from mmc_core.moods import NAMES
from mmc_core.ui.common import load, player

SYSTEMS = {  # as the page Predict lists them
    "best": N_("Best (recommended)"),
    "quick": N_("Quick"),
    "1": N_("Model 1, 1D CNN on features"),
    "2": N_("Model 2, vote of 2D CNNs"),
}
HELD_OUT = N_("Best system, clip held out")
EVERYWHERE = {".mp3", ".m4a", ".wav"}  # played by phones


def samples() -> dict[str, Clip]:
    """The sample songs by file, with their intended mood and what the models say of them."""
    heard, sets = load.heard(), load.heard_sets()
    serving = {
        SYSTEMS[role]: name
        for role, name in runs.serving().items()
        if role in SYSTEMS and name in heard
    }
    clips = {}
    for sample in load.samples():
        stem = sample["file"].removesuffix(".ogg")
        predicted = {
            system: mood
            for system, run in serving.items()
            if (mood := heard[run].get(stem, (None, 0.0))[0])
        }
        named = {
            system: tuple(moods)
            for system, run in serving.items()
            if system in predicted and (moods := sets[run].get(stem))
        }
        name = f"{sample['composer']}: {sample['title']}"
        clips[stem] = Clip(
            name, load.SAMPLES / sample["file"], sample["character"], predicted, named
        )
    return clips


def with_audio() -> list[str]:
    """Ids of the datasets whose sound is here."""
    return [id_ for id_ in datasets.every() if load.audio(id_)]


def labels(dataset: str) -> dict[str, str | None]:
    """The moods of a dataset's clips whose sound is here; None of each where the table is not."""
    files, table = load.audio(dataset), load.table(dataset)
    if table is None:
        return dict.fromkeys(files)
    moods = zip(table["clip"].tolist(), table["mood"].tolist(), strict=True)
    return {clip: mood for clip, mood in moods if clip in files}


def of_dataset(dataset: str, chosen: list[str]) -> list[Clip]:
    """Clips of a dataset, with their labels and what its best evaluation says of each."""
    moods, files, said = labels(dataset), load.audio(dataset), _held_out(dataset)
    return [
        Clip(
            load.clip_label(dataset, clip),
            files[clip],
            moods[clip],
            {HELD_OUT: said[clip]} if clip in said else {},
        )
        for clip in chosen
    ]


def varied(moods: Mapping[str, str | None], n: int) -> list[str]:
    """The first clips, of each mood in turn."""
    of_each = [[clip for clip in moods if moods[clip] == mood] for mood in (*NAMES, None)]
    in_turn = chain.from_iterable(zip_longest(*of_each))
    return [clip for clip in in_turn if clip is not None][:n]


def draw_player(
    clip: Clip,
    title: str,
    *,
    key: str = player.KEY,
    steps: player.Steps | None = None,
) -> None:
    """Draw the player of a clip, which every phone can play.

    Args:
        title: what is read; a voter's without the name, which could suggest a mood.
        key: of the player, unique on the page.
        steps: `player.steps`.
    """
    content, suffix = _sound(clip.path)
    player.draw(
        content,
        name=f"clip{suffix}",
        title=title,
        key=key,
        steps=steps,
    )


def _sound(path: Path) -> tuple[Path | bytes, str]:
    """Return what every phone plays, and its suffix: the file itself, or the same as MP3."""
    suffix = path.suffix.lower()
    if suffix in EVERYWHERE:
        return path, suffix
    return _as_mp3(path, path.stat().st_mtime_ns), ".mp3"


@st.cache_data(max_entries=64, show_spinner=False)
def _as_mp3(path: Path, modified_ns: int) -> bytes:
    """Older iPhones do not play Ogg."""
    audio = load_audio(path)
    buffer = BytesIO()
    soundfile.write(buffer, audio.y, SR, format="MP3")
    return buffer.getvalue()


def _held_out(dataset: str) -> dict[str, str]:
    """By clip, the likeliest mood of the best evaluation's mean probabilities."""
    evaluated = [
        run
        for run in runs.all_runs()
        if run.dataset == dataset
        and not run.is_training
        and run.is_finished
        and run.has_predictions()
    ]
    return _likeliest(load.predictions(best(evaluated))) if evaluated else {}


def _likeliest(predictions: pd.DataFrame) -> dict[str, str]:
    by_clip = predictions.groupby("clip")[list(NAMES)].mean().idxmax(axis=1)
    return dict(zip(by_clip.index.tolist(), by_clip.tolist(), strict=True))
