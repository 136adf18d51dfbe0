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
from mmc_core.figures.style import mood_label
from mmc_core.files import csv_text
from mmc_core.language import N_, _, write
from mmc_core.moods import BY_NAME
from mmc_core.ui.common import screen

NONE = "–"


def draw(session: Session) -> None:
    """Agreement among voters, of their majority with label and models, and the downloads."""
    votes = session.table()
    found = results(session.clips, votes)
    if found.voters < 2:
        st.info(_("Agreement needs at least two voters."), icon=":material/group:")
    else:
        st.header(_("Among voters"), anchor=False)
        st.markdown(_unanimous(found))
        st.table(_among(found), border="horizontal", hide_index=True)
        st.caption(
            _(
                "1: all agree. 0: no more than by chance. Below 0: less than by chance. "
                "{dash}: not defined, as where all votes name one mood.",
                dash=NONE,
            )
            + f" {_intervals(found)}"
        )
    st.header(_("The class, the label and the models"), anchor=False)
    st.table(_against(found), border="horizontal", hide_index=True)
    st.caption(
        _(
            "The class's mood of a clip is that of most votes. Clips without votes, or where two "
            "moods lead, are left out."
        )
    )
    by_clip = _by_clip(found)
    if screen.is_narrow():
        numbered = by_clip.iloc[:, [0, 1, 3]]  # with its label, without the models
        by_clip = numbered.assign(**{_("Clip"): range(1, len(numbered) + 1)})
    st.dataframe(by_clip, hide_index=True, key="class-vote-clips")
    _draw_downloads(session, votes, found)


def _unanimous(found: Results) -> str:
    """Return on how many clips everybody chose one mood, in a sentence."""
    shared = [clip for clip in found.clips if clip.votes > 1]
    n = sum(sum(1 for votes in clip.moods.values() if votes) == 1 for clip in shared)
    return _(
        "**On {n} of {clips} clips with several votes, everybody chose the same mood.**",
        n=n,
        clips=len(shared),
    )


def _intervals(found: Results) -> str:
    n, least = len(found.clips), agreement.LEAST_CLIPS
    if n >= least:
        return _("Intervals are of bootstrap samples of the clips.")
    return _(
        "{n} clips say little of other music: intervals are given from {least} clips on.",
        n=n,
        least=least,
    )


def _among(found: Results) -> pd.DataFrame:
    squared = _("all votes, squared differences")
    rows = [
        (
            _("Cohen's kappa, mean over pairs of voters"),
            Coefficient(found.cohen.kappa),
            _("{n} pairs of voters for whom it is defined", n=found.cohen.pairs),
        ),
        (
            _("Fleiss' kappa"),
            found.fleiss,
            _("{n} voters who voted on every clip", n=found.complete),
        ),
        (_("Krippendorff's alpha of moods"), found.alpha_mood, _("all votes")),
        (_("Krippendorff's alpha of arousal"), found.alpha_arousal, squared),
        (_("Krippendorff's alpha of valence"), found.alpha_valence, squared),
    ]
    return pd.DataFrame(
        [(name, _text(value), basis) for name, value, basis in rows],
        columns=[_("Measure"), _("Agreement"), _("Based on")],
    )


def _text(value: Coefficient) -> str:
    if math.isnan(value.value):
        return NONE
    if math.isnan(value.low):
        return write(value.value, ".2f")
    return _("{value:.2f} (95 %: {low:.2f} to {high:.2f})", **value._asdict())


def _against(found: Results) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                _("Label") if each.name == LABEL else _(each.name),
                _("{same} of {n} clips", same=each.same, n=each.clips),
                _text(Coefficient(each.kappa)),
            )
            for each in found.against
        ],
        columns=[_("Class's majority against"), _("Same mood"), _("Cohen's kappa")],
    )


def _by_clip(found: Results) -> pd.DataFrame:
    systems = [each.name for each in found.against if each.name != LABEL]
    rows = []
    for i, clip in enumerate(found.clips, start=1):
        row: dict[str, str | int] = {N_("Clip"): f"{i}. {clip.name}"}
        row |= {N_("Class"): _mood(clip.majority), N_("Votes"): clip.votes}
        row[N_("Label")] = _mood(clip.label)
        row |= {system: _mood(clip.predicted.get(system)) for system in systems}
        rows.append(row)
    return pd.DataFrame(rows).rename(columns=_)


def _mood(name: str | None) -> str:
    return mood_label(BY_NAME[name]) if name else NONE


def _draw_downloads(session: Session, votes: pd.DataFrame, found: Results) -> None:
    with st.container(horizontal=True):
        st.download_button(
            _("Votes (CSV)"),
            csv_text(votes),
            file_name=f"class-vote-{session.code}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help=_("A row a vote; voters have random numbers"),
        )
        st.download_button(
            _("Results (JSON)"),
            json.dumps(found.as_json(), indent=2),
            file_name=f"class-vote-{session.code}.json",
            mime="application/json",
            icon=":material/download:",
            on_click="ignore",
        )
