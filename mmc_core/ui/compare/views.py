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
from mmc_core.features.schema import BY_NAME, GROUP_KEYS
from mmc_core.figures import comparison as figures
from mmc_core.figures import distributions
from mmc_core.figures.clip_map import clip_map
from mmc_core.jobs import comparison as jobs
from mmc_core.ui.common import address, load, widgets

AXES = {
    "lda": ("First discriminant", "Second discriminant"),
    "lda-2": ("Discriminant", "First component of the rest"),
    "pca": ("First principal component", "Second principal component"),
}
MODELS = {
    CLASSIFIER: "Logistic regression",
    ITSELF: "Logistic regression, each dataset scaled on its own",
    NETWORK: "1D convolutional network",
}
MODEL_KEYS = {CLASSIFIER: CLASSIFIER, ITSELF: "scaled-by-itself", NETWORK: NETWORK}  # in addresses
SCORES = {"accuracy": "Mood", "arousal": "Arousal", "valence": "Valence"}

Titles = dict[str, str]


def offer_to_work_out(comparison: Comparison) -> None:
    """Say what is not computed yet, and compute it when asked to."""
    ids, moods = comparison.datasets, comparison.moods
    for sentence in comparison.missing.values():
        st.info(widgets.escape_markdown(sentence), icon=":material/info:")
    if comparison.separability or comparison.missing:
        return
    with st.container(border=True):
        st.markdown(
            "How well the moods separate, and how a model trained on one dataset does on another, "
            "takes **some minutes** to compute. The result is saved."
        )
        asked = st.button("Compute", icon=":material/calculate:", key="work-out")
        if asked or jobs.is_under_way(ids, moods):
            bar = st.progress(0.0, text="Starting …")
            try:
                for done, total in jobs.watch(ids, moods):
                    bar.progress(done / total, text=f"Step {done} of {total}")
            except MMCError as error:
                st.error(widgets.escape_markdown(str(error)))
            else:
                address.rerun()


def show_answer(comparison: Comparison, titles: Titles) -> None:
    """Which is easier, by how much, because of what; and the measures behind it."""
    conclusion, *paragraphs = map(widgets.escape_markdown, conclusions.answer(comparison))
    st.markdown(f"**{conclusion}**")
    for paragraph in paragraphs:
        st.markdown(paragraph)
    with st.expander("Caveats", icon=":material/warning:"):
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
        st.header("How well the moods separate")
        widgets.figure(
            figures.separability(comparison, titles), key="measures", name="separability"
        )
        st.caption(
            "Lines: 95 % intervals, by bootstrap or jackknife over groups. *Accuracy*: logistic "
            "regression, cross-validated. *Nearest neighbours*: share of the ten nearest clips "
            "that have the same mood. *Silhouette*: 1 if moods are separate, 0 if they overlap. "
            "*Fisher ratio*: variance between moods divided by variance within them."
        )
    with why:
        st.header("Accuracy by kind of feature")
        widgets.figure(figures.by_group(comparison, titles), key="groups", name="by-group")
        st.header("Best single features")
        widgets.figure(figures.effects(comparison, titles), key="effects", name="epsilon-squared")
    with st.expander("All measures as a table", icon=":material/table:"):
        table = figures.separability_words(comparison, titles)
        st.dataframe(table, hide_index=True, height="content")
        st.caption(
            f"*p*: from a permutation test, the share of {compare.SHUFFLES} shufflings of the "
            f"moods ({compare.ACCURACY_SHUFFLES} for accuracies) that reach the measured value."
        )


def show_features(comparison: Comparison, titles: Titles) -> None:
    """Which features differ between two datasets, and one feature side by side."""
    pairs = {f"{a},{b}": (a, b) for a, b in combinations(titles, 2)}
    pair = st.segmented_control(
        "Two datasets",
        list(pairs),
        required=True,
        format_func=lambda key: " and ".join(titles[id_] for id_ in pairs[key]),
        **address.one("pair", list(pairs), next(iter(pairs))),
    )
    one, other = pairs[pair]
    rows = figures.shift_table(comparison, one, other, titles)
    if rows.empty:
        st.info(
            "These two datasets have no numeric feature in common, so there is nothing to compare.",
            icon=":material/info:",
        )
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Features that differ")
        beyond = rows[rows["beyond"]]
        first = (rows if beyond.empty else beyond).iloc[0]
        by = f"{first['difference']:+.2f}".replace("-", "−")
        st.markdown(
            f"**{len(beyond) or 'None'} of {len(rows)} features** "
            f"{'differs' if len(beyond) < 2 else 'differ'} by more than re-encoding explains. The "
            f"largest {'difference' if beyond.empty else 'of these differences'} is in "
            f"**{BY_NAME[first['feature']].title}**: {by} standard deviations."
        )
        widgets.figure(figures.shift(comparison, one, other, titles), key="shift", name="shift")
        st.caption(
            f"The {min(len(rows), figures.SHOWN)} features that differ most; the CSV has all. "
            "All moods have equal weight. Lines: 95 % intervals from a bootstrap over groups, once "
            "computed. Grey: the largest change when 200 clips of 4QAED were extracted again with "
            "other codecs (mp3, AAC, Opus), sampling rates (16 and 11 kHz), levels and cuts."
        )
    with right:
        st.header("One feature side by side")
        names = list(rows["feature"])
        name = st.selectbox(
            "Feature (largest difference first)",
            names,
            format_func=lambda feature: BY_NAME[feature].title,
            **address.one("feature", names, names[0]),
        )
        feature = BY_NAME[name]
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
            "Open this feature in Distributions",
            "bar_chart",
            dataset=list(titles),
            group=GROUP_KEYS[feature.group],
            feature=feature.name,
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
        "Projection",
        list(METHODS),
        required=True,
        format_func=METHODS.__getitem__,
        **address.one("plane", list(METHODS), "lda"),
    )
    try:
        points = load.projection(here, comparison.moods, method)
    except MMCError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
        return
    shown = {id_: titles[id_] for id_ in here}
    two = "-2" if len(comparison.moods) == 2 else ""  # one discriminant, so something beside it
    axes = AXES.get(method + two, AXES[method])
    names = [
        load.clip_names(id_).get(clip, clip) for id_, clip in points[["dataset", "clip"]].to_numpy()
    ]
    points = points.assign(name=names)
    widgets.figure(clip_map(points, shown, axes), key="map", name=f"map-{method}")
    learned = "Fitted on equally many clips of each mood and dataset, one per group."
    if sampled := _sampled(points, shown, comparison.moods):
        st.caption(f"Shown, chosen at random: {', '.join(sampled)}.")
    if method == "lda":
        st.caption(
            f"{learned} Each clip is placed by discriminants fitted without it and its group, so "
            "the map shows how well held-out clips separate."
        )
    else:
        st.caption(
            f"{learned} Principal components do not use the moods: they are the directions in "
            "which clips differ most, whether by mood, dataset or recording."
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
            "Model",
            models,
            format_func=MODELS.__getitem__,
            **address.one("model", models, models[0], keys=MODEL_KEYS),
        )
    with by_score:
        scores = [name for name in SCORES if name in comparison.transfer[0].scores]
        score = st.segmented_control(
            "Accuracy of",
            scores,
            required=True,
            format_func=SCORES.__getitem__,
            **address.one("score", scores, "accuracy"),
        )
    st.markdown(widgets.escape_markdown(conclusions.transfer(comparison, model, score)))
    widgets.figure(
        figures.transfer(comparison, model, score, titles), key="transfer", name="transfer"
    )
    st.caption(
        f"{comparison.n} clips per mood of each dataset, one per group. On the diagonal: "
        f"{comparison.folds}-fold cross-validation within one dataset. Elsewhere: trained on one "
        "dataset, tested on the other. Small numbers: 95 % intervals from a bootstrap over groups. "
        + (
            "Features are replaced by their ranks within each dataset, which removes differences "
            "in level between datasets."
            if model == ITSELF
            else "Features are scaled as in the training dataset."
        )
    )


VIEWS = {
    "answer": ("Which is easier?", show_answer),
    "features": ("Feature differences", show_features),
    "map": ("Map of clips", show_map),
    "transfer": ("Train on one, test on another", show_transfer),
}
