"""Which regions of the sound drove an answer: a heat map, and the regions to be heard."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from mmc_core.audio.wav import wav_files
from mmc_core.figures import reasons as figures
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME
from mmc_core.prediction.occlusion import SOUNDS, Occlusion, measured
from mmc_core.ui.common import player, widgets
from mmc_core.wording import percent, shown

CAVEAT = N_(
    "Orange: without this region, the mood is less probable. Purple: more. This describes the "
    "model, not the music. Sound with regions taken out is unlike the music that the networks "
    "learned from, and regions can matter together that do not matter alone."
)
VERDICTS = {  # by whether the regions alone carry the answer, and whether it is lost without them
    (True, True): N_(
        "**The marked regions carry the answer:** they are enough for it, and it is lost without "
        "them."
    ),
    (True, False): N_(
        "**The marked regions are enough for the answer, but the rest of the sound gives it too.**"
    ),
    (False, True): N_(
        "**The marked regions alone do not carry the answer.** It is lost without them, but the "
        "model needs the rest of the sound as well."
    ),
    (False, False): N_(
        "**The marked regions do not carry the answer:** they are not enough for it, and it is not "
        "lost without them. No few regions decide; do not read the map as the reason."
    ),
}


def draw_occlusion(made: Occlusion, name: str, run: str, song_player: str | None) -> None:
    """The heat map in step with the players, the regions to be heard, and how far to trust it.

    Args:
        name: the song's.
        run: name of the model's.
        song_player: key of the page's player; None where the song cannot be played.
    """
    stem = Path(name).stem or "song"
    st.markdown(in_words(made))
    widgets.figure(figures.occlusion_map(made, shown(name)), key="regions", name=f"{stem}-regions")
    st.caption(" ".join([_("Outlined: the marked regions."), _(CAVEAT)]))
    columns = st.columns(len(SOUNDS))
    for column, (kind, content) in zip(columns, wav_files(made.sounds).items(), strict=True):
        with column:
            _draw_sound(kind, content, made, f"{stem}-{kind}.wav")
    _draw_cursor(made, song_player)
    if sentence := faithfulness(run):
        st.caption(sentence)


def in_words(made: Occlusion) -> str:
    """Return whether the marked regions carry the answer, and the numbers that say so."""
    return f"{_(VERDICTS[made.carries, made.is_lost_without])} {_numbers(made)}"


def _numbers(made: Occlusion) -> str:
    """Return what the model answers with the marked regions alone, and without them."""
    return _(
        "For these {seconds:.0f} seconds the model gives {mood} {original}. With only the marked "
        "regions, it gives {mood} {only}; without them, {without}.",
        seconds=made.grid.duration_s,
        mood=BY_NAME[made.mood].label,
        **{kind: percent(share) for kind, share in made.probabilities.items()},
    )


def faithfulness(run: str) -> str | None:
    """What was measured of a model's marked regions, in a sentence; None where nothing was."""
    study = measured().get(run)
    if study is None:
        return None
    low, high = study.deleted["marked"].interval
    return _(
        "Measured on {n} held-out clips: without the marked regions, the probability of the "
        "predicted mood falls by {without_marked:.2f} (95 % interval {low:.2f} to {high:.2f}); "
        "without as many regions drawn at random, by {without_random:.2f}. With the marked regions "
        "alone it falls by {marked_alone:.2f}, with random ones alone by {random_alone:.2f}. "
        "Command: `{command}`.",
        n=study.n,
        without_marked=study.deleted["marked"].mean,
        low=low,
        high=high,
        without_random=study.deleted["random"].mean,
        marked_alone=study.kept["marked"].mean,
        random_alone=study.kept["random"].mean,
        command=study.command,
    )


def _draw_sound(kind: str, content: bytes, made: Occlusion, name: str) -> None:
    title, mood = _(SOUNDS[kind]), BY_NAME[made.mood].label
    about = f"{mood} {percent(made.probabilities[kind])}"
    player.draw(content, name=name, title=title, about=about, key=f"regions-{kind}")
    st.download_button(
        "WAV",
        content,
        file_name=name,
        mime="audio/wav",
        key=f"save-{kind}",
        on_click="ignore",
        help=title,
    )


def _draw_cursor(made: Occlusion, song_player: str | None) -> None:
    keys = {f"regions-{kind}": made.start_s for kind in SOUNDS}
    if song_player:
        keys = {song_player: 0.0} | keys
    player.follow(
        "regions",
        keys,
        start_s=made.start_s,
        end_s=made.start_s + made.grid.duration_s,
        key="regions-cursor",
    )
