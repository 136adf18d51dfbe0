"""The player of every page: a sound with its name, what is known of it, keys, and the next one."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from mmc_core.figures.style import mood_label
from mmc_core.language import _
from mmc_core.moods import BY_NAME
from mmc_core.ui.common import widgets
from mmc_core.wording import percent, shown

HERE = Path(__file__).parent
KEY = "player"
NOT_PLAYED = {"audio/x-ms-wma", "audio/x-aiff", "audio/aiff"}  # by browsers


def draw(
    content: bytes | str | Path | None,
    *,
    name: str,
    title: str = "",
    about: str = "",
    start_s: float = 0.0,
    key: str = KEY,
    previous: Callable[[], None] | None = None,
    following: Callable[[], None] | None = None,
) -> bool:
    """Draw a sound's name and its player. Space plays and pauses, the arrows seek by 5 s.

    Args:
        content: the sound, or its file on this machine; None if it cannot be had.
        name: of the file, whose suffix tells its kind.
        title: what is read in place of the name.
        about: what is known of the sound, such as `describe` returns. Markdown.
        start_s: where the sound begins to play.
        key: of the player's container, unique on the page; `follow` and scripts find it by that.
        previous: chooses the sound before; called by a button and the key P.
        following: chooses the sound after; called by a button and the key N.

    Returns:
        Whether the sound can be played.
    """
    heading = f"**{widgets.escape_markdown(shown(title or name))}**"
    st.markdown(f"{heading}, {about}" if about else heading)
    can_play = content is not None and media_type(name) not in NOT_PLAYED
    if can_play:
        assert content is not None
        with st.container(key=key):
            st.audio(
                str(content) if isinstance(content, Path) else content,
                format=media_type(name),
                start_time=int(start_s),
            )
        _keys()(key=f"{key}-keys", data={"player": f".st-key-{key}"}, height=0)
    elif content is not None:
        st.caption(_("Browsers cannot play this type of file."))
    if previous or following:
        _draw_steps(key, previous, following)
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


def steps(
    names: Sequence[str], chosen: str, choose: Callable[[str], None]
) -> dict[str, Callable[[], None] | None]:
    """Return `previous` and `following` for `draw`: the neighbours of the chosen one in a list."""
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


def _draw_steps(
    key: str, previous: Callable[[], None] | None, following: Callable[[], None] | None
) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            _("Previous"),
            key=f"{key}-previous",
            icon=":material/skip_previous:",
            shortcut="p",
            disabled=previous is None,
            on_click=previous,
        )
        st.button(
            _("Next"),
            key=f"{key}-next",
            icon=":material/skip_next:",
            shortcut="n",
            disabled=following is None,
            on_click=following,
        )
        st.caption(_("Space plays and pauses, ← and → move by 5 s."), width="content")


@cache
def _keys() -> Any:
    return st.components.v2.component(
        "mmc.player_keys",
        html="<div class='keys'></div>",
        js=(HERE / "keys.js").read_text("utf-8"),
    )


@cache
def _cursor() -> Any:
    return st.components.v2.component(
        "mmc.player_cursor",
        html="<div class='cursor'></div>",
        js=(HERE / "cursor.js").read_text("utf-8"),
    )
