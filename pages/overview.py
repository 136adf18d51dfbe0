"""What the app does, its terms, and its datasets."""

import streamlit as st

from mmc_core import datasets
from mmc_core.figures.plane import mood_plane
from mmc_core.language import _
from mmc_core.moods import MOODS
from mmc_core.ui.common import about, layout, widgets
from mmc_core.ui.common.drawn import drawn
from mmc_core.wording import listed

layout.enter()

IN_A_ROW = 3  # datasets

st.title(_("What mood is this music in?"))

words, picture = st.columns([5, 6], gap="large")
with words:
    st.markdown(
        _(
            "Music Mood Classification predicts which of four moods a song has, from its sound "
            "alone. Try it on a sample or on your own song, and see how often such predictions are "
            "right. You can also see how sound differs between moods in real datasets, and watch "
            "classifiers train."
        )
    )
    if st.button(_("Try a song"), type="primary", icon=":material/music_note:", key="try-a-song"):
        st.switch_page("pages/predict.py")
    st.header(_("Pages"))
    with st.container(gap="xxsmall"):
        widgets.page_link(
            "predict", _("**Predict**: the mood of a sample or of your own songs"), "music_note"
        )
        widgets.page_link(
            "distributions", _("**Distributions**: how features differ between moods"), "bar_chart"
        )
        widgets.page_link(
            "compare", _("**Compare**: which dataset is easier, and why"), "compare_arrows"
        )
        widgets.page_link(
            "explore",
            _("**Explore**: every clip, doubtful labels, where systems fail"),
            "manage_search",
        )
        widgets.page_link("listen", _("**Listen**: hear a clip and see its features"), "graphic_eq")
        widgets.page_link(
            "training", _("**Training**: learning curves, scores, training runs"), "show_chart"
        )
        widgets.page_link(
            "vote", _("**Class vote**: your class votes on the mood of clips"), "how_to_vote"
        )
        widgets.page_link(
            "library", _("**Library**: the moods of all your songs, scanned once"), "library_music"
        )
        widgets.page_link("own", _("**Your data**: add your own dataset"), "folder_open")
    st.header(_("Terms"))
    st.markdown(
        _(
            "- **Valence** is how pleasant the expressed emotion is, **arousal** how energetic.\n"
            "- A **quadrant** is one of the four combinations of low or high valence and arousal, "
            "Q1 to Q4.\n"
            "- A **mood** is the name of a quadrant: {moods}. It describes the music as listeners "
            "label it, not how you feel when you hear it. Listeners do not always agree.\n"
            "- A **feature** is a number measured from the sound, such as tempo or loudness.\n"
            "- A **clip** is a short part of a song, here at most 25.5 seconds.",
            moods=listed(mood.label for mood in MOODS),
        )
    )
with picture:
    widgets.figure(drawn(mood_plane, height=460), key="plane", name="mood-plane")
    st.caption(_("The four moods by valence and arousal (J. A. Russell, 1980)."))

st.header(_("Datasets"))
every = datasets.every()
columns = []
for i, dataset in enumerate(every.values()):
    if i % IN_A_ROW == 0:
        columns = st.columns(min(IN_A_ROW, len(every)), gap="medium")
    with columns[i % IN_A_ROW].container(border=True, height="stretch"):
        clips = dataset.clips()
        st.subheader(dataset.title, anchor=dataset.id)
        st.markdown(_(dataset.description))
        st.markdown(_("**{n:,} clips**", n=sum(clips.values())))
        widgets.mood_badges(clips)
        st.markdown(
            _(
                "- **Music:** {music}\n"
                "- **Labels:** {labels}\n"
                "- **Groups** (never split between training and test): {groups}\n"
                "- **Length:** {length}\n"
                "- **Extraction:** {extraction}",
                music=_(dataset.music),
                labels=_(dataset.labels),
                groups=_(dataset.grouping),
                length=_(dataset.length_rule),
                extraction=_(dataset.extraction),
            )
        )
        with st.expander(_("Citation, licence and source")):
            st.markdown(
                _(
                    "{citation}\n\n**Licence:** {licence}\n\n**Source:** {address}",
                    citation=_(dataset.citation),
                    licence=_(dataset.licence),
                    address=_(dataset.homepage),
                )
            )
        widgets.page_link(
            "distributions",
            _("Features of {title}", title=dataset.title),
            "bar_chart",
            dataset=dataset.id,
        )

about.draw()
