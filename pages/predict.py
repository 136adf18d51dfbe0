"""Give a song, get its mood, over time and with a word on how far to trust it."""

from math import ceil

import streamlit as st

from mmc_core import runs
from mmc_core.runs.cards import accuracy_sentence
from mmc_core.settings import page_limits
from mmc_core.ui.common import layout, load, widgets
from mmc_core.ui.predict import answer, session

layout.enter()

SAMPLE, UPLOAD = "sample", "upload"
SOURCES = {SAMPLE: "Try a sample", UPLOAD: "Upload your own"}

st.title("Predict the mood of a song")

models = {run.name: run for run in runs.servable()}
if not models:
    st.warning("There is no trained model yet. Make one with: python -m mmc_core train cnn1d")
    st.stop()

choose_song, choose_model = st.columns(2, gap="large")
with choose_model:
    model = models[
        st.selectbox(
            "Model",
            list(models),
            format_func=lambda name: answer.model_label(models[name]),
            key="model",
            **widgets.IN_ADDRESS,
        )
    ]
    st.caption(accuracy_sentence(model))
with choose_song:
    source = st.segmented_control(
        "Song",
        list(SOURCES),
        default=SAMPLE,
        required=True,
        format_func=lambda name: SOURCES[name],
        key="song",
        **widgets.IN_ADDRESS,
    )
    if source == SAMPLE:
        samples = {sample["file"]: sample for sample in load.samples()}
        file = st.selectbox(
            "Sample",
            list(samples),
            format_func=lambda name: f"{samples[name]['composer']}: {samples[name]['title']}",
            key="sample",
            **widgets.IN_ADDRESS,
            label_visibility="collapsed",
        )
        st.caption(samples[file]["description"])
        songs = [session.sample(file)]
    else:
        limits = page_limits()
        uploads = st.file_uploader(
            "One or several songs: mp3, m4a, wav, flac, ogg, opus, aac, wma; each at most "
            f"{limits.size_bytes / 1e6:.0f} MB and {limits.duration_s / 60:.0f} minutes",
            accept_multiple_files=True,
            max_upload_size=ceil(limits.size_bytes / 1e6),
            key="uploads",
        )
        songs = [session.Song(upload.name, upload.getvalue()) for upload in uploads]

results = session.predict_all(songs, model, source=source)
for result in results:
    if result.prediction.error:
        st.warning(widgets.escape_markdown(result.prediction.error), icon=":material/warning:")
if source == UPLOAD:
    if not songs:
        st.info(
            "Songs are analysed on the machine that runs this app and are not kept.",
            icon=":material/lock:",
        )
    results += session.earlier(songs, model, source=source)

if chosen := answer.choose_result(results):
    prediction = chosen.prediction
    run = runs.find(prediction.model)
    answer.draw_answer(prediction, run, chosen.song.content if chosen.song else None)
    answer.draw_trust(prediction, run)
    answer.draw_features(prediction, run)
    answer.draw_downloads(results, prediction)
