"""The views on an evaluation's clips, one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.exploration import doubts, systems
from mmc_core.exploration.systems import best
from mmc_core.figures.slices import LEVEL, slices
from mmc_core.files import csv_text
from mmc_core.learning import scores
from mmc_core.learning.splits import Protocol
from mmc_core.runs import Run, catalogue
from mmc_core.ui.common import address, load, widgets
from mmc_core.ui.explore import clips, pairs
from mmc_core.ui.explore.hear import hear
from mmc_core.wording import p_value, percent

HEIGHT = 420  # pixels of a table of clips
SHARE = "Share of the times it was held out that it was right"
SLICED = (
    f"Slices of at least {systems.LEAST} clips. Lines: 95 % intervals that keep groups whole. "
    "Significant: p below 0.05 after Holm's correction for all slices shown. Tempo and loudness "
    "are cut into thirds of the dataset."
)
CLIPS, DOUBTS, SLICES, SYSTEMS = "clips", "doubts", "slices", "systems"


def choose_run(label: str, name: str, evaluated: Sequence[Run], default: Run) -> Run:
    """The widget that chooses an evaluation."""
    by_name = {run.name: run for run in evaluated}
    chosen = st.selectbox(
        label,
        list(by_name),
        format_func=lambda run: catalogue.label(by_name[run]),
        **address.one(name, list(by_name), default.name),
    )
    return by_name[chosen]


# ---- doubtful labels ------------------------------------------------------------------------


def draw_doubts(run: Run, evaluated: Sequence[Run]) -> None:
    """Clips whose label the system finds unlikely, and what speaks against trusting that."""
    predictions = load.predictions(run)
    table = doubts.doubtful(predictions)
    n = int(table["doubtful"].sum())
    st.markdown(
        f"**{n} of {len(table)} labels are doubtful.** The system was trained without the clip, "
        "and gives another mood at least the probability that clips of that mood usually get. "
        "A doubtful label may be wrong, or the system may be."
    )
    pairs.draw_confused(table)
    ranked = table.rename(columns={"mood": "label", "other": "more like"})
    columns = ["clip", "label", "more like", "probability", "margin", "doubtful"]
    _clips(
        run.dataset,
        ranked[columns],
        DOUBTS,
        {
            "probability": st.column_config.NumberColumn(
                format="%.2f", help="Of the label, the mean over repeats while it was held out"
            ),
            "margin": st.column_config.NumberColumn(
                format="%.2f",
                help="Probability of the label minus that of the likeliest other mood",
            ),
        },
    )
    st.header("How far to trust this order")
    _check(run, table)
    changed = doubts.without_doubtful(predictions, table)
    st.markdown(
        f"Without the {changed['left_out']} most doubtful clips, accuracy would be "
        f"{percent(changed['without'])} instead of {percent(changed['accuracy'])}. This is a "
        "sensitivity, not a result: it rises because what the system got wrong is left out."
    )
    st.caption(
        "Confident learning (Northcutt, Jiang and Chuang, 2021) on probabilities of held-out "
        "clips. Ordered by margin, the most doubtful first."
    )
    pairs.draw_pairs(run.dataset)


def _check(run: Run, table: pd.DataFrame) -> None:
    """Beside what the dataset's authors say of how sure a label is, where they do."""
    about = datasets.get(run.dataset).about_clips()
    if "agreement" not in about:
        st.markdown("The dataset does not tell how sure its labels are.")
        return
    found = doubts.agreement(table, about["agreement"], seed=doubts.SEED)
    confirms = "confirms" if found.low > 0 else "does not confirm"
    st.markdown(
        f"The dataset's own measure {confirms} this order: the rank correlation of the margin with "
        f"the share of a song's mood words that are in its quadrant is {found.rho:.2f} (95 % "
        f"interval {found.low:.2f} to {found.high:.2f}, {found.clips} clips)."
    )


# ---- kinds of music -------------------------------------------------------------------------


def draw_slices(run: Run, evaluated: Sequence[Run]) -> None:
    """On which kinds of music the system is worse than on the rest."""
    found = _found(run, systems.right_by_clip(load.predictions(run)))
    if found is None:
        st.info(
            "This needs the dataset's feature table, which is not on this machine. Get it on the "
            "page Distributions.",
            icon=":material/info:",
        )
        return
    if found.empty:
        st.info(
            f"No kind of music has {systems.LEAST} clips in it and as many beside it.",
            icon=":material/info:",
        )
        return
    worse = found[(found["p_corrected"] < LEVEL) & (found["difference"] < 0)]
    if len(worse):
        named = "; ".join(
            f"{row['facet']}: {row['slice']} ({percent(row['mean'])} right)"
            for row in worse.to_dict(orient="records")
        )
        st.markdown(f"**Significantly worse than on the rest:** {named}.")
    else:
        st.markdown("**On no kind of music is the system significantly worse than on the rest.**")
    widgets.figure(
        slices(found, "Accuracy minus that on all other clips"),
        key="slices",
        name=f"slices-{run.name}",
    )
    st.caption(SLICED)


def _found(run: Run, by_clip: pd.Series[float]) -> pd.DataFrame | None:
    """Slices of a number by clip; None where the dataset's table is not here."""
    dataset = datasets.get(run.dataset)
    return systems.of_clips(by_clip, dataset) if dataset.has_table() else None


# ---- two systems ----------------------------------------------------------------------------


def draw_systems(run: Run, evaluated: Sequence[Run]) -> None:
    """Which clips only one of two systems gets right."""
    alike = [
        each
        for each in evaluated
        if each.name != run.name
        and Protocol(**each.info["protocol"] | {"repeats": 1})
        == Protocol(**run.info["protocol"] | {"repeats": 1})
    ]
    if not alike:
        st.info("No other system was evaluated on the same folds.", icon=":material/info:")
        return
    other = choose_run("Other system", f"other-{run.name}", alike, best(alike))
    one, two = load.predictions(run), load.predictions(other)
    table, test = systems.side_by_side(one, two), systems.mcnemar(one, two)
    several = run.info["protocol"]["folds"] > 1
    if several:
        compared = scores.compare(one, two)
        low, high = (100 * value for value in compared["interval"])
        st.markdown(
            f"Accuracy of **{run.title}** minus that of **{other.title}**: "
            f"{100 * compared['difference']:+.1f} percentage points (95 % interval {low:+.1f} to "
            f"{high:+.1f}, {p_value(compared['p'])}; corrected resampled t over "
            f"{compared['folds']} folds)."
        )
    st.markdown(
        f"Of {test['clips']} clips, only the first is right on {test['only_one']}, only the "
        f"second on {test['only_other']} (McNemar's exact test on the first repeat: "
        f"{p_value(test['p'])}). McNemar's test takes both systems as they were trained"
        + (
            "; the interval also counts that they change with their training clips."
            if several
            else "."
        )
    )
    _slices_of_difference(run, table)
    st.header("Clips that the two differ on")
    table = table[table["one"] != table["other"]]
    shares = 100 * table[["one", "other"]]
    _clips(
        run.dataset,
        pd.concat([table[["clip", "mood"]], shares], axis=1),
        SYSTEMS,
        {
            "one": st.column_config.NumberColumn(run.title, format="%.0f %%", help=SHARE),
            "other": st.column_config.NumberColumn(other.title, format="%.0f %%", help=SHARE),
        },
    )


def _slices_of_difference(run: Run, table: pd.DataFrame) -> None:
    """On which kinds of music one gains more over the other than on the rest."""
    difference = table.set_index("clip")["one"] - table.set_index("clip")["other"]
    found = _found(run, difference)
    if found is None or found.empty:
        return
    st.header("Where the difference is larger or smaller")
    widgets.figure(
        slices(found, "Difference between the systems, minus that on all other clips"),
        key="differences",
        name=f"differences-{run.name}",
    )
    st.caption(SLICED)


# ---- a table of clips -----------------------------------------------------------------------


def _clips(dataset: str, table: pd.DataFrame, key: str, columns: dict[str, Any]) -> None:
    """Clips to choose one of, to save all of, and the sound of the chosen one."""
    if names := load.clip_names(dataset):
        table = pd.concat([table["clip"].map(names).rename("name"), table], axis=1)
    selected = st.dataframe(
        table,
        hide_index=True,
        height=HEIGHT,
        selection_mode="single-row",
        on_select="rerun",
        key=f"{key}-clips",
        column_config=columns,
    )
    st.download_button(
        "CSV",
        csv_text(table),
        file_name=f"{dataset}-{key}.csv",
        mime="text/csv",
        key=f"{key}-csv",
        on_click="ignore",
        help="The clips of this table",
    )
    rows = selected["selection"]["rows"]
    if not rows or rows[0] >= len(table):
        st.caption("Choose a row to hear its clip.")
        return
    hear(dataset, str(table["clip"].iloc[rows[0]]))


VIEWS: dict[str, tuple[str, Callable[..., None]]] = {
    CLIPS: ("All clips", clips.draw),
    DOUBTS: ("Doubtful labels", draw_doubts),
    SLICES: ("Kinds of music", draw_slices),
    SYSTEMS: ("Two systems", draw_systems),
}
