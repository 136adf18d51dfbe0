"""One feature by mood, in one dataset or several on one axis."""

import streamlit as st

from mmc_core import datasets, tables
from mmc_core.datasets import Dataset
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME, GROUPS
from mmc_core.figures import distributions
from mmc_core.ui import load, shell, show

shell.enter()

BOXPLOT, HISTOGRAM = "boxplot", "histogram"
PLOTS = {BOXPLOT: "Boxplot", HISTOGRAM: "Histogram with density"}
# What the original called scale and key, and what they really are.
TRUE_OF = {"scale": "mode", "mode": "scale", "key": "tonic", "tonic": "key"}


def offer_table(dataset: Dataset) -> None:
    """Say what the summary cannot show, and fetch the table on request."""
    with st.container(border=True):
        st.markdown(
            f"**{dataset.title}** is drawn from its summary. Outliers as points and other bin "
            "widths need its feature table, which can be downloaded."
        )
        if st.button("Fetch the table", key=f"fetch-{dataset.id}", icon=":material/download:"):
            try:
                with st.spinner(f"Fetching {dataset.title} …"):
                    dataset.fetch()
            except DatasetError as error:
                st.error(str(error))
            else:
                st.rerun()


every = datasets.every()
st.title("Distributions of features by mood")

which, of_kind, of_name, as_plot = st.columns([4, 3, 4, 4])
with which:
    chosen = st.pills(
        "Datasets",
        list(every),
        selection_mode="multi",
        default=["4qaed"],
        format_func=lambda id_: every[id_].title,
        key="dataset",
        **show.IN_ADDRESS,
    )
if not chosen:
    st.info("Choose a dataset to see how its features are distributed.", icon=":material/info:")
    st.stop()
chosen = [id_ for id_ in every if id_ in chosen]  # in one order, however they were clicked
summaries = {id_: load.summary(id_) for id_ in chosen}
everywhere = set.intersection(*({name for name, _ in s} for s in summaries.values()))
with of_kind:
    group = st.selectbox(
        "Kind of feature",
        GROUPS,
        key="group",
        **show.IN_ADDRESS,
    )
names = [f.name for f in tables.features_of(everywhere) if f.group == group]
if st.session_state.get("feature", names[0]) not in names:
    st.session_state["feature"] = names[0]  # or the address would keep one of another kind
with of_name:
    name = st.selectbox(
        "Feature",
        names,
        format_func=lambda feature_name: BY_NAME[feature_name].title,
        key="feature",
        **show.IN_ADDRESS,
    )
feature = BY_NAME[name]
with as_plot:
    kind = st.segmented_control(
        "Plot",
        list(PLOTS),
        default=BOXPLOT,
        required=True,
        format_func=lambda plot: PLOTS[plot],
        key="plot",
        **show.IN_ADDRESS,
        disabled=bool(feature.categories),
    )

data = {
    every[id_].title: {mood: d for (of, mood), d in summary.items() if of == name}
    for id_, summary in summaries.items()
}
found = {every[id_].title: load.table(id_) for id_ in chosen}
here = {title: table for title, table in found.items() if table is not None}
complete = len(here) == len(chosen)

st.markdown(f"**{feature.label}.** {feature.meaning}")
plot, side = st.columns([3, 2], gap="large")

with side:
    for title, moods in data.items():
        st.markdown(f"**{title}**")
        st.table(distributions.numbers_by_mood(feature, moods))
    if kind == BOXPLOT and not feature.categories:
        st.caption(
            "Box: the middle half of the clips. Line: median; dashed: mean. Whiskers: the last "
            "clips within 1.5 box lengths. Points: clips beyond, the outliers."
        )
    elif not feature.categories:
        width = st.number_input(
            "Width of the bins" + (f" ({feature.unit})" if feature.unit else ""),
            value=feature.bin_width,
            min_value=0.0,
            step=feature.bin_width,
            format="%g",
            disabled=not complete,
            **({"key": f"width-{name}", **show.IN_ADDRESS} if complete else {}),
        )
        st.caption(
            "Height: share of the mood's clips. Bins are centred on multiples of their width. "
            "Line: Gaussian kernel density with R's default bandwidth."
        )
        if width is not None and width != feature.bin_width:
            try:
                data = {t: tables.with_bins(data[t], table, width) for t, table in here.items()}
            except ValueError as error:
                st.warning(str(error), icon=":material/warning:")
    for title, table in here.items():
        if name in TRUE_OF and TRUE_OF[name] in table:
            pairs, alike = tables.agreement(table, name, TRUE_OF[name])
            st.markdown(
                f"**{feature.title}** and **{BY_NAME[TRUE_OF[name]].title}** agree on "
                f"{alike:.0%} of the clips of {title}. Rows: the former, columns: the latter."
            )
            st.dataframe(pairs)
    for id_ in chosen:
        if every[id_].title not in here:
            offer_table(every[id_])

with plot:
    if kind == HISTOGRAM or feature.categories:
        shown = distributions.histogram(feature, data)
    else:
        points = {
            t: distributions.outliers_of(table, feature, data[t]) for t, table in here.items()
        }
        shown = distributions.boxplot(feature, data, points)
    show.figure(shown, key="distribution", name=f"{name}-{'-'.join(chosen)}")
