"""How far a class agrees, with whom, and the files that keep it."""

from __future__ import annotations

import json
import math

import pandas as pd
import streamlit as st

from mmc_core.classroom import agreement
from mmc_core.classroom.agreement import Coefficient
from mmc_core.classroom.results import LABEL, Against, ClipResult, Results, results
from mmc_core.classroom.session import Session
from mmc_core.figures.style import mood_label
from mmc_core.files import csv_text
from mmc_core.language import N_, _, ngettext, write
from mmc_core.moods import BY_NAME
from mmc_core.ui.common import screen, widgets
from mmc_core.ui.vote.clips import HELD_OUT
from mmc_core.wording import listed

NONE = "–"


def draw(session: Session) -> None:
    """Draw what the class, the label and the models say of each clip; then how far they agree."""
    votes = session.table()
    found = results(session.clips, votes)
    _draw_clips(found)
    if found.voters < 2:
        st.info(_("Agreement needs at least two voters."), icon=":material/group:")
    else:
        with st.expander(_("Agreement beyond chance"), key="class-vote-coefficients"):
            _draw_coefficients(found)
    _draw_downloads(session, votes, found)


def _draw_clips(found: Results) -> None:
    """Draw on how many clips most agree, and the moods of each clip."""
    if found.shared:
        st.markdown(_agreed(found))
    by_clip = _by_clip(found)
    if screen.is_narrow():
        numbered = by_clip.iloc[:, :4]  # with its label, without the models
        by_clip = numbered.assign(**{_("Clip"): range(1, len(numbered) + 1)})
    st.table(by_clip, border="horizontal", hide_index=True)
    st.markdown("\n".join(f"- {_against(each)}" for each in found.against if each.clips))
    st.caption(
        _(
            "The class's mood of a clip is that of most votes. Clips without votes, or with a tie, "
            "are not counted. A model that names several moods has the same mood if the class's is "
            "among them."
        )
    )
    _explain_models({each.name for each in found.against})


def _agreed(found: Results) -> str:
    """Return on how many clips more than half chose one mood, and on how many all did."""
    return ngettext(
        "**On {most} of {n} clip with several votes, more than half chose the same mood; on {all}, "
        "everybody did.**",
        "**On {most} of {n} clips with several votes, more than half chose the same mood; on "
        "{all}, everybody did.**",
        len(found.shared),
        most=sum(2 * clip.agreed > clip.votes for clip in found.shared),
        all=sum(clip.agreed == clip.votes for clip in found.shared),
    )


def _explain_models(names: set[str]) -> None:
    """Say what the models are, with a link to the page that lists them."""
    if HELD_OUT in names:
        st.caption(
            _(
                "The best system is the most accurate evaluation on the dataset; it predicted each "
                "clip while the clip was held out of its training."
            )
        )
        widgets.page_link("training", _("All evaluations"), "show_chart", view="evaluations")
    elif len(names) > 1:
        widgets.page_link("predict", _("More about these models on Predict"), "music_note")


def _against(each: Against) -> str:
    """Return on how many clips the class's mood is that of the label or a system."""
    return ngettext(
        "{name}: the class's mood on {same} of {n} clip",
        "{name}: the class's mood on {same} of {n} clips",
        each.clips,
        name=_name(each),
        same=each.same,
    )


def _name(each: Against) -> str:
    return _("Label") if each.name == LABEL else _(each.name)


def _draw_coefficients(found: Results) -> None:
    table = _coefficients(found)
    st.table(table, border="horizontal", hide_index=True)
    note = _("1: all agree. 0: no more than by chance. Below 0: less than by chance.")
    if table[_("Agreement")].str.startswith(NONE).any():
        undefined = _(
            "{dash}: too few clips (a coefficient needs {n} that two named a mood of), or all the "
            "same mood, where chance alone would agree.",
            dash=NONE,
            n=agreement.LEAST_SHOWN,
        )
        note = f"{note} {undefined}"
    taken = _("Against a model, its likeliest mood is taken.")
    st.caption(f"{note} {_intervals(found)} {taken}")


def _intervals(found: Results) -> str:
    n, least = len(found.clips), agreement.LEAST_CLIPS
    if n >= least:
        return _("Intervals are of bootstrap samples of the clips.")
    return ngettext(
        "{n} clip says little of other music: intervals are given from {least} clips on.",
        "{n} clips say little of other music: intervals are given from {least} clips on.",
        n,
        least=least,
    )


def _coefficients(found: Results) -> pd.DataFrame:
    shared = len(found.shared)
    squared = _("all votes, squared differences")
    pairs = ngettext(
        "{n} pair of voters for whom it is defined",
        "{n} pairs of voters for whom it is defined",
        found.cohen.pairs,
    )
    complete = ngettext(
        "{n} voter who voted on every clip",
        "{n} voters who voted on every clip",
        found.complete,
    )
    every = shared if found.complete > 1 else 0
    rows = [
        (
            _("Cohen's kappa, mean over pairs of voters"),
            _text(Coefficient(found.cohen.kappa), shared),
            pairs,
        ),
        (_("Fleiss' kappa"), _text(found.fleiss, every), complete),
        (_("Krippendorff's alpha of moods"), _text(found.alpha_mood, shared), _("all votes")),
        (_("Krippendorff's alpha of arousal"), _text(found.alpha_arousal, shared), squared),
        (_("Krippendorff's alpha of valence"), _text(found.alpha_valence, shared), squared),
    ]
    rows += [
        (
            _("Cohen's kappa, class and {other}", other=_name(each)),
            _text(Coefficient(each.kappa), each.clips),
            ngettext("{n} clip", "{n:,} clips", each.clips),
        )
        for each in found.against
    ]
    return pd.DataFrame(rows, columns=[_("Measure"), _("Agreement"), _("Based on")])


def _text(value: Coefficient, clips: int) -> str:
    if why := agreement.why_none(value.value, clips):
        return f"{NONE} ({_(why)})"
    if math.isnan(value.low):
        return write(value.value, ".2f")
    return _("{value:.2f} (95 %: {low:.2f} to {high:.2f})", **value._asdict())


def _by_clip(found: Results) -> pd.DataFrame:
    """Return what the class, the label and each system say of each clip, in words."""
    systems = [each.name for each in found.against if each.name != LABEL]
    rows = []
    for i, clip in enumerate(found.clips, start=1):
        row = {N_("Clip"): f"{i}\\. {widgets.escape_markdown(clip.name)}"}
        row |= {N_("Class"): class_mood(clip), N_("Votes for it"): votes_for(clip)}
        row[N_("Label")] = mood_cell(clip.label) if clip.label else _("no label")
        for system in systems:
            moods = [mood_cell(mood) for mood in clip.moods_of(system)]
            row[system] = listed(moods, "or") if moods else _("cannot tell")
        rows.append(row)
    return pd.DataFrame(rows).rename(columns=_)


def mood_cell(name: str) -> str:
    """Return a mood with its mark, which a narrow column does not part."""
    return mood_label(BY_NAME[name]).replace(" ", "\xa0")


def class_mood(clip: ClipResult) -> str:
    """Return the mood that most of the class chose for a clip, or that two or more lead."""
    moods = [mood_cell(mood) for mood in clip.leading]
    if not moods:
        return _("no votes")
    return moods[0] if len(moods) == 1 else _("tie: {moods}", moods=listed(moods))


def votes_for(clip: ClipResult) -> str:
    """Return how many of the votes on a clip are for the class's mood."""
    if not clip.votes:
        return ""
    if len(clip.leading) > 1:
        return _("{n} of {votes} each", n=clip.agreed, votes=clip.votes)
    return _("{n} of {votes}", n=clip.agreed, votes=clip.votes)


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
