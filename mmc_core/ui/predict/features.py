"""A song's features beside those of the clips that the model learned from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.analysis.summaries import Summary
from mmc_core.audio import CLIP_S
from mmc_core.features.schema import FEATURES
from mmc_core.language import _
from mmc_core.moods import BY_NAME
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import song_features
from mmc_core.runs import Run
from mmc_core.ui.common import load
from mmc_core.wording import header, percent_format, rounded


def draw_features(prediction: Prediction, run: Run) -> None:
    """Draw the song's values beside those of the clips that the model learned from."""
    if run.dataset not in datasets.every():
        return
    title = datasets.title_of(run.dataset)
    st.subheader(_("Features of the song, compared with {dataset}", dataset=title))
    st.caption(part_in_words(prediction))
    st.dataframe(
        features_beside(prediction, load.summary(run.dataset)),
        hide_index=True,
        placeholder="–",
        column_config={
            "group": st.column_config.Column(header(_("group"))),
            "feature": st.column_config.Column(header(_("feature"))),
            "value": st.column_config.Column(header(_("value"))),
            "unit": st.column_config.Column(header(_("unit"))),
            "meaning": st.column_config.Column(header(_("meaning")), width="large"),
            "rank": st.column_config.ProgressColumn(
                header(_("percentile in {dataset}", dataset=title)),
                help=_(
                    "Share of the dataset's clips below the song's value. Each mood has the "
                    "same weight."
                ),
                min_value=0,
                max_value=100,
                format=percent_format(),
            ),
            "usual": st.column_config.TextColumn(
                header(
                    _("middle half of {mood} clips", mood=BY_NAME[prediction.mood].label)
                    if prediction.mood
                    else _("middle half")
                ),
                help=_("From the first to the third quartile"),
            ),
        },
    )


def part_in_words(prediction: Prediction) -> str:
    """Return which part of the song the features are measured over, and how far its parts agree on
    the tempo.
    """
    if len(prediction.windows) < 2:
        return _("Measured over the whole song.")
    tempos = [float(window.features["tempo"]) for window in prediction.windows]
    text = _(
        "Measured over the whole song: the mean of {n} overlapping parts of {seconds} s. Listen "
        "measures one such part.",
        n=len(tempos),
        seconds=CLIP_S,
    )
    low, high = f"{min(tempos):.0f}", f"{max(tempos):.0f}"
    if low == high:
        return text
    return f"{text} " + _(
        "The tempo is the median of the parts, which are from {low} to {high} BPM: half or double "
        "the tempo is a common error.",
        low=low,
        high=high,
    )


def features_beside(prediction: Prediction, summary: Summary) -> pd.DataFrame:
    """The song's features, each with its place among a dataset's clips.

    `rank` is the share of clips (%) below the song's value, the moods weighing alike; `usual` the
    middle half of the clips of the predicted mood.
    """
    values = song_features(prediction)
    rows = []
    for feature in FEATURES:
        value = values[feature.name]
        row: dict[str, Any] = dict(
            group=_(feature.group), feature=_(feature.title), unit=_(feature.unit)
        )
        if isinstance(value, str):
            row["value"] = _(value)
        else:
            moods = summary.by_mood(feature.name)
            ranks = [100 * d.share_below(value) for d in moods.values()]
            mine = moods.get(prediction.mood or "")
            row |= {
                "value": rounded(value),
                "usual": _("{low} to {high}", low=rounded(mine.q1), high=rounded(mine.q3))
                if mine
                else None,
                "rank": float(np.mean(ranks)) if ranks else None,
            }
        rows.append(row | {"meaning": _(feature.meaning)})
    columns = ["group", "feature", "value", "unit", "usual", "rank", "meaning"]
    return pd.DataFrame(rows, columns=columns)
