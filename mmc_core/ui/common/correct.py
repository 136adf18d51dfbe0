"""Under an answer: which mood the visitor hears, kept as a correction where they want that; on
Predict and on Library.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mmc_core import settings
from mmc_core._typing import no_progress
from mmc_core.datasets.user import corrections
from mmc_core.errors import MMCError
from mmc_core.figures.style import mood_label
from mmc_core.jobs import song_pool, song_work
from mmc_core.jobs.song_pool import SongPool
from mmc_core.jobs.song_work import SongFile
from mmc_core.language import N_, _, write
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.saved.correction import Correction
from mmc_core.ui.common import address, widgets
from mmc_core.ui.common.failures import show_errors

CONSENT = N_("Save my answers as corrections")
KEPT = N_(
    "Kept on the machine that runs this app: the file's name, the SHA-256 of its content and of "
    "its sound, the mood you hear, the model and its answer, the song's length, features and "
    "embeddings, and the date. The sound is not kept. Everyone who opens this app sees corrections "
    "on the pages Your data and Library, and can delete them there."
)


def draw_correction(
    song: SongFile | None,
    prediction: Prediction,
    hashes: Sequence[str],
    *,
    key: str,
    pool: SongPool | None = None,
) -> None:
    """Draw the four moods; once one is chosen, the consent; and what is kept of the song.

    Args:
        song: the file; None where it is no longer in memory.
        prediction: the model's answer.
        hashes: the SHA-256 values of the song's file and, if it is known, of its sound.
        key: of the song, on the page.
        pool: of the processes that describe songs; the server's own by default.
    """
    if not settings.page_corrections():
        return
    with st.container(border=True, key="correction"):
        if song is None:
            st.caption(_("The song is no longer in memory. To correct its mood, upload it again."))
            return
        mood, saved = _choose_mood(prediction.mood, key), corrections.of(*hashes)
        if mood and not (saved and saved.mood == mood):
            _offer_to_save(pool or song_pool.shared(), song, prediction, mood)
        if saved:
            _draw_saved(saved)


def _offer_to_save(pool: SongPool, song: SongFile, prediction: Prediction, mood: str) -> None:
    """Draw the consent, what would be kept, and the button that saves the mood."""
    consents = st.checkbox(_(CONSENT), key="corrections-consent", persist_state="session")
    st.caption(_(KEPT))
    with st.container(horizontal=True, vertical_alignment="center"):
        clicked = st.button(_("Save correction"), icon=":material/save:", disabled=not consents)
        if not consents:
            st.caption(
                _(
                    "You hear {mood}. Nothing is saved unless you tick the box.",
                    mood=BY_NAME[mood].label,
                )
            )
    if clicked and consents:
        _save(pool, song, prediction, mood)


def _choose_mood(answered: str | None, key: str) -> str | None:
    """The mood that the visitor hears; the model's comes first."""
    mood: str | None = st.pills(
        _("Which mood do you hear?"),
        sorted(NAMES, key=lambda name: name != answered),
        format_func=lambda name: (
            _("This fits: {mood}", mood=mood_label(BY_NAME[name]))
            if name == answered
            else mood_label(BY_NAME[name])
        ),
        key=f"heard-{key}",
    )
    return mood


def _save(pool: SongPool, song: SongFile, prediction: Prediction, mood: str) -> None:
    with show_errors(MMCError):
        with st.spinner(_("Describing the song …")):
            corrections.add(
                pool.run(song_work.correction, song, no_progress, song.sha256, mood, prediction)
            )
        address.rerun()  # what is drawn above may tell of it too


def _draw_saved(saved: Correction) -> None:
    """Draw the correction that is kept of a song, and the button that takes it back."""
    what = {"mood": mood_label(BY_NAME[saved.mood]), "date": write(saved.at, "%Y-%m-%d")}
    if saved.answered:
        text = _(
            "Saved on this machine: **{mood}**. The model answered {answer} ({date}).",
            **what,
            answer=BY_NAME[saved.answered].label,
        )
    else:
        text = _("Saved on this machine: **{mood}**. The model had no answer ({date}).", **what)
    st.success(text, icon=":material/check:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Undo"), icon=":material/undo:", on_click=_undo, args=[saved.sha256])
        widgets.page_link("own", _("All corrections ({n})", n=corrections.count()), "list")


def _undo(sha256: str) -> None:
    if not settings.page_corrections():  # a browser can be made to click what is not there
        return
    with show_errors(MMCError):
        corrections.undo(sha256)
