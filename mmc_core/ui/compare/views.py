"""The views of the Compare page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.analysis.summaries import outliers_without_values
from mmc_core.comparison import compare, transfer_sentences
from mmc_core.comparison.draws import CLASSIFIER
from mmc_core.comparison.projection import METHODS, nearest_alike
from mmc_core.comparison.result import Comparison
from mmc_core.comparison.transfer import ITSELF, NETWORK
from mmc_core.errors import MMCError
from mmc_core.features.schema import BY_NAME, GROUP_KEYS, Feature
from mmc_core.figures import comparison as figures
from mmc_core.figures import dataset_shift, dataset_transfer, distributions
from mmc_core.figures.clip_map import clip_map
from mmc_core.language import N_, _, ngettext
from mmc_core.ui.common import address, load, screen, widgets
from mmc_core.ui.common.drawn import drawn
from mmc_core.ui.compare import answer
from mmc_core.wording import listed, percent

AXES = {
    "lda": (N_("First discriminant"), N_("Second discriminant")),
    "lda-2": (N_("Discriminant"), N_("First component of the rest")),
    "pca": (N_("First principal component"), N_("Second principal component")),
}
MODELS = {
    CLASSIFIER: N_("Logistic regression"),
    ITSELF: N_("Logistic regression, each dataset scaled on its own"),
    NETWORK: N_("1D convolutional network"),
}
MODEL_KEYS = {CLASSIFIER: CLASSIFIER, ITSELF: "scaled-by-itself", NETWORK: NETWORK}  # in addresses
SCORES = {"accuracy": N_("Mood"), "arousal": N_("Arousal"), "valence": N_("Valence")}
Titles = dict[str, str]


def show_features(comparison: Comparison, titles: Titles) -> None:
    """Which features differ between two datasets, and one feature side by side."""
    pairs = {f"{a},{b}": (a, b) for a, b in combinations(titles, 2)}
    pair = st.segmented_control(
        _("Two datasets"),
        list(pairs),
        required=True,
        wrap=True,
        format_func=lambda key: listed(titles[id_] for id_ in pairs[key]),
        **address.one("pair", list(pairs), next(iter(pairs))),
    )
    one, other = pairs[pair]
    rows = dataset_shift.shift_table(comparison, one, other, titles)
    if rows.empty:
        st.info(
            _(
                "These two datasets have no numeric feature in common, so there is nothing to "
                "compare."
            ),
            icon=":material/info:",
        )
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.header(_("Features that differ"))
        beyond = rows[rows["beyond"]]
        first = (rows if beyond.empty else beyond).iloc[0]
        by = f"{first['difference']:+.2f}".replace("-", "−")
        largest = {"feature": _(BY_NAME[first["feature"]].title), "by": by, "total": len(rows)}
        st.markdown(
            _(
                "**None of {total} features** differs by more than re-encoding a recording "
                "changes it. The largest difference is in **{feature}**: {by} standard "
                "deviations.",
                **largest,
            )
            if beyond.empty
            else ngettext(
                "**{n} of {total} features** differs by more than re-encoding a recording "
                "changes it. The largest of these differences is in **{feature}**: {by} "
                "standard deviations.",
                "**{n} of {total} features** differ by more than re-encoding a recording "
                "changes them. The largest of these differences is in **{feature}**: {by} "
                "standard deviations.",
                len(beyond),
                **largest,
            )
        )
        widgets.figure(
            drawn(dataset_shift.shift, comparison, one, other, titles, narrow=screen.is_narrow()),
            key="shift",
            name="shift",
        )
        st.caption(
            _(
                "The {n} features that differ most; the CSV has all. All moods have equal weight. "
                "Lines: 95 % intervals from a bootstrap over groups, where they are computed. "
                "Grey: the largest change when 200 clips of 4QAED were extracted again with other "
                "codecs (mp3, AAC, Opus), sampling rates (16 and 11 kHz), levels and cuts.",
                n=min(len(rows), figures.SHOWN),
            )
        )
    with right:
        st.header(_("One feature side by side"))
        names = list(rows["feature"])
        name = st.selectbox(
            _("Feature (largest difference first)"),
            names,
            format_func=lambda feature: _(BY_NAME[feature].title),
            **address.one("feature", names, names[0]),
        )
        feature = BY_NAME[name]
        data = {
            titles[id_]: {
                mood: d
                for mood, d in load.summary(id_).by_mood(feature.name).items()
                if mood in comparison.moods
            }
            for id_ in (one, other)
        }
        st.markdown(f"{feature.label}. {_(feature.meaning)}")
        _draw_boxplot(feature, data)
        widgets.page_link(
            "distributions",
            _("Open this feature in Distributions"),
            "bar_chart",
            dataset=[one, other],
            group=GROUP_KEYS[feature.group],
            feature=feature.name,
        )


def _draw_boxplot(feature: Feature, data: distributions.ByDataset) -> None:
    """Draw a feature's boxes with their outliers, as Distributions does."""
    look = distributions.Look(narrow=screen.is_narrow())
    widgets.figure(
        drawn(distributions.boxplot, feature, data, look), key="beside", name=feature.name
    )
    st.caption(_(distributions.READING))
    without = [
        widgets.escape_markdown(title)
        for title, moods in data.items()
        if outliers_without_values(moods.values())
    ]
    if without:
        st.caption(_("Not all outliers of {datasets} are drawn.", datasets=listed(without)))


def show_map(comparison: Comparison, titles: Titles) -> None:
    """Clips as points of a plane."""
    missing = {id_: why for id_ in titles if (why := compare.missing(datasets.get(id_)))}
    for sentence in missing.values():
        st.info(widgets.escape_markdown(sentence), icon=":material/info:")
    here = [id_ for id_ in titles if id_ not in missing]
    if not here:
        return
    method = st.segmented_control(
        _("Projection"),
        list(METHODS),
        required=True,
        format_func=lambda method: _(METHODS[method]),
        **address.one("plane", list(METHODS), "lda"),
    )
    try:
        points = load.projection(here, comparison.moods, method)
    except MMCError as error:
        st.warning(widgets.escape_markdown(str(error)), icon=":material/warning:")
        return
    shown = {id_: titles[id_] for id_ in here}
    two = "-2" if len(comparison.moods) == 2 else ""  # one discriminant, so something beside it
    axes = [_(axis) for axis in AXES.get(method + two, AXES[method])]
    names = {id_: load.clip_names(id_) for id_ in here}
    clips = points[["dataset", "clip"]].to_numpy()
    points = points.assign(name=[names[id_].get(clip, clip) for id_, clip in clips])
    st.markdown(_nearest(points))
    widgets.figure(drawn(clip_map, points, shown, axes), key="map", name=f"map-{method}")
    if sampled := _sampled(points, shown, comparison.moods):
        st.caption(_("Shown, chosen at random: {clips}.", clips=", ".join(sampled)))
    learned = _("Fitted on equally many clips of each mood and dataset, one per group.")
    placed = (
        _(
            "Each clip is placed by discriminants fitted without it and its group, so the map "
            "shows how far held-out clips of different moods separate, and how much they mix."
        )
        if method == "lda"
        else _(
            "Principal components do not use the moods: they are the directions in which clips "
            "differ most, whether by mood, dataset or recording. Look whether clips "
            "of one mood lie together, or those of one dataset."
        )
    )
    st.caption(f"{learned} {placed}")


def _nearest(points: pd.DataFrame) -> str:
    """Return in a sentence whether moods lie apart on a map, and whether datasets do."""
    mood, by_chance = map(percent, nearest_alike(points, "mood"))
    text = _(
        "Of each clip's ten nearest on this map, **{share} have its mood** (by chance: {chance})",
        share=mood,
        chance=by_chance,
    )
    if len(points["dataset"].unique()) == 1:
        return f"{text}."
    dataset, by_chance = map(percent, nearest_alike(points, "dataset"))
    of_dataset = _(
        "**{share} are of its dataset** (by chance: {chance})", share=dataset, chance=by_chance
    )
    return listed([text, of_dataset]) + "."


def _sampled(points: pd.DataFrame, titles: Titles, moods: Sequence[str]) -> list[str]:
    """How many clips are drawn of each dataset that is too large to draw whole."""
    sentences = []
    for id_, title in titles.items():
        drawn = int((points["dataset"] == id_).sum())
        n_clips = datasets.get(id_).clips()
        of = sum(n_clips.get(mood, 0) for mood in moods)
        if drawn < of:
            sentences.append(
                _(
                    "{drawn:,} of the {total:,} clips of {dataset}",
                    drawn=drawn,
                    total=of,
                    dataset=widgets.escape_markdown(title),
                )
            )
    return sentences


def show_transfer(comparison: Comparison, titles: Titles) -> None:
    """Trained on one dataset, tested on another."""
    if not comparison.transfer:
        answer.offer_to_work_out(comparison)
        return
    by_model, by_score = st.columns(2)
    models = [model for model in MODELS if model in comparison.models]
    with by_model:
        model = st.selectbox(
            _("Model"),
            models,
            format_func=lambda model: _(MODELS[model]),
            **address.one("model", models, models[0], keys=MODEL_KEYS),
        )
    with by_score:
        scores = [name for name in SCORES if name in comparison.transfer[0].scores]
        score = st.segmented_control(
            _("Accuracy of"),
            scores,
            required=True,
            format_func=lambda score: _(SCORES[score]),
            **address.one("score", scores, "accuracy"),
        )
    st.markdown(widgets.escape_markdown(transfer_sentences.of_all(comparison, model, score)))
    widgets.figure(
        dataset_transfer.transfer(comparison, model, score, titles), key="transfer", name="transfer"
    )
    made = _(
        "{n} clips per mood of each dataset, one per group. On the diagonal: {folds}-fold "
        "cross-validation within one dataset. Elsewhere: trained on one dataset, tested on the "
        "other. Small numbers: 95 % intervals from a bootstrap over groups.",
        n=comparison.n,
        folds=comparison.folds,
    )
    scaled = (
        _(
            "Features are replaced by their ranks within each dataset, which removes differences "
            "in level between datasets."
        )
        if model == ITSELF
        else _("Features are scaled as in the training dataset.")
    )
    st.caption(f"{made} {scaled}")


VIEWS = {
    "answer": (N_("Which is easier?"), answer.show),
    "features": (N_("Feature differences"), show_features),
    "map": (N_("Map of clips"), show_map),
    "transfer": (N_("Train on one, test on another"), show_transfer),
}
