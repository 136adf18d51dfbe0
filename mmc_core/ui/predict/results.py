"""The answers for several songs as a table, and the choice of one of them."""

from __future__ import annotations

from collections.abc import Container, Sequence

import pandas as pd
import streamlit as st

from mmc_core.figures.style import mood_label
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, MOODS, NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import song_features
from mmc_core.ui.common import widgets
from mmc_core.ui.predict import model_choice
from mmc_core.ui.predict.visit import Result
from mmc_core.wording import header, listed, percent_format, shown

CHOICE = "closer"
_ASKED, _NEW = "results-asked", "results-new"  # in the session: ids, last and not yet shown


def choose_result(
    results: Sequence[Result],
    earlier: Sequence[Result],
    asked: Sequence[str] = (),
    waiting: Sequence[str] = (),
) -> Result | None:
    """Return the result to look at; with several, draw tables of all of them first.

    Args:
        results: of the songs that are asked for now.
        earlier: of other songs.
        asked: ids of the answers that the page waits for or has: what is new among them is shown.
        waiting: names of the songs that have no answer yet.
    """
    if len(results) + len(waiting) > 1:
        _draw_table(results, waiting, has_errors=False)
    if len(earlier) > 1 or (earlier and any(not each.prediction.error for each in results)):
        with st.expander(_("Earlier results ({n})", n=len(earlier)), expanded=not results):
            _draw_table(earlier)
    usable = {
        result.id: result.prediction
        for result in (*results, *earlier)
        if not result.prediction.error
    }
    new = _newly_answered(asked, usable)
    if not usable:
        return None
    chosen = next(iter(usable))
    is_choice = len(usable) > 1
    before = st.session_state.get(CHOICE)
    if new or (is_choice and before not in usable):
        st.session_state[CHOICE] = new or chosen
    if new and is_choice and before and new.rpartition("|")[0] != before.rpartition("|")[0]:
        name = widgets.escape_markdown(shown(usable[new].file))
        st.toast(_("Now shown: {song}, which came last.", song=name), icon=":material/music_note:")
    if is_choice:
        numbers = {id_: i for i, id_ in enumerate(usable, 1)}  # two songs may have one name
        chosen = st.selectbox(
            _("Show details of"),
            list(usable),
            format_func=lambda id_: _label(numbers[id_], usable[id_]),
            key=CHOICE,
            persist_state="session",  # a visit's results are not for others: not in the address
        )
    if any(result.id == chosen for result in earlier):
        name = widgets.escape_markdown(shown(usable[chosen].file))
        st.markdown(_("**Earlier result:** {song} is no longer in the upload box.", song=name))
    return next(result for result in (*results, *earlier) if result.id == chosen)


def _newly_answered(asked: Sequence[str], usable: Container[str]) -> str | None:
    """The first answer of what was asked last; None once it was shown. Of the song that was looked
    at, where another model is asked.
    """
    state = st.session_state
    looked_at = str(state.get(CHOICE)).rpartition("|")[0]  # the song: ids end with the model
    if new := [id_ for id_ in asked if id_ not in state.get(_ASKED, ())]:
        state[_NEW] = sorted(new, key=lambda id_: id_.rpartition("|")[0] != looked_at)
    if asked:
        state[_ASKED] = set(asked)
    answered = next((id_ for id_ in state.get(_NEW, ()) if id_ in usable), None)
    if answered:
        state[_NEW] = []
    return answered


def _label(number: int, prediction: Prediction) -> str:
    model = model_choice.short_label(prediction.model, model_choice.models())
    return f"{number}. {shown(prediction.file)}: {_answer(prediction)} ({model})"


def draw_errors(results: Sequence[Result]) -> None:
    """Draw one notice of all that could not be answered, a line a song."""
    errors = [each.prediction.error for each in results if each.prediction.error]
    if errors:
        lines = map(widgets.escape_markdown, errors)
        st.warning("\n\n".join(lines), icon=":material/warning:")


def _answer(prediction: Prediction) -> str:
    """Return an answer in a few words, with the moods' shapes."""
    if prediction.error:
        return _("no answer")
    if prediction.abstained:
        return _("cannot tell")
    return listed(
        (mood_label(BY_NAME[name]) for name in prediction.mood_set or [str(prediction.mood)]),
        N_("or"),
    )


def _draw_table(
    results: Sequence[Result], waiting: Sequence[str] = (), *, has_errors: bool = True
) -> None:
    """Draw answers, a row a song; what went wrong too, unless that is said elsewhere."""
    columns = ["file", "mood", *NAMES, "arousal", "valence", "duration_s", "model"]
    if has_errors and any(result.prediction.error for result in results):
        columns.append("error")
    table = results_table(results)
    predictions = [result.prediction for result in results]
    if results:
        table["mood"] = [_answer(each) for each in predictions]
        served = model_choice.models()
        table["model"] = [model_choice.short_label(each.model, served) for each in predictions]
    there = [name for name in NAMES if name in table]
    table[there] = 100 * table[there].astype(float)
    rest = pd.DataFrame({"file": list(waiting), "mood": _("waiting")})
    table = pd.concat([table, rest]) if waiting else table
    st.dataframe(
        table.reindex(columns=columns),
        placeholder="–",
        hide_index=True,
        column_config={
            "file": st.column_config.Column(header(_("file"))),
            "mood": st.column_config.Column(header(_("mood"))),
            **{
                mood.name: st.column_config.NumberColumn(
                    header(mood_label(mood)), format=percent_format()
                )
                for mood in MOODS
            },
            "arousal": st.column_config.NumberColumn(header(_("arousal")), format="%.2f"),
            "valence": st.column_config.NumberColumn(header(_("valence")), format="%.2f"),
            "duration_s": st.column_config.NumberColumn(header(_("duration (s)")), format="%.1f"),
            "model": st.column_config.Column(header(_("model"))),
            "error": st.column_config.Column(header(_("error"))),
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
