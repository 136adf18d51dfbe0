"""What one can do here, for whom; the datasets; the terms."""

import streamlit as st

from mmc_core.audio import CLIP_S
from mmc_core.figures.plane import mood_plane
from mmc_core.language import _
from mmc_core.moods import MOODS
from mmc_core.ui.common import about, dataset_cards, layout, menu, widgets
from mmc_core.ui.common.drawn import drawn
from mmc_core.wording import listed

layout.enter()

ways_in = (
    (
        "predict",
        "music_note",
        "try-a-song",
        _("Predict a song"),
        _(
            "For a song of yours or a sample: its mood over time, how sure the model is, and what "
            "the answer rests on."
        ),
        _("Try a song"),
    ),
    (
        "distributions",
        "bar_chart",
        "see-features",
        _("Study the datasets"),
        _(
            "For a thesis or a research question: how features differ between moods, with tests, "
            "figures and tables to save."
        ),
        _("See the features"),
    ),
    (
        "vote",
        "how_to_vote",
        "start-a-vote",
        _("Vote in class"),
        _(
            "For teachers: pupils mark the mood of clips on their phones; you see how far they "
            "agree with each other and with the models."
        ),
        _("Start a class vote"),
    ),
)
st.title(_("What mood is this music in?"))
st.markdown(
    _(
        "Predict which of four moods a song expresses from its sound alone, and study the datasets "
        "that such predictions come from."
    )
)
about.draw_accuracy()
with st.container(key="ways-in"):
    for column, (page, icon, key, heading, text, label) in zip(
        st.columns(3, gap="medium"), ways_in, strict=True
    ):
        with column.container(border=True, height="stretch"):
            st.header(heading, anchor=False)
            with st.container(height="stretch"):
                st.markdown(text)
            if st.button(
                label, type="primary", icon=f":material/{icon}:", width="stretch", key=key
            ):
                st.switch_page(f"pages/{page}.py")

st.header(_("More pages"), anchor=False)
with st.container(key="further"):
    for each in menu.PAGES:
        if each.offer:
            widgets.page_link(each.name, _(each.offer), each.icon)

st.header(_("Datasets"), anchor="datasets")
dataset_cards.draw()

st.header(_("Moods and terms"), anchor="terms")
picture, words = st.columns([5, 6], gap="medium")
with picture:
    widgets.figure(drawn(mood_plane, height=270), key="plane", name="mood-plane")
with words:
    st.markdown(
        _(
            "- **Valence** is how pleasant the expressed emotion is, **arousal** how energetic "
            "(J. A. Russell, 1980).\n"
            "- A **quadrant** is one of the four combinations of low or high valence and arousal, "
            "Q1 to Q4.\n"
            "- A **mood** is the name of a quadrant: {moods}. It describes the music as listeners "
            "label it, not how you feel when you hear it. Listeners do not always agree.\n"
            "- A **feature** is a number measured from the sound, such as tempo or loudness.\n"
            "- A **clip** is a short part of a song, of which {seconds} seconds are measured.",
            moods=listed(mood.label for mood in MOODS),
            seconds=CLIP_S,
        )
    )
    about.draw()
