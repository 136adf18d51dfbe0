"""The views on an evaluation's clips, one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.exploration import doubts, systems
from mmc_core.exploration.systems import best
from mmc_core.figures.slices import GENRE, LEVEL, slices
from mmc_core.files import csv_text
from mmc_core.language import N_, _
from mmc_core.learning import scores
from mmc_core.learning.splits import Protocol
from mmc_core.moods import BY_NAME
from mmc_core.runs import Run, catalogue
from mmc_core.ui.common import address, load, widgets
from mmc_core.ui.explore import clips, pairs
from mmc_core.ui.explore.hear import hear
from mmc_core.wording import p_value, percent

HEIGHT = 420  # pixels of a table of clips
SHARE = N_("Share of the times it was held out that it was right")
SLICED = N_(
    "Slices of at least {n} clips. Lines: 95 % intervals that keep groups whole. "
    "Significant: p below 0.05 after Holm's correction for all slices shown. Tempo and loudness "
    "are cut into thirds of the dataset."
)
MOODS_IN = ("mood", "label", "more like")  # columns of tables
CLIPS, DOUBTS, SLICES, SYSTEMS = "clips", "doubts", "slices", "systems"


def choose_run(label: str, name: str, evaluated: Sequence[Run], default: Run) -> Run:
    """The widget that chooses an evaluation."""
    by_name = {run.name: run for run in evaluated}
    chosen = st.selectbox(
        label,
        list(by_name),
        format_func=lambda run: catalogue.shown_label(by_name[run]),
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
        _(
            "**{n} of {all} labels are doubtful.** The system was trained without the clip, and "
            "gives another mood at least the probability that clips of that mood usually get. A "
            "doubtful label may be wrong, or the system may be.",
            n=n,
            all=len(table),
        )
    )
    pairs.draw_confused(table)
    ranked = table.rename(columns={"mood": "label", "other": "more like"})
    columns = [
        N_("clip"),
        N_("label"),
        N_("more like"),
        N_("probability"),
        N_("margin"),
        N_("doubtful"),
    ]
    _clips(
        run.dataset,
        ranked[columns],
        DOUBTS,
        {
            "probability": st.column_config.NumberColumn(
                _("probability"),
                format="%.2f",
                help=_("Of the label, the mean over repeats while it was held out"),
            ),
            "margin": st.column_config.NumberColumn(
                _("margin"),
                format="%.2f",
                help=_("Probability of the label minus that of the likeliest other mood"),
            ),
        },
    )
    st.header(_("How far to trust this order"))
    _check(run, table)
    changed = doubts.without_doubtful(predictions, table)
    st.markdown(
        _(
            "Without the {n} most doubtful clips, accuracy would be {without} instead of "
            "{accuracy}. This is a sensitivity, not a result: it rises because what the system got "
            "wrong is left out.",
            n=changed["left_out"],
            without=percent(changed["without"]),
            accuracy=percent(changed["accuracy"]),
        )
    )
    st.caption(
        _(
            "Confident learning (Northcutt, Jiang and Chuang, 2021) on probabilities of held-out "
            "clips. Ordered by margin, the most doubtful first."
        )
    )
    pairs.draw_pairs(run.dataset)


def _check(run: Run, table: pd.DataFrame) -> None:
    """Beside what the dataset's authors say of how sure a label is, where they do."""
    about = datasets.get(run.dataset).about_clips()
    if "agreement" not in about:
        st.markdown(_("The dataset does not tell how sure its labels are."))
        return
    found = doubts.agreement(table, about["agreement"], seed=doubts.SEED)
    verdict = (
        _("The dataset's own measure confirms this order")
        if found.low > 0
        else _("The dataset's own measure does not confirm this order")
    )
    st.markdown(
        _(
            "{verdict}: the rank correlation of the margin with the share of a song's mood words "
            "that are in its quadrant is {correlation:.2f} (95 % interval {low:.2f} to {high:.2f}, "
            "{n} clips).",
            verdict=verdict,
            correlation=found.rho,
            low=found.low,
            high=found.high,
            n=found.clips,
        )
    )


# ---- kinds of music -------------------------------------------------------------------------


def draw_slices(run: Run, evaluated: Sequence[Run]) -> None:
    """On which kinds of music the system is worse than on the rest."""
    found = _found(run, systems.right_by_clip(load.predictions(run)))
    if found is None:
        st.info(
            _(
                "This needs the dataset's feature table, which is not on this machine. Get it on "
                "the page Distributions."
            ),
            icon=":material/info:",
        )
        return
    if found.empty:
        st.info(
            _("No kind of music has {n} clips in it and as many beside it.", n=systems.LEAST),
            icon=":material/info:",
        )
        return
    worse = found[(found["p_corrected"] < LEVEL) & (found["difference"] < 0)]
    if len(worse):
        named = "; ".join(
            _(
                "{kind}: {which} ({share} right)",
                kind=_(row["facet"]),
                which=row["slice"] if row["facet"] == GENRE else _(row["slice"]),
                share=percent(row["mean"]),
            )
            for row in worse.to_dict(orient="records")
        )
        st.markdown(_("**Significantly worse than on the rest:** {kinds}.", kinds=named))
    else:
        st.markdown(
            _("**On no kind of music is the system significantly worse than on the rest.**")
        )
    widgets.figure(
        slices(found, _("Accuracy minus that on all other clips")),
        key="slices",
        name=f"slices-{run.name}",
    )
    st.caption(_(SLICED, n=systems.LEAST))


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
        st.info(_("No other system was evaluated on the same folds."), icon=":material/info:")
        return
    other = choose_run(_("Other system"), f"other-{run.name}", alike, best(alike))
    one, two = load.predictions(run), load.predictions(other)
    table, test = systems.side_by_side(one, two), systems.mcnemar(one, two)
    several = run.info["protocol"]["folds"] > 1
    if several:
        compared = scores.compare(one, two)
        low, high = (100 * value for value in compared["interval"])
        st.markdown(
            _(
                "Accuracy of **{one}** minus that of **{other}**: {difference:+.1f} percentage "
                "points (95 % interval {low:+.1f} to {high:+.1f}, {p}; corrected resampled t over "
                "{folds} folds).",
                one=_(run.title),
                other=_(other.title),
                difference=100 * compared["difference"],
                low=low,
                high=high,
                p=p_value(compared["p"]),
                folds=compared["folds"],
            )
        )
    tested = _(
        "Of {n} clips, only the first is right on {one}, only the second on {other} (McNemar's "
        "exact test on the first repeat: {p}).",
        n=test["clips"],
        one=test["only_one"],
        other=test["only_other"],
        p=p_value(test["p"]),
    )
    caveat = (
        _(
            "McNemar's test takes both systems as they were trained; the interval also counts that "
            "they change with their training clips."
        )
        if several
        else _("McNemar's test takes both systems as they were trained.")
    )
    st.markdown(f"{tested} {caveat}")
    _slices_of_difference(run, table)
    st.header(_("Clips that the two differ on"))
    table = table[table["one"] != table["other"]]
    shares = 100 * table[["one", "other"]]
    _clips(
        run.dataset,
        pd.concat([table[["clip", N_("mood")]], shares], axis=1),
        SYSTEMS,
        {
            title: st.column_config.NumberColumn(_(of.title), format="%.0f %%", help=_(SHARE))
            for title, of in (("one", run), ("other", other))
        },
    )


def _slices_of_difference(run: Run, table: pd.DataFrame) -> None:
    """On which kinds of music one gains more over the other than on the rest."""
    difference = table.set_index("clip")["one"] - table.set_index("clip")["other"]
    found = _found(run, difference)
    if found is None or found.empty:
        return
    st.header(_("Where the difference is larger or smaller"))
    widgets.figure(
        slices(found, _("Difference between the systems, minus that on all other clips")),
        key="differences",
        name=f"differences-{run.name}",
    )
    st.caption(_(SLICED, n=systems.LEAST))


# ---- a table of clips -----------------------------------------------------------------------


def _clips(dataset: str, table: pd.DataFrame, key: str, columns: dict[str, Any]) -> None:
    """Clips to choose one of, to save all of, and the sound of the chosen one."""
    if names := load.clip_names(dataset):
        table = pd.concat([table["clip"].map(names).rename(N_("name")), table], axis=1)
    moods = {
        column: [BY_NAME[mood].label for mood in table[column]]
        for column in MOODS_IN
        if column in table
    }
    selected = st.dataframe(
        table.assign(**moods),
        hide_index=True,
        height=HEIGHT,
        selection_mode="single-row",
        on_select="rerun",
        key=f"{key}-clips",
        column_config={**{str(name): _(str(name)) for name in table}, **columns},
    )
    st.download_button(
        "CSV",
        csv_text(table),
        file_name=f"{dataset}-{key}.csv",
        mime="text/csv",
        key=f"{key}-csv",
        on_click="ignore",
        help=_("The clips of this table"),
    )
    rows = selected["selection"]["rows"]
    if not rows or rows[0] >= len(table):
        st.caption(_("Choose a row to hear its clip."))
        return
    hear(dataset, str(table["clip"].iloc[rows[0]]))


VIEWS: dict[str, tuple[str, Callable[..., None]]] = {
    CLIPS: (N_("All clips"), clips.draw),
    DOUBTS: (N_("Doubtful labels"), draw_doubts),
    SLICES: (N_("Kinds of music"), draw_slices),
    SYSTEMS: (N_("Two systems"), draw_systems),
}
