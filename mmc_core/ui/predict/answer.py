"""A prediction on the page: the mood, the windows, how far to trust it, the features."""

from __future__ import annotations

import mimetypes
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from mmc_core import datasets, runs
from mmc_core.analysis.summaries import Summary
from mmc_core.audio import CLIP_S
from mmc_core.features.schema import FEATURES
from mmc_core.figures import song as figures
from mmc_core.figures.plane import mood_plane
from mmc_core.learning import scores
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.prediction.song import song_features
from mmc_core.runs import Run
from mmc_core.runs.cards import accuracy_sentence
from mmc_core.ui.common import load, widgets
from mmc_core.ui.predict.session import Result
from mmc_core.wording import listed, rounded, shown

NOT_PLAYED = {"audio/x-ms-wma", "audio/x-aiff", "audio/aiff"}  # by browsers
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


def model_label(run: Run) -> str:
    """What a choice of models calls a run: what it is, what it learned from, how to ask for it."""
    numbers = [n for n, name in runs.serving().items() if name == run.name and n.isdigit()]
    known_as = " and ".join(f"model {number}" for number in numbers) or run.name
    title = run.title[:1].upper() + run.title[1:]
    return f"{title}, trained on {datasets.title_of(run.dataset)} ({known_as})"


def choose_result(results: Sequence[Result]) -> Result | None:
    """The result to look at; with several, a table of all of them first."""
    usable = [result for result in results if not result.prediction.error]
    if len(results) > 1:
        columns = ["file", "mood", *NAMES, "arousal", "valence", "duration_s", "model"]
        if len(usable) < len(results):
            columns.append("error")
        st.dataframe(
            results_table(results)[columns],
            placeholder="",
            hide_index=True,
            column_config={
                **{name: st.column_config.NumberColumn(format="percent") for name in NAMES},
                "arousal": st.column_config.NumberColumn(format="%.2f"),
                "valence": st.column_config.NumberColumn(format="%.2f"),
                "duration_s": st.column_config.NumberColumn("duration (s)", format="%.1f"),
            },
        )
    if len(usable) < 2:
        return usable[0] if usable else None
    return usable[
        st.selectbox(
            "Look closer at",
            range(len(usable)),
            # Numbered, because two songs may have one name.
            format_func=lambda i: (
                f"{i + 1}. {usable[i].prediction.file}, {usable[i].prediction.model}"
            ),
        )
    ]


def draw_answer(prediction: Prediction, run: Run, content: bytes | None) -> None:
    """Player, mood, probabilities, place in the plane, votes, windows over time."""
    assert prediction.mood and prediction.probabilities and prediction.duration_s
    assert prediction.valence is not None and prediction.arousal is not None
    sure = prediction.probabilities[prediction.mood]
    right, n = scores.right_when_as_sure(run.predictions(), sure)
    answer, plane = st.columns([3, 2], gap="large")
    with answer:
        st.markdown(
            f"**{widgets.escape_markdown(shown(prediction.file))}**, {prediction.duration_s:.1f} s"
        )
        if content and media_type(prediction.file) in NOT_PLAYED:
            st.caption("Browsers do not play this kind of file.")
        elif content:
            st.audio(content, format=media_type(prediction.file))
        widgets.mood_headline(
            prediction.mood,
            f"{sure:.0%} by the model's own reckoning. Of its {n} answers that were about as sure, "
            f"on clips it had never met, {right:.0%} were right.",
        )
        if prediction.duration_s < CLIP_S:
            st.caption(
                f"Shorter than the {CLIP_S} s clips that the model was trained on: trust it less."
            )
        widgets.figure(
            figures.probability_bars(prediction), key="probabilities", name="probabilities"
        )
    with plane:
        point = (prediction.valence, prediction.arousal)
        widgets.figure(
            mood_plane(point, name=prediction.file, height=400), key="plane", name="mood-plane"
        )
    draw_votes(prediction)
    likeliest = [max(w.probabilities, key=lambda m: w.probabilities[m]) for w in prediction.windows]
    if len(likeliest) > 1:
        st.subheader("Over time")
        widgets.figure(figures.timeline(prediction), key="timeline", name="windows")
        st.caption(
            f"Each window is {CLIP_S} s of the song and overlaps the next by half or more; the "
            f"song's probabilities are their mean. In {likeliest.count(prediction.mood)} of "
            f"{len(likeliest)} windows {prediction.mood} is the likeliest. Silent windows are "
            "passed over."
        )


def draw_votes(prediction: Prediction) -> None:
    """Each network's vote and how they were decided; nothing for a model that is one network."""
    if not prediction.votes:
        return
    n = len(prediction.votes)
    st.subheader(f"The {NUMBERS.get(n, n)} votes")
    st.markdown(decision(prediction))
    widgets.figure(figures.vote_bars(prediction), key="votes", name="votes")
    st.caption(
        "Each network hears the same song as another picture of it, and names the mood that is "
        "likeliest over all windows. The probabilities of the song, and of each window, are the "
        "networks' mean."
    )


def decision(prediction: Prediction) -> str:
    """How a vote came to its mood, Markdown."""
    assert prediction.mood and prediction.votes and prediction.probabilities
    n = len(prediction.votes)
    votes = Counter(vote.mood for vote in prediction.votes)
    most = [mood for mood in NAMES if votes[mood] == max(votes.values())]
    voters = f"{NUMBERS.get(n, n)} networks"
    if len(votes) == 1:
        text = f"All {voters} say **{prediction.mood}**."
    elif len(most) == 1:
        count = votes[prediction.mood]
        text = f"{NUMBERS.get(count, str(count)).capitalize()} of the {voters} say "
        text += f"**{prediction.mood}**, and most votes win."
    else:
        text = f"The {voters} tie between {listed(most)}; of these, "
        text += f"**{prediction.mood}** has the highest mean probability."
    likeliest = max(NAMES, key=prediction.probabilities.__getitem__)
    if likeliest != prediction.mood:
        text += (
            f" The mean probability is highest for {likeliest} "
            f"({prediction.probabilities[likeliest]:.0%} against "
            f"{prediction.probabilities[prediction.mood]:.0%}), but votes count before it."
        )
    return text


def draw_trust(prediction: Prediction, run: Run) -> None:
    """How good the model is, in general and when it gives this answer."""
    assert prediction.mood
    right, answers = scores.right_when_predicted(run.scores, prediction.mood)
    dataset = datasets.every().get(run.dataset)  # a person may have removed their own
    about = f"{dataset.music} Music unlike that" if dataset else "Music unlike those"
    extraction = dataset.extraction if dataset else ""
    learned_from = run.info["data"]["n"] - run.scores["n"]
    st.subheader("How far to trust it")
    st.markdown(
        f"""
- {accuracy_sentence(run)}
- Of its {answers} answers **{prediction.mood}** on clips it had never met, {right} were right.
- It learned from {learned_from} other clips of {datasets.title_of(run.dataset)}. {about}
  is judged by what happens to be similar. {extraction}
"""
    )


def draw_features(prediction: Prediction, run: Run) -> None:
    """The song's values beside those of the clips that the model learned from."""
    if run.dataset not in datasets.every():
        return
    title = datasets.title_of(run.dataset)
    with st.expander(f"The song's features beside {title}", icon=":material/table:"):
        st.dataframe(
            features_beside(prediction, load.summary(run.dataset)),
            hide_index=True,
            column_config={
                "rank": st.column_config.ProgressColumn(
                    f"rank in {title}",
                    help="Share of the clips below the song's value, the moods weighing alike",
                    min_value=0,
                    max_value=100,
                    format="%.0f %%",
                ),
                "usual": st.column_config.TextColumn(f"middle half of {prediction.mood} clips"),
            },
        )


def draw_downloads(results: Sequence[Result], prediction: Prediction) -> None:
    """All results, and this song's windows, as CSV."""
    with st.container(horizontal=True):
        st.download_button(
            "All results (CSV)",
            results_table(results).to_csv(index=False),
            file_name="moods.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="A row a file: mood, probabilities, arousal, valence, votes and all features",
        )
        st.download_button(
            "This song's windows (CSV)",
            pd.concat(
                [
                    figures.windows_table(prediction),
                    pd.DataFrame([window.features for window in prediction.windows]),
                ],
                axis=1,
            ).to_csv(index=False),
            file_name="windows.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="A row a window: start, end, probabilities and all features",
        )


def media_type(name: str) -> str:
    """What a browser is told of a file that is played: never anything but sound."""
    guessed = mimetypes.guess_type(name)[0] or ""
    return guessed if guessed.startswith("audio/") else "audio/wav"


def results_table(results: Sequence[Result]) -> pd.DataFrame:
    """A row a file: mood, probabilities, arousal, valence, votes, what went wrong, all features."""
    return pd.DataFrame(
        [
            {
                "file": result.file,
                "model": result.model,
                "duration_s": result.duration_s,
                "mood": result.mood,
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
