"""Give a song, get its mood, also over time, and how reliable the answer is."""

import streamlit as st

from mmc_core import runs
from mmc_core.language import _
from mmc_core.ui.common import layout, widgets
from mmc_core.ui.predict import (
    answer,
    asking,
    choice,
    correct,
    downloads,
    features,
    fetch,
    models,
    pair,
    progress,
    reasons,
    results,
    similar,
    trust,
    visit,
)

layout.enter()


def draw() -> None:
    st.title(_("Predict the mood of a song"))

    served = choice.models()
    if not served:
        st.warning(
            _(
                "No trained models yet. Train one with: {command}",
                command="python -m mmc_core train cnn1d",
            )
        )
        return

    here = visit.current()
    choose_song, choose_model = st.columns(2, gap="large")
    with choose_model:
        model = choice.choose_model(served)
        fetch.offer_audioset(model)
    with choose_song:
        source = choice.choose_source()
        if source == choice.SAMPLE:
            songs = [choice.choose_sample(model)]
        else:
            uploads = choice.choose_uploads()
            remembered = here.remember(uploads)
            songs = uploads + [song for song in remembered if song not in uploads]
            choice.draw_privacy(here)
        second = pair.choose_second(here, model)

    with st.container():
        progress.answer(here, [*songs, *second], model, asking.wanted(songs))
    answers = here.results(songs, model)
    for result in answers:
        if result.prediction.error:
            st.warning(widgets.escape_markdown(result.prediction.error), icon=":material/warning:")
    earlier = here.earlier(songs, model) if source == choice.UPLOAD else []

    asked = [visit.result_id(song.key(model)) for song in songs] if source == choice.UPLOAD else []
    if chosen := results.choose_result(answers, earlier, asked):
        prediction = chosen.prediction
        run = runs.find(prediction.model)
        pair.draw_pair(here, chosen, second, model)
        answer.draw_answer(prediction, run, chosen.song.content if chosen.song else None)
        correct.draw_correction(here, chosen)
        reasons.draw_reasons(here, chosen, run)
        trust.draw_trust(prediction, run)
        models.draw_models(here, chosen)
        similar.draw_similar(here, chosen)
        features.draw_features(prediction, run)
        downloads.draw_downloads([*answers, *earlier], prediction)
    elif source == choice.SAMPLE:
        answer.draw_waiting(songs[0])


draw()
