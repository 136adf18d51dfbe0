"""What there is, what the words mean, and where to go."""

import streamlit as st

from mmc_core import datasets
from mmc_core.figures.plane import mood_plane
from mmc_core.ui.common import layout, widgets

layout.enter()

IN_A_ROW = 3  # datasets

st.title("What mood is this music in?")

words, picture = st.columns([5, 6], gap="large")
with words:
    st.markdown(
        """
Music Mood Classification sorts music into four moods by how it sounds. Here you can see how
sound differs from mood to mood in real datasets, watch classifiers learn, and give a song of
your own to one of them, with an honest word on how often it is right.
"""
    )
    st.subheader("Where to go")
    with st.container(gap="xxsmall"):
        widgets.page_link(
            "predict", "**Predict** the mood of a sample or of your own songs", "music_note"
        )
        widgets.page_link(
            "distributions", "**Distributions**: compare moods feature by feature", "bar_chart"
        )
        widgets.page_link(
            "compare", "**Compare** datasets: which is easier, and why", "compare_arrows"
        )
        widgets.page_link("listen", "**Listen** to a clip and see what is in it", "graphic_eq")
        widgets.page_link(
            "training", "**Training**: watch networks learn, and overlearn", "show_chart"
        )
        widgets.page_link("own", "**Your data**: add a dataset of your own", "folder_open")
    st.subheader("What the words mean")
    st.markdown(
        """
- **Valence** is how pleasant the feeling in the music is, **arousal** how much energy it has.
- A **quadrant** is one of the four fields that the two make together, Q1 to Q4.
- A **mood** is the name of a quadrant. It is what listeners say of the music, not what it does
  to you, and listeners do not always agree.
"""
    )
with picture:
    widgets.figure(mood_plane(height=460), key="plane", name="mood-plane")
    st.caption("The plane of J. A. Russell, “A circumplex model of affect”, 1980.")

st.header("Datasets")
every = datasets.every()
columns = []
for i, dataset in enumerate(every.values()):
    if i % IN_A_ROW == 0:
        columns = st.columns(min(IN_A_ROW, len(every)), gap="medium")
    with columns[i % IN_A_ROW].container(border=True, height="stretch"):
        clips = dataset.clips()
        st.subheader(dataset.title, anchor=dataset.id)
        st.markdown(dataset.description)
        st.markdown(f"**{sum(clips.values()):,} clips**")
        widgets.mood_badges(clips)
        st.markdown(
            f"""
- **Music:** {dataset.music}
- **Labels:** {dataset.labels}
- **Groups kept together:** {dataset.grouping}
- **Length:** {dataset.length_rule}
- **Features:** {dataset.extraction}
"""
        )
        with st.expander("How to cite, licence, source"):
            st.markdown(
                f"{dataset.citation}\n\n**Terms:** {dataset.licence}\n\n"
                f"**Source:** {dataset.homepage}"
            )
        widgets.page_link(
            "distributions",
            f"Browse the features of {dataset.title}",
            "bar_chart",
            dataset=dataset.title,
        )
