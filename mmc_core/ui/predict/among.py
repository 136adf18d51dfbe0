"""A song among the clips of each mood of a dataset: it is described so, no answer is explained."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from mmc_core import datasets, moods
from mmc_core.analysis import traits
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.figures import reasons as figures
from mmc_core.language import _
from mmc_core.prediction.contributions import takes_features
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import song_features
from mmc_core.runs import Run
from mmc_core.ui.common import load, widgets
from mmc_core.wording import shown

SHOWN = 3  # features


def draw_boxes(prediction: Prediction, run: Run) -> None:
    """Draw the song in the boxplots of the features that say most for its mood."""
    mood = prediction.mood
    if mood is None or run.dataset not in datasets.every() or not prediction.windows[0].features:
        return
    title, summary = datasets.title_of(run.dataset), load.summary(run.dataset)
    if mood not in summary.moods or len(summary.moods) < 2:
        return
    name, shown_title = shown(prediction.file), widgets.escape_markdown(title)
    values = song_features(prediction)
    if takes_features(run):  # those alone that it hears
        values = {feature: values[feature] for feature in ORIGINAL_57}
    first = traits.usual_features(mood, values, summary).head(SHOWN)
    if first.empty:
        return
    label = moods.BY_NAME[mood].label
    st.subheader(_("This song among clips of each mood"))
    for column, row in zip(st.columns(SHOWN), first.to_dict("records"), strict=False):
        feature = BY_NAME[str(row["feature"])]
        with column:
            st.markdown(
                _(
                    "**{feature}**: such a value is {ratio:.1f} times as common among {mood} clips "
                    "as among others.",
                    feature=_(feature.title),
                    ratio=row["ratio"],
                    mood=label,
                )
            )
            st.caption(_(feature.meaning))
            widgets.figure(
                figures.song_in_boxes(
                    feature, float(row["value"]), summary.by_mood(feature.name), name, title
                ),
                key=f"among-{feature.name.replace('_', '-')}",
                name=f"{Path(prediction.file).stem}-{feature.name}",
            )
    which = _(
        "The features that say most for {mood}, each by itself, of those in which the song lies in "
        "the middle half of the {mood} clips of {dataset}; without MFCCs. Features are correlated.",
        mood=label,
        dataset=shown_title,
    )
    if takes_features(run):
        heard = _("The model hears all of them together.")
    else:
        heard = _(
            "The model does not hear these features: they describe the song and are no reasons for "
            "the answer."
        )
    st.caption(f"{which} {heard}")
