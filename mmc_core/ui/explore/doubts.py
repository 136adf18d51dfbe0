"""Doubtful labels: heard and judged one by one, and how far to trust what finds them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.exploration import doubts
from mmc_core.exploration.judgements import Judgements
from mmc_core.figures.style import mood_label
from mmc_core.language import N_, _
from mmc_core.moods import MOODS, NAMES
from mmc_core.runs import Run
from mmc_core.ui.common import load, player
from mmc_core.ui.explore import clip_list, judging
from mmc_core.ui.explore.hear import choose, chosen, hear
from mmc_core.wording import percent, with_minus

KEY = "doubts"


def draw(run: Run, evaluated: Sequence[Run]) -> None:
    """Draw the clips whose label the system finds unlikely, the most doubtful first."""
    found = load.predictions(run)
    table = _doubtful(run.name, _held_out_since(run), found)
    n = int(table["doubtful"].sum())
    text = _(
        "**{n} of {all} labels are doubtful.** The system was trained without the clip, and gives "
        "another mood at least the probability that clips of that mood usually get. A doubtful "
        "label may be wrong, or the system may be.",
        n=n,
        all=len(table),
    )
    if beside := run.info.data.n - len(table):
        text += " " + _(
            "The dataset's {n:,} other clips were never held out by this protocol.", n=beside
        )
    st.markdown(text)
    judged = judging.read(run.dataset)
    opened = _opened(run.dataset, table, judged)
    _draw_check(run, table)
    is_blind = judged is not None and judging.choose_blind()
    with st.container(border=True, key="judge"):
        _draw_opened(run, table, opened, judged, is_blind=is_blind)
    _draw_list(run, table, opened, judged, is_blind=is_blind)
    _draw_confused(table)
    st.header(_("What depends on these labels"))
    changed = doubts.without_doubtful(found, table, n / len(table))
    st.markdown(
        _(
            "Without the {n} clips of doubtful labels, accuracy would be {without} instead of "
            "{accuracy}. This is a sensitivity, not a result: it rises because what the system got "
            "wrong is left out.",
            n=n,
            without=percent(changed["without"]),
            accuracy=percent(changed["accuracy"]),
        )
    )
    st.caption(
        _(
            "Confident learning (Northcutt, Jiang and Chuang, 2021) on probabilities of held-out "
            "clips. Doubtful labels come first, and of these the lowest margin."
        )
    )


def _opened(dataset: str, table: pd.DataFrame, judged: Judgements | None) -> str:
    """Return the clip that is chosen; at first, the most doubtful that is not judged."""
    clips = table["clip"].tolist()
    of, clip = chosen()
    if of == dataset and clip in clips:
        return clip
    first = next((each for each in clips if each not in (judged or {})), clips[0])
    choose(dataset, first)
    return first


def _draw_opened(
    run: Run, table: pd.DataFrame, opened: str, judged: Judgements | None, *, is_blind: bool
) -> None:
    """Draw one clip in the player, and what judges its label."""
    clips = table["clip"].tolist()
    if judged is not None:
        judging.draw_progress(clips, judged, int(table["doubtful"].sum()))
    (row,) = table[table["clip"] == opened].to_dict(orient="records")
    is_other = row["margin"] < 0
    about = player.describe(
        label=row["mood"],
        predicted=row["other"] if is_other else row["mood"],
        probability=row["probability"] - row["margin"] if is_other else row["probability"],
    )
    at = clips.index(opened)
    about = (
        _("number {n} by doubt", n=at + 1)
        if is_blind
        else _("{about}, number {n} by doubt", about=about, n=at + 1)
    )
    following = clips[at + 1] if at + 1 < len(clips) else None

    def draw_answers() -> None:
        if judged is not None:
            judging.draw_answers(
                run.dataset,
                opened,
                row["mood"],
                run.name,
                judged.get(opened),
                following,
                is_blind=is_blind,
            )

    steps = player.steps(clips, opened, lambda clip: choose(run.dataset, clip))
    hear(run.dataset, opened, about, steps=steps, beneath=draw_answers)


def _draw_list(
    run: Run, table: pd.DataFrame, opened: str, judged: Judgements | None, *, is_blind: bool
) -> None:
    shown = table.rename(columns={"mood": "label", "other": "more like"})
    columns = ["clip", "label", "more like", "probability", "margin", "doubtful"]
    if is_blind:
        columns = ["clip"]
    if judged is not None:
        in_words = judging.heard_in_words if is_blind else judging.in_words
        shown["judged"] = [in_words(judged.get(clip)) for clip in shown["clip"]]
        columns.append("judged")
    clip_list.draw(
        run.dataset,
        shown[columns],
        KEY,
        opened,
        {
            "probability": st.column_config.NumberColumn(
                _("Probability of label"),
                format="%.2f",
                help=_("The mean over repeats while it was held out"),
            ),
            "margin": st.column_config.NumberColumn(
                _("Margin"),
                format="%.2f",
                help=_("Probability of the label minus that of the likeliest other mood"),
            ),
        },
        narrow=() if is_blind else ("label", "more like"),
        more_files=(lambda: judging.draw_file(run.dataset, judged)) if judged is not None else None,
    )


def _draw_confused(table: pd.DataFrame) -> None:
    """Draw which labels look like which other mood, both ways."""
    joint = doubts.confused(table)
    counts = joint.to_numpy()
    i, j = max(combinations(range(len(NAMES)), 2), key=lambda at: counts[at] + counts[at[::-1]])
    if not counts[i, j] + counts[j, i]:
        return
    st.markdown(
        _(
            "Most often confused: {one} and {other}. {n} clips labelled {one} are more like "
            "{other}, {n_back} the other way round.",
            one=MOODS[i].label,
            other=MOODS[j].label,
            n=counts[i, j],
            n_back=counts[j, i],
        )
    )
    labels = [mood_label(mood) for mood in MOODS]
    rows = [_("labelled {mood}", mood=label) for label in labels]
    shown = joint.set_axis(rows).set_axis(labels, axis=1)
    with st.expander(_("All moods that are confused"), icon=":material/table:"):
        st.table(shown)
        st.caption(
            _(
                "Clips by label (rows) and by the mood that they are most like (columns). Clips "
                "that are not clearly like any mood are left out."
            )
        )


def _draw_check(run: Run, table: pd.DataFrame) -> None:
    """Draw what the dataset's authors say of how sure a label is, where they do."""
    found = _agreement(run.name, _held_out_since(run), run.dataset, table)
    if found is None:
        st.markdown(_("The dataset does not tell how sure its labels are."))
        return
    said = (
        N_(
            "**The dataset's own measure confirms these doubts**: where a label is more doubtful, "
            "fewer of the song's mood words agree with it."
        )
        if found.low > 0
        else N_(
            "**The dataset's own measure does not confirm these doubts**: there is no sign that "
            "fewer of a song's mood words agree with a more doubtful label."
        )
    )
    numbers = _(
        "Rank correlation of margin and agreement: {correlation:.2f} (95 % interval {low:.2f} to "
        "{high:.2f}, {n} clips).",
        correlation=found.rho,
        low=found.low,
        high=found.high,
        n=found.clips,
    )
    st.markdown(f"{_(said)} :small[{with_minus(numbers)}]")


def _held_out_since(run: Run) -> int:
    return run.predictions_path.stat().st_mtime_ns


@st.cache_resource(max_entries=8, show_spinner=False)
def _doubtful(name: str, modified_ns: int, _predictions: pd.DataFrame) -> pd.DataFrame:
    return doubts.doubtful(_predictions)


@st.cache_resource(max_entries=8, show_spinner=False)
def _agreement(
    name: str, modified_ns: int, dataset_id: str, _table: pd.DataFrame
) -> doubts.Agreement | None:
    """Return how the order agrees with the dataset's own measure; None where it has none."""
    about = datasets.get(dataset_id).about_clips()
    if "agreement" not in about:
        return None
    return doubts.agreement(_table, about["agreement"], seed=doubts.SEED)
