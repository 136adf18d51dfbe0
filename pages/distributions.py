"""One feature by mood, in one dataset or several on one axis."""

import streamlit as st

from mmc_core import datasets, tables
from mmc_core.datasets import DATASETS
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME, GROUPS
from mmc_core.figures import distributions
from mmc_core.ui import load, show

BOXPLOT, HISTOGRAM = "boxplot", "histogram"

st.title("Distributions of features by mood")

which, group_choice, feature_choice, plot_choice = st.columns([4, 3, 4, 4])
with which:
    chosen = st.pills(
        "Datasets",
        list(DATASETS),
        selection_mode="multi",
        default=["4qaed"],
        format_func=lambda id_: DATASETS[id_].title,
        key="dataset",
        bind="query-params",
        persist_state="session",
    )
if not chosen:
    st.info("Choose a dataset to see how its features are distributed.", icon=":material/info:")
    st.stop()
summaries = {id_: load.summary(id_) for id_ in chosen}
everywhere = set.intersection(*({name for name, _ in s} for s in summaries.values()))
with group_choice:
    group = st.selectbox(
        "Kind of feature", GROUPS, key="group", bind="query-params", persist_state="session"
    )
with feature_choice:
    features = [f.name for f in tables.features_of(everywhere) if f.group == group]
    name = st.selectbox(
        "Feature",
        features,
        format_func=lambda feature_name: BY_NAME[feature_name].title,
        key="feature",
        bind="query-params",
        persist_state="session",
    )
feature = BY_NAME[name]
with plot_choice:
    kind = st.segmented_control(
        "Plot",
        [BOXPLOT, HISTOGRAM],
        default=BOXPLOT,
        required=True,
        format_func={BOXPLOT: "Boxplot", HISTOGRAM: "Histogram with density"}.get,
        key="plot",
        bind="query-params",
        persist_state="session",
        disabled=bool(feature.categories),
    )

data = {
    DATASETS[id_].title: {mood: d for (of, mood), d in summary.items() if of == name}
    for id_, summary in summaries.items()
}
here = {DATASETS[id_].title: load.table(id_) for id_ in chosen}
without_table = [datasets.get(id_) for id_ in chosen if here[DATASETS[id_].title] is None]

st.markdown(f"**{feature.label}.** {feature.meaning}")
plot, side = st.columns([3, 2], gap="large")

with plot:
    if kind == HISTOGRAM or feature.categories:
        shown = distributions.histogram(feature, data)
    else:
        points = {
            title: distributions.outliers_of(table, feature, data[title])
            for title, table in here.items()
            if table is not None
        }
        shown = distributions.boxplot(feature, data, points)
    show.figure(shown, key="distribution", name=f"{name}-{'-'.join(chosen)}")

with side:
    if feature.categories:
        counts = distributions.bins(feature, data)
        st.dataframe(
            counts.pivot_table(
                index="category", columns=["dataset", "mood"], values="clips", sort=False
            )
            if len(data) > 1
            else counts.pivot_table(index="category", columns="mood", values="clips", sort=False),
        )
    else:
        numbers = distributions.numbers(data)
        if len(data) == 1:
            numbers = numbers.drop(columns="dataset")
        st.dataframe(
            numbers,
            hide_index=True,
            column_config={
                column: st.column_config.NumberColumn(format="%.4g")
                for column in numbers.select_dtypes("float").columns
            },
        )
    st.caption(
        "Box: middle half of the clips, line: median. Whiskers: the last clips within 1.5 box "
        "lengths; clips beyond are outliers. Density: Gaussian kernel, R's default bandwidth."
    )
    for dataset in without_table:
        with st.container(border=True):
            st.markdown(
                f"**{dataset.title}** is drawn from its summary. Its outliers as points and other "
                "bin widths need its feature table, which is downloaded on request."
            )
            if st.button("Fetch the table", key=f"fetch-{dataset.id}", icon=":material/download:"):
                try:
                    with st.spinner(f"Fetching {dataset.title} …"):
                        dataset.fetch()
                except DatasetError as error:
                    st.error(str(error))
                else:
                    st.rerun()
