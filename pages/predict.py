"""Give a song, get its mood, also over time, and how reliable the answer is."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from mmc_core import runs
from mmc_core.jobs.song_work import SongFile
from mmc_core.language import _
from mmc_core.ui.common import layout, screen
from mmc_core.ui.predict import (
    answer,
    asking,
    choice,
    correct,
    model_choice,
    more,
    pair,
    progress,
    results,
    similar,
    visit,
)

layout.enter()


def draw() -> None:
    st.title(_("Predict the mood of a song"))

    served = model_choice.models()
    if not served:
        st.warning(
            _(
                "No trained models yet. Train one with: {command}",
                command="mmc train cnn1d",
            )
        )
        return

    here = visit.current()
    choose_song, choose_model = layout_of_choices()
    with choose_model:
        model = model_choice.choose_model(served)
    remembered: list[SongFile] = []  # of this visit, and no longer in the upload box
    with choose_song:
        source = choice.choose_source()
        if source == choice.SAMPLE:
            given = [choice.choose_sample(model)]
        else:
            given = choice.choose_uploads()
            remembered = [song for song in here.remember(given) if song not in given]
            choice.draw_privacy(here)
    with choose_model:  # which would end far above what is beside it
        second = pair.choose_second(here, model)

    songs = [*given, *remembered]
    with st.container():
        progress.answer(here, [*songs, *second], model, asking.wanted(songs))
    answers = here.results(given, model)
    results.draw_errors(answers)
    earlier = here.results(remembered, model)
    if source == choice.UPLOAD:
        earlier += here.earlier(songs, model)

    asked = [visit.result_id(song.key(model)) for song in songs] if source == choice.UPLOAD else []
    if chosen := results.choose_result(answers, earlier, asked, here.waiting(given, model)):
        if not pair.draw_pair(here, chosen, second, model):
            draw_result(here, chosen, [*answers, *earlier])
        else:
            with pair.opened_later(_("Song A in detail"), "detail") as part:
                if part.open:
                    draw_result(here, chosen, [*answers, *earlier])
    else:
        more.keep_address()
        pair.keep_address(second)
        if source == choice.SAMPLE:
            answer.draw_waiting(given[0])


def layout_of_choices() -> tuple[Any, Any]:
    """Return where the song and where the model are chosen: side by side; on a phone the model is
    folded away, so that the answer is near.
    """
    if screen.is_narrow():
        return st.container(), st.expander(_("Model, second song"), icon=":material/tune:")
    choose_song, choose_model = st.columns(2, gap="large")
    return choose_song, choose_model


def draw_result(here: visit.Visit, chosen: visit.Result, every: Sequence[visit.Result]) -> None:
    run = runs.find(chosen.prediction.model)
    content = chosen.song.content if chosen.song else None
    answer.draw_answer(chosen.prediction, run, content, similar.learned_from(here, chosen, run))
    correct.draw_correction(here, chosen)
    more.draw_more(here, chosen, run, every)


draw()
