"""Give a song, get its mood, also over time, and how reliable the answer is."""

from collections.abc import Sequence

import streamlit as st

from mmc_core import runs
from mmc_core.language import _
from mmc_core.ui.common import layout
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
    choose_song, choose_model = st.columns(2, gap="large")
    with choose_model:
        model = model_choice.choose_model(served)
    with choose_song:
        source = choice.choose_source()
        if source == choice.SAMPLE:
            songs = [choice.choose_sample(model)]
        else:
            uploads = choice.choose_uploads()
            remembered = here.remember(uploads)
            songs = uploads + [song for song in remembered if song not in uploads]
            choice.draw_privacy(here)
    with choose_model:  # which would end far above what is beside it
        second = pair.choose_second(here, model)

    with st.container():
        progress.answer(here, [*songs, *second], model, asking.wanted(songs))
    answers = here.results(songs, model)
    results.draw_errors(answers)
    earlier = here.earlier(songs, model) if source == choice.UPLOAD else []

    asked = [visit.result_id(song.key(model)) for song in songs] if source == choice.UPLOAD else []
    if chosen := results.choose_result(answers, earlier, asked, here.waiting(songs, model)):
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
            answer.draw_waiting(songs[0])


def draw_result(here: visit.Visit, chosen: visit.Result, every: Sequence[visit.Result]) -> None:
    run = runs.find(chosen.prediction.model)
    similar.say_if_learned_from(here, chosen, run)
    answer.draw_answer(chosen.prediction, run, chosen.song.content if chosen.song else None)
    correct.draw_correction(here, chosen)
    more.draw_more(here, chosen, run, every)


draw()
