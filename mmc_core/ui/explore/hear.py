"""The clip that is chosen on the page: in the address, and in the player."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mmc_core.language import _
from mmc_core.ui.common import address, load, player, widgets

CLIP = "clip"  # in the address, as dataset:clip


def chosen() -> tuple[str, str]:
    """Return dataset and clip that are chosen; "" where none is."""
    key = st.session_state[address.text(CLIP, str, str)["key"]] or ""
    dataset, _colon, clip = key.partition(":")
    return dataset, clip


def choose(dataset: str, clip: str | None) -> None:
    """Choose a clip, or none."""
    address.assign(clip=f"{dataset}:{clip}" if clip else None)


def name_of(dataset: str, clip: str) -> str:
    """Return a clip's name to read, or its id if it has none."""
    return load.clip_names(dataset).get(clip) or clip


def hear(
    dataset: str,
    clip: str,
    about: str = "",
    *,
    key: str = player.KEY,
    steps: player.Steps | None = None,
    beneath: Callable[[], None] | None = None,
) -> None:
    """Draw the player of a clip, and a link to its pictures.

    Args:
        dataset: the clip's dataset.
        clip: its id there.
        about: what is known of it, see `player.describe`.
        key: of the player, unique on the page.
        steps: to the clip before and after, see `player.steps`.
        beneath: draws widgets between the player and the link.
    """
    path = load.audio(dataset).get(clip)
    player.draw(
        path,
        name=path.name if path else clip,
        title=name_of(dataset, clip),
        about=about,
        key=key,
        steps=steps,
    )
    if path is None:
        st.caption(_("The audio of this clip is not on this machine."))
    if beneath:
        beneath()
    if path:
        widgets.page_link(
            "listen", _("Open this clip in Listen"), "graphic_eq", dataset=dataset, clip=clip
        )
