"""The answers for several songs as a table, and the choice of one of them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from mmc_core.language import _
from mmc_core.moods import MOODS, NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import song_features
from mmc_core.ui.predict.visit import Result
from mmc_core.wording import shown

CHOICE = "closer"


def choose_result(results: Sequence[Result], earlier: Sequence[Result]) -> Result | None:
    """The result to look at; with several, tables of all of them first."""
    if len(results) > 1:
        _draw_table(results)
    if earlier:
        with st.expander(_("Earlier results ({n})", n=len(earlier)), expanded=not results):
            _draw_table(earlier)
    usable = {
        result.id: result.prediction
        for result in (*results, *earlier)
        if not result.prediction.error
    }
    if not usable:
        return None
    chosen = next(iter(usable))
    if len(usable) > 1:
        if st.session_state.get(CHOICE) not in usable:
            st.session_state[CHOICE] = chosen
        numbers = {id_: i for i, id_ in enumerate(usable, 1)}  # two songs may have one name
        chosen = st.selectbox(
            _("Show details of"),
            list(usable),
            format_func=lambda id_: _label(numbers[id_], usable[id_]),
            key=CHOICE,
            persist_state="session",  # a visit's results are not for others: not in the address
        )
    return next(result for result in (*results, *earlier) if result.id == chosen)


def _label(number: int, prediction: Prediction) -> str:
    return f"{number}. {shown(prediction.file)}: {prediction.answer} ({prediction.model})"


def _draw_table(results: Sequence[Result]) -> None:
    columns = ["file", "mood", *NAMES, "arousal", "valence", "duration_s", "model"]
    if any(result.prediction.error for result in results):
        columns.append("error")
    table = results_table(results)
    predictions = [result.prediction for result in results]
    table["mood"] = [None if each.error else each.answer for each in predictions]
    st.dataframe(
        table[columns],
        placeholder="",
        hide_index=True,
        column_config={
            "file": st.column_config.Column(_("file")),
            "mood": st.column_config.Column(_("mood")),
            **{
                mood.name: st.column_config.NumberColumn(mood.label, format="percent")
                for mood in MOODS
            },
            "arousal": st.column_config.NumberColumn(_("arousal"), format="%.2f"),
            "valence": st.column_config.NumberColumn(_("valence"), format="%.2f"),
            "duration_s": st.column_config.NumberColumn(_("duration (s)"), format="%.1f"),
            "model": st.column_config.Column(_("model")),
            "error": st.column_config.Column(_("error")),
        },
    )


def results_table(results: Sequence[Result]) -> pd.DataFrame:
    """A row a file: mood, probabilities, arousal, valence, votes, what went wrong, all features."""
    return pd.DataFrame(
        [
            {
                "file": result.file,
                "model": result.model,
                "duration_s": result.duration_s,
                "mood": result.mood,
                "mood_set": " or ".join(result.mood_set),
                **(result.probabilities or dict.fromkeys(NAMES)),
                "arousal": result.arousal,
                "valence": result.valence,
                **{f"vote_{vote.input}": vote.mood for vote in result.votes or ()},
                "error": result.error,
                **(song_features(result) if result.windows else {}),
            }
            for result in (each.prediction for each in results)
        ]
    )
