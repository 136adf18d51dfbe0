"""How far a class agrees, with whom, and the files that keep it."""

from __future__ import annotations

import json
import math

import pandas as pd
import streamlit as st

from mmc_core.classroom import agreement
from mmc_core.classroom.agreement import Coefficient
from mmc_core.classroom.results import LABEL, Results, results
from mmc_core.classroom.session import Session
from mmc_core.files import csv_text
from mmc_core.moods import BY_NAME

NONE = "–"


def draw(session: Session) -> None:
    """Agreement among voters, of their majority with label and models, and the downloads."""
    votes = session.table()
    found = results(session.clips, votes)
    if found.voters < 2:
        st.info("Agreement needs at least two voters.", icon=":material/group:")
    else:
        st.header("Among voters", anchor=False)
        st.table(_among(found), border="horizontal", hide_index=True)
        st.caption(
            "1: all agree. 0: no more than by chance. Below 0: less than by chance. "
            f"{NONE}: not defined, as where all votes name one mood. {_intervals(found)}"
        )
    st.header("The class, the label and the models", anchor=False)
    st.table(_against(found), border="horizontal", hide_index=True)
    st.caption(
        "The class's mood of a clip is that of most votes. Clips without votes, or where two moods "
        "lead, are left out."
    )
    st.dataframe(_by_clip(found), hide_index=True, key="class-vote-clips")
    _draw_downloads(session, votes, found)


def _intervals(found: Results) -> str:
    n, least = len(found.clips), agreement.LEAST_CLIPS
    if n >= least:
        return "Intervals are of bootstrap samples of the clips."
    return f"{n} clips say little of other music: intervals are given from {least} clips on."


def _among(found: Results) -> pd.DataFrame:
    rows = [
        (
            "Cohen's kappa, mean over pairs of voters",
            Coefficient(found.cohen.kappa),
            f"{found.cohen.pairs} pairs with at least two clips in common",
        ),
        (
            "Fleiss' kappa",
            found.fleiss,
            f"{found.complete} voters who voted on every clip",
        ),
        ("Krippendorff's alpha of moods", found.alpha_mood, "all votes"),
        ("Krippendorff's alpha of arousal", found.alpha_arousal, "all votes, squared differences"),
        ("Krippendorff's alpha of valence", found.alpha_valence, "all votes, squared differences"),
    ]
    return pd.DataFrame(
        [(name, _text(value), basis) for name, value, basis in rows],
        columns=["Measure", "Agreement", "Based on"],
    )


def _text(value: Coefficient) -> str:
    if math.isnan(value.value):
        return NONE
    text = f"{value.value:.2f}"
    return text if math.isnan(value.low) else f"{text} (95 %: {value.low:.2f} to {value.high:.2f})"


def _against(found: Results) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                "Label" if each.name == LABEL else each.name,
                f"{each.same} of {each.clips} clips",
                _text(Coefficient(each.kappa)),
            )
            for each in found.against
        ],
        columns=["Class's majority against", "Same mood", "Cohen's kappa"],
    )


def _by_clip(found: Results) -> pd.DataFrame:
    systems = [each.name for each in found.against if each.name != LABEL]
    rows = []
    for i, clip in enumerate(found.clips, start=1):
        row = {"Clip": f"{i}. {clip.name}", "Class": _mood(clip.majority), "Votes": clip.votes}
        row["Label"] = _mood(clip.label)
        row |= {system: _mood(clip.predicted.get(system)) for system in systems}
        rows.append(row)
    return pd.DataFrame(rows)


def _mood(name: str | None) -> str:
    return f"{BY_NAME[name].mark} {name}" if name else NONE


def _draw_downloads(session: Session, votes: pd.DataFrame, found: Results) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Votes (CSV)",
            csv_text(votes),
            file_name=f"class-vote-{session.code}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="A row a vote; voters have random numbers",
        )
        st.download_button(
            "Results (JSON)",
            json.dumps(found.as_json(), indent=2),
            file_name=f"class-vote-{session.code}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
        )
