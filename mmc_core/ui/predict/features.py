"""A song's features beside those of the clips that the model learned from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import FEATURES
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import song_features
from mmc_core.runs import Run
from mmc_core.ui.common import load
from mmc_core.wording import rounded


def draw_features(prediction: Prediction, run: Run) -> None:
    """The song's values beside those of the clips that the model learned from."""
    if run.dataset not in datasets.every():
        return
    title = datasets.title_of(run.dataset)
    with st.expander(f"Features of the song, compared with {title}", icon=":material/table:"):
        st.dataframe(
            features_beside(prediction, load.summary(run.dataset)),
            hide_index=True,
            column_config={
                "rank": st.column_config.ProgressColumn(
                    f"percentile in {title}",
                    help="Share of the dataset's clips below the song's value. Each mood has the "
                    "same weight.",
                    min_value=0,
                    max_value=100,
                    format="%.0f %%",
                ),
                "usual": st.column_config.TextColumn(
                    f"middle half of {prediction.mood} clips" if prediction.mood else "middle half",
                    help="From the first to the third quartile",
                ),
            },
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
        row: dict[str, Any] = dict(group=feature.group, feature=feature.title, unit=feature.unit)
        if isinstance(value, str):
            row["value"] = value
        else:
            moods = summary.by_mood(feature.name)
            ranks = [100 * d.share_below(value) for d in moods.values()]
            mine = moods.get(prediction.mood or "")
            row |= {
                "value": rounded(value),
                "usual": f"{rounded(mine.q1)} to {rounded(mine.q3)}" if mine else "",
                "rank": float(np.mean(ranks)) if ranks else None,
            }
        rows.append(row | {"meaning": feature.meaning})
    columns = ["group", "feature", "value", "unit", "usual", "rank", "meaning"]
    return pd.DataFrame(rows, columns=columns)
