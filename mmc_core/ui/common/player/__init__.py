"""The player of every page: a sound with its name, what is known of it, keys, and the next one."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

import streamlit as st

from mmc_core.figures.style import mood_label
from mmc_core.language import _
from mmc_core.moods import BY_NAME
from mmc_core.ui.common import widgets
from mmc_core.wording import percent, shown

HERE = Path(__file__).parent
KEY = "player"
LONGEST = 90  # characters of a name
# What keys do is said once a page, and not where there is no keyboard.
KEYS_CSS = """
.keys { font-size: 0.8rem; opacity: 0.78; }
@media (hover: none) { .keys { display: none; } }
"""
NOT_PLAYED = {"audio/x-ms-wma", "audio/x-aiff", "audio/aiff"}  # by browsers


class Steps(TypedDict):
    """What chooses the sound before and the one after, where there is one."""

    previous: Callable[[], None] | None
    following: Callable[[], None] | None


def draw(
    content: bytes | str | Path | None,
    *,
    name: str,
    title: str = "",
    about: str = "",
    start_s: float = 0.0,
    key: str = KEY,
    steps: Steps | None = None,
) -> bool:
    """Draw a sound's name and its player.

    Keys work anywhere on the page, for the player that was used last: space plays and pauses, the
    arrows seek by 5 s, P and N choose the sound before and after, which plays on if this one did.

    Args:
        content: the sound, or its file on this machine; None if it cannot be had.
        name: of the file, whose suffix tells its kind.
        title: what is read in place of the name.
        about: what is known of the sound, such as `describe` returns. Markdown.
        start_s: where the sound begins to play.
        key: of the player's container, unique on the page; `follow` and scripts find it by that.
        steps: what chooses the sounds before and after, by a button and the keys P and N.

    Returns:
        Whether the sound can be played.
    """
    called = shown(title or name, LONGEST)
    heading = f"**{widgets.escape_markdown(called)}**"
    st.markdown(f"{heading}, {about}" if about else heading)
    can_play = content is not None and media_type(name) not in NOT_PLAYED
    if content is not None and not can_play:
        st.caption(_("Browsers cannot play this type of file."))
    has_steps = bool(steps and any(steps.values()))
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"{key}-controls"
    ):
        if can_play:
            assert content is not None
            with st.container(key=key, width="stretch"):
                st.audio(
                    str(content) if isinstance(content, Path) else content,
                    format=media_type(name),
                    start_time=int(start_s),
                    alt=called,
                )
        if steps and has_steps:
            _draw_step(key, "previous", _("Previous"), steps["previous"])
            _draw_step(key, "next", _("Next"), steps["following"])
    if can_play or has_steps:
        _keys()(
            key=f"{key}-keys",
            data={
                "key": key,
                "text": _hint(can_play=can_play, has_steps=has_steps),
                "several": _("Keys are for the player that was used last."),
                "sound": f"{called}, {about}",
            },
            height="content",
        )
    return can_play


def describe(
    *, label: str | None = None, predicted: str | None = None, probability: float | None = None
) -> str:
    """Return a clip's label and prediction in a few words, as Markdown.

    Args:
        label: the mood in the dataset.
        predicted: the mood that a system answered, if it answered one.
        probability: of the predicted mood, from 0 to 1.
    """
    parts = []
    if label:
        parts.append(_("labelled {mood}", mood=mood_label(BY_NAME[label])))
    if predicted and probability is not None:
        parts.append(
            _(
                "predicted {mood} {share}",
                mood=mood_label(BY_NAME[predicted]),
                share=percent(probability),
            )
        )
    elif predicted:
        parts.append(_("predicted {mood}", mood=mood_label(BY_NAME[predicted])))
    return ", ".join(parts)


def steps(names: Sequence[str], chosen: str, choose: Callable[[str], None]) -> Steps:
    """Return what chooses the neighbours of the chosen one in a list."""
    at = names.index(chosen) if chosen in names else -1
    before = names[at - 1] if at > 0 else None
    after = names[at + 1] if at + 1 < len(names) else None
    return {
        "previous": (lambda: choose(before)) if before is not None else None,
        "following": (lambda: choose(after)) if after is not None else None,
    }


def follow(
    figure: str, players: Mapping[str, float], *, start_s: float, end_s: float, key: str
) -> None:
    """Draw a cursor over a figure, in step with the players; a click on the figure seeks.

    Args:
        figure: key of the figure, whose rows share an axis of time in seconds.
        players: by key of a player, the time on that axis at which its sound begins.
        start_s: the begin of the axis.
        end_s: its end.
        key: of this cursor, unique on the page.
    """
    _cursor()(
        key=key,
        data={
            "figure": f".st-key-{figure}",
            "start_s": start_s,
            "end_s": end_s,
            "players": [
                {"selector": f".st-key-{name}", "offset_s": offset}
                for name, offset in players.items()
            ],
        },
        height=1,
    )


def media_type(name: str) -> str:
    """Return the media type of a file that is played, by its name: never anything but sound."""
    guessed = mimetypes.guess_type(name)[0] or ""
    return guessed if guessed.startswith("audio/") else "audio/wav"


def _draw_step(key: str, which: str, label: str, choose: Callable[[], None] | None) -> None:
    st.button(
        label,
        key=f"{key}-{which}",
        icon=f":material/skip_{which}:",
        disabled=choose is None,
        on_click=choose,
    )


def _hint(*, can_play: bool, has_steps: bool) -> str:
    """Return which keys work, for who has a keyboard."""
    if can_play and has_steps:
        return _("Space plays and pauses, ← and → seek by 5 s, P and N: previous and next.")
    if can_play:
        return _("Space plays and pauses, ← and → seek by 5 s.")
    return _("P and N: previous and next.")


@cache
def _keys() -> Any:
    return st.components.v2.component(
        "mmc.player_keys",
        html="<div class='keys'></div>",
        css=KEYS_CSS,
        js=(HERE / "keys.js").read_text("utf-8"),
    )


@cache
def _cursor() -> Any:
    return st.components.v2.component(
        "mmc.player_cursor",
        html="<div class='cursor'></div>",
        js=(HERE / "cursor.js").read_text("utf-8"),
    )
