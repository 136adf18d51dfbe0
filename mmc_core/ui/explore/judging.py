"""Doubtful labels judged one after the other: kept, changed or left unsure, each saved at once."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from mmc_core import settings
from mmc_core.errors import DatasetError
from mmc_core.exploration import judgements
from mmc_core.exploration.judgements import CHANGE, KEEP, UNSURE, Judgement, Judgements
from mmc_core.figures.style import mood_label
from mmc_core.files import csv_text
from mmc_core.language import _
from mmc_core.moods import BY_NAME, MOODS
from mmc_core.ui.common import address, load, widgets
from mmc_core.ui.common.failures import show_errors
from mmc_core.ui.explore.hear import choose

MANY = (10, 25, 50, 100, 200)  # clips to judge
NOTES = "judge-notes"  # in the session: those of clips that are not judged yet
FAILED = "judge-failed"  # in the session: why the last one was not saved


def read(dataset: str) -> Judgements | None:
    """Return a dataset's judgements; None where nobody may judge, or they cannot be read."""
    if not settings.page_judgements():
        return None
    with show_errors(DatasetError):
        return judgements.read(dataset)
    return None


def in_words(judgement: Judgement | None) -> str:
    """Return what was judged in a word or two; "" if nothing was."""
    if judgement is None:
        return ""
    if judgement.judged == CHANGE and judgement.mood:
        return _("change to {mood}", mood=BY_NAME[judgement.mood].label)
    return _(judgement.judged)


def heard_in_words(judgement: Judgement | None) -> str:
    """Return the mood that was heard, which does not tell the label; "" if nothing was judged."""
    if judgement is None:
        return ""
    return BY_NAME[judgement.mood].label if judgement.mood else _(judgement.judged)


def draw_progress(clips: list[str], judged: Judgements, doubtful: int) -> None:
    """Draw how many of the most doubtful are judged, and choose how many these are.

    Args:
        clips: all, the most doubtful first.
        judged: what is judged of them.
        doubtful: how many of them are, which one is to judge at first.
    """
    options = sorted({*(n for n in (*MANY, doubtful) if 0 < n < len(clips)), len(clips)})

    def in_words(n: int) -> str:
        if n == doubtful:
            return _("the {n} doubtful", n=n)
        return _("all {n}", n=n) if n == len(clips) else _("{n} most doubtful", n=n)

    bar, how_many = st.columns([4, 1], vertical_alignment="bottom")
    with how_many:
        many = st.selectbox(
            _("To judge"),
            options,
            format_func=in_words,
            **address.one("many", options, doubtful if doubtful in options else options[0]),
        )
    done = sum(clip in judged for clip in clips[:many])
    with bar:
        st.progress(
            done / many,
            _("**{n} of {many} judged** by all who open this app", n=done, many=many),
        )


def choose_blind() -> bool:
    """Draw the switch that hides labels and answers while one judges; return whether it is on."""
    is_blind: bool = st.toggle(
        _("Judge blind"),
        help=_("Labels and the system's answers stay hidden: what you hear alone decides"),
        **address.switch("blind"),
    )
    return is_blind


def draw_answers(
    dataset: str,
    clip: str,
    label: str,
    run: str,
    judged: Judgement | None,
    following: str | None,
    *,
    is_blind: bool = False,
) -> None:
    """Draw the buttons that judge a clip, which open the next one, and a note.

    Args:
        dataset: the clip's dataset.
        clip: its id there.
        label: its mood there.
        run: the evaluation that finds it doubtful.
        judged: what was judged before.
        following: the clip that is opened next; None after the last.
        is_blind: whether the label is hidden, and kept by choosing its mood.
    """
    answer = partial(_answer, dataset, clip, label, run, following)

    def kind(is_it: bool) -> str:
        return "primary" if is_it else "secondary"

    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="answers"):
        if not is_blind:
            st.button(
                _("Keep {mood}", mood=BY_NAME[label].label),
                key="judge-keep",
                icon=":material/check:",
                shortcut="k",
                type=kind(judged is not None and judged.judged == KEEP),  # type: ignore[arg-type]
                on_click=answer,
                args=(KEEP,),
            )
        st.button(
            _("Unsure"),
            key="judge-unsure",
            icon=":material/question_mark:",
            shortcut="u",
            type=kind(judged is not None and judged.judged == UNSURE),  # type: ignore[arg-type]
            on_click=answer,
            args=(UNSURE,),
        )
        st.markdown(_("or it is") if is_blind else _("or change to"), width="content")
        for number, mood in enumerate(MOODS, start=1):
            if mood.name == label and not is_blind:
                continue  # the button that keeps it says so
            is_it = judged is not None and judged.mood == mood.name
            st.button(
                mood_label(mood),
                key=f"judge-{mood.name}",
                shortcut=str(number),
                type=kind(is_it),  # type: ignore[arg-type]
                on_click=answer,
                args=(KEEP,) if mood.name == label else (CHANGE, mood.name),
            )
    _draw_note(dataset, clip, judged)
    if judged:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(
                _(
                    "Judged on {date}: **{answer}**",
                    date=judged.date[:10],
                    answer=heard_in_words(judged) if is_blind else in_words(judged),
                ),
                width="content",
            )
            st.button(
                _("Clear the judgement"),
                key="judge-clear",
                icon=":material/undo:",
                shortcut="z",
                type="tertiary",
                on_click=_clear,
                args=(dataset, clip),
            )
    if failed := st.session_state.pop(FAILED, ""):
        st.error(widgets.escape_markdown(failed), icon=":material/error:")


def draw_file(dataset: str, judged: Judgements) -> None:
    """Draw the button that saves all judgements of a dataset as CSV."""
    st.download_button(
        _("Judgements as CSV"),
        lambda: csv_text(_named(dataset, judgements.as_table(judged.values()))),
        file_name=f"{dataset}-judgements.csv",
        mime="text/csv",
        key="judgements-csv",
        on_click="ignore",
        disabled=not judged,
        help=_("All that was judged of this dataset: {n}", n=len(judged)),
    )


def _named(dataset: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return judgements with the names of their clips, if the dataset has names."""
    if names := load.clip_names(dataset):
        table.insert(2, "name", table["clip"].map(names))
    return table


def _draw_note(dataset: str, clip: str, judged: Judgement | None) -> None:
    key = f"note-{dataset}-{clip}"
    if key not in st.session_state:
        drafts = st.session_state.get(NOTES, {})
        st.session_state[key] = drafts.get(key) or (judged.note if judged else "")
    st.text_input(
        _("Note"),
        key=key,
        max_chars=judgements.LONGEST_NOTE,
        placeholder=_("Why, in your own words; saved with the judgement"),
        on_change=_note_written,
        args=(key, judged),
    )


def _note_written(key: str, judged: Judgement | None) -> None:
    """Save the note of a clip that is judged already; keep another until it is."""
    note = st.session_state[key]
    if judged is None:
        st.session_state.setdefault(NOTES, {})[key] = note
        return
    _try_to_save(
        judgements.judge(
            judged.dataset,
            judged.clip,
            judged.label,
            judged.judged,
            mood=judged.mood,
            note=note,
            run=judged.run,
        )
    )


def _answer(
    dataset: str,
    clip: str,
    label: str,
    run: str,
    following: str | None,
    judged: str,
    mood: str = "",
) -> None:
    key = f"note-{dataset}-{clip}"
    note = st.session_state.get(key, "")
    saved = _try_to_save(
        judgements.judge(dataset, clip, label, judged, mood=mood, note=note, run=run)
    )
    if saved:
        st.session_state.get(NOTES, {}).pop(key, None)
        choose(dataset, following or clip)


def _try_to_save(judgement: Judgement) -> bool:
    try:
        judgements.save(judgement)
    except DatasetError as error:
        st.session_state[FAILED] = str(error)
        return False
    return True


def _clear(dataset: str, clip: str) -> None:
    try:
        judgements.clear(dataset, clip)
    except DatasetError as error:
        st.session_state[FAILED] = str(error)
