"""The views of the Compare page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.comparison import compare, conclusions
from mmc_core.comparison.draws import CLASSIFIER
from mmc_core.comparison.model import Comparison
from mmc_core.comparison.projection import METHODS
from mmc_core.comparison.transfer import ITSELF, NETWORK
from mmc_core.errors import MMCError
from mmc_core.features.schema import BY_NAME
from mmc_core.figures import comparison as figures
from mmc_core.figures import distributions
from mmc_core.jobs import comparison as jobs
from mmc_core.ui.common import load, widgets

AXES = {
    "lda": ("First discriminant", "Second discriminant"),
    "lda-2": ("Discriminant", "First component of what is left"),
    "pca": ("First component", "Second component"),
}
MODELS = {
    CLASSIFIER: "Logistic regression",
    ITSELF: "Logistic regression, each dataset scaled by itself",
    NETWORK: "1D network",
}
SCORES = {"accuracy": "All moods", "arousal": "Arousal", "valence": "Valence"}

Titles = dict[str, str]


def offer_to_work_out(comparison: Comparison) -> None:
    """Say what is not there yet, and work it out when asked to."""
    ids, moods = comparison.datasets, comparison.moods
    for sentence in comparison.missing.values():
        st.info(widgets.escape_markdown(sentence), icon=":material/info:")
    if comparison.separability or comparison.missing:
        return
    with st.container(border=True):
        st.markdown(
            "How far moods lie apart, with nulls and intervals, and how a model of one dataset "
            "does on another, take **some minutes** to work out. They are kept."
        )
        asked = st.button("Work it out", icon=":material/calculate:", key="work-out")
        if asked or jobs.is_under_way(ids, moods):
            bar = st.progress(0.0, text="Starting …")
            try:
                for done, total in jobs.watch(ids, moods):
                    bar.progress(done / total, text=f"Step {done} of {total}")
            except MMCError as error:
                st.error(widgets.escape_markdown(str(error)))
            else:
                st.rerun()


def show_answer(comparison: Comparison, titles: Titles) -> None:
    """Which is easier, by how much, because of what; and the measures behind it."""
    answer = conclusions.answer(comparison)
    st.markdown(f"##### {widgets.escape_markdown(answer[0])}")
    for sentence in answer[1:]:
        st.markdown(widgets.escape_markdown(sentence))
    with st.expander("What to mind", icon=":material/warning:"):
        st.markdown(
            "\n".join(
                f"- {widgets.escape_markdown(sentence)}"
                for sentence in conclusions.caveats(comparison)
            )
        )
    offer_to_work_out(comparison)
    if not comparison.separability:
        return
    measures, why = st.columns(2, gap="large")
    with measures:
        st.subheader("How far moods lie apart")
        widgets.figure(
            figures.separability(comparison, titles), key="measures", name="separability"
        )
        st.caption(
            "Bars: 95 %, by leaving groups out or drawing them again. *Accuracy*: logistic "
            "regression over folds. "
            "*Neighbours*: of the ten nearest clips, those of the same mood. *Silhouette*: "
            "1 where moods are apart, 0 where they mix. *Fisher ratio*: spread between moods over "
            "spread within."
        )
    with why:
        st.subheader("From one kind of feature alone")
        widgets.figure(figures.by_group(comparison, titles), key="groups", name="by-group")
        st.subheader("One feature at a time")
        widgets.figure(figures.effects(comparison, titles), key="effects", name="epsilon-squared")
    st.subheader("The same in numbers")
    st.dataframe(figures.separability_words(comparison, titles), hide_index=True, height="content")
    st.caption(
        f"*p*: share of {compare.SHUFFLES} shufflings of the moods "
        f"({compare.ACCURACY_SHUFFLES} for what a model answers) that reach the value of the "
        "same draw."
    )


def show_features(comparison: Comparison, titles: Titles) -> None:
    """What shifts between two datasets, and one feature side by side."""
    pairs = {f"{titles[a]} and {titles[b]}": (a, b) for a, b in combinations(titles, 2)}
    pair = st.segmented_control(
        "Shift between",
        list(pairs),
        default=next(iter(pairs)),
        required=True,
        key=f"pair-{len(pairs)}",
        **widgets.IN_ADDRESS,
    )
    one, other = pairs.get(pair) or next(iter(pairs.values()))
    rows = figures.shift_table(comparison, one, other, titles)
    if rows.empty:
        st.info(
            "These two datasets have no feature of numbers in common: there is nothing to compare.",
            icon=":material/info:",
        )
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Which features lie elsewhere")
        beyond = rows[rows["beyond"]]
        first = (rows if beyond.empty else beyond).iloc[0]
        surely = ", their interval too" if rows["low"].notna().all() else ""
        st.markdown(
            f"**{len(beyond) or 'None'} of {len(rows)}** features lie elsewhere by more than "
            f"another codec, rate, level or cut of the sound moves them{surely}; "
            f"{'the most shifted is' if beyond.empty else 'most of all'} "
            f"**{BY_NAME[first['feature']].title}**, by {first['difference']:+.2f} standard "
            "deviations."
        )
        widgets.figure(figures.shift(comparison, one, other, titles), key="shift", name="shift")
        st.caption(
            f"The {min(len(rows), figures.SHOWN)} features that shift most; all are in the CSV. "
            "Moods weigh alike. Lines: 95 % bootstrap interval, groups of clips drawn whole, "
            "once it is worked out. Grey: the most that re-extracting 200 clips of 4QAED through "
            "other codecs (mp3, AAC, Opus), rates (16 and 11 kHz), levels and cuts moved a feature."
        )
    with right:
        st.subheader("One feature side by side")
        names = list(rows["feature"])
        name = st.selectbox(
            "Feature, the most shifted first",
            names,
            format_func=lambda feature: BY_NAME[feature].title,
            key="shifted",
            **widgets.IN_ADDRESS,
        )
        feature = BY_NAME[name if name in names else names[0]]
        data = {
            titles[id_]: {
                mood: d
                for mood, d in load.summary(id_).by_mood(feature.name).items()
                if mood in comparison.moods
            }
            for id_ in titles
        }
        st.markdown(f"{feature.label}. {feature.meaning}")
        widgets.figure(distributions.boxplot(feature, data), key="beside", name=feature.name)
        widgets.page_link(
            "distributions",
            "More of this feature",
            "bar_chart",
            dataset=list(titles.values()),
            group=feature.group,
            feature=feature.title,
        )


def show_map(comparison: Comparison, titles: Titles) -> None:
    """Clips as points of a plane."""
    missing = {id_: why for id_ in titles if (why := compare.missing(datasets.get(id_)))}
    for sentence in missing.values():
        st.info(widgets.escape_markdown(sentence), icon=":material/info:")
    here = [id_ for id_ in titles if id_ not in missing]
    if not here:
        return
    method = st.segmented_control(
        "Plane",
        list(METHODS),
        default="lda",
        required=True,
        format_func=METHODS.__getitem__,
        key="plane",
        **widgets.IN_ADDRESS,
    )
    try:
        points = load.projection(here, comparison.moods, method)
    except MMCError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
        return
    shown = {id_: titles[id_] for id_ in here}
    two = "-2" if len(comparison.moods) == 2 else ""  # one discriminant, so something beside it
    axes = AXES.get(method + two, AXES[method])
    widgets.figure(figures.clip_map(points, shown, axes), key="map", name=f"map-{method}")
    learned = "Learned from as many clips of each mood and dataset, one of a group."
    if sampled := _sampled(points, shown, comparison.moods):
        st.caption(f"Drawn at random: {', '.join(sampled)}.")
    if method == "lda":
        st.caption(
            f"{learned} Each clip is placed by discriminants that were learned without it and its "
            "group, so that what looks apart is apart for clips not met before."
        )
    else:
        st.caption(
            f"{learned} Components know nothing of moods: they are the directions in which clips "
            "differ most, be it by mood, by dataset or by recording."
        )


def _sampled(points: pd.DataFrame, titles: Titles, moods: Sequence[str]) -> list[str]:
    """How many clips are drawn of each dataset that is too large to draw whole."""
    sentences = []
    for id_, title in titles.items():
        drawn = int((points["dataset"] == id_).sum())
        n_clips = datasets.get(id_).clips()
        of = sum(n_clips.get(mood, 0) for mood in moods)
        if drawn < of:
            sentences.append(f"{drawn:,} of the {of:,} clips of {widgets.escape_markdown(title)}")
    return sentences


def show_transfer(comparison: Comparison, titles: Titles) -> None:
    """Trained on one dataset, tested on another."""
    if not comparison.transfer:
        offer_to_work_out(comparison)
        return
    by_model, by_score = st.columns(2)
    models = [model for model in MODELS if model in comparison.models]
    with by_model:
        model = st.selectbox(
            "Model", models, format_func=MODELS.__getitem__, key="of-model", **widgets.IN_ADDRESS
        )
    with by_score:
        score = st.segmented_control(
            "Right in",
            [name for name in SCORES if name in comparison.transfer[0].scores],
            default="accuracy",
            required=True,
            format_func=SCORES.__getitem__,
            key="score",
            **widgets.IN_ADDRESS,
        )
    st.markdown(widgets.escape_markdown(conclusions.transfer(comparison, model, score)))
    widgets.figure(
        figures.transfer(comparison, model, score, titles), key="transfer", name="transfer"
    )
    st.caption(
        f"{comparison.n} clips a mood of each dataset, one of a group. On the diagonal over "
        f"{comparison.folds} folds, elsewhere trained on all of one and tested on all of the "
        "other. "
        "Below each share its 95 % interval, groups resampled. "
        + (
            "Each dataset's features are turned into ranks within it, so that what merely shifts "
            "is taken away."
            if model == ITSELF
            else "Scaling is the training dataset's."
        )
    )


VIEWS = {
    "answer": ("Which is easier?", show_answer),
    "features": ("What shifts", show_features),
    "map": ("Map of clips", show_map),
    "transfer": ("Train on one, test on another", show_transfer),
}
