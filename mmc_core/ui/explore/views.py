"""The page's views, and those on the kinds of music and on two systems."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.exploration import systems
from mmc_core.exploration.clips import held_out
from mmc_core.exploration.systems import best
from mmc_core.figures.slices import GENRE, LEVEL, slices
from mmc_core.language import N_, _
from mmc_core.learning import scores
from mmc_core.learning.splits import Protocol
from mmc_core.runs import Run, catalogue
from mmc_core.ui.common import address, load, player, widgets
from mmc_core.ui.common.screen import is_narrow
from mmc_core.ui.explore import clip_list, doubts
from mmc_core.ui.explore.hear import choose, chosen, hear
from mmc_core.wording import p_value, percent, percent_format

SHARE = N_("Share of the times it was held out that it was right")
SLICED = N_(
    "Slices of at least {n} clips. Lines: 95 % intervals that keep groups whole. "
    "Significant: p below 0.05 after Holm's correction for all slices shown. Tempo and loudness "
    "are cut into thirds of the dataset."
)
CLIPS, DOUBTS, PAIRS, SLICES, SYSTEMS = "clips", "doubts", "pairs", "slices", "systems"


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
        slices(found, _("Accuracy minus that on all other clips"), narrow=is_narrow()),
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
    st.header(_("Clips that the two differ on"))
    _draw_differing(run, other, table[table["one"] != table["other"]], one, two)
    _slices_of_difference(run, table)


def _draw_differing(
    run: Run, other: Run, table: pd.DataFrame, one: pd.DataFrame, two: pd.DataFrame
) -> None:
    """Draw the clips that two systems differ on, and the one that is chosen in the player."""
    clips = table["clip"].tolist()
    of, clip = chosen()
    opened = clip if of == run.dataset and clip in clips else ""
    named = {"one": _("First system"), "other": _("Second system")}
    if is_narrow():
        named = {"one": _("First"), "other": _("Second")}
    clip_list.draw(
        run.dataset,
        pd.concat([table[["clip", "mood"]], 100 * table[["one", "other"]]], axis=1),
        SYSTEMS,
        opened,
        {
            title: st.column_config.NumberColumn(
                named[title],
                format=percent_format(),
                help=f"{_(of.title)}. {_(SHARE)}",
            )
            for title, of in (("one", run), ("other", other))
        },
        narrow=("one", "other"),
    )
    if not opened:
        st.caption(_("Choose a row to hear its clip."))
        return
    (label,) = table.loc[table["clip"] == opened, "mood"]
    lines = [
        f"{title}: {player.describe(predicted=mood, probability=probability)}"
        for title, predictions in ((_("First system"), one), (_("Second system"), two))
        for mood, probability in held_out(predictions[predictions["clip"] == opened]).to_numpy()
    ]
    about = "; ".join([player.describe(label=label), *lines])
    hear(
        run.dataset,
        opened,
        about,
        steps=player.steps(clips, opened, lambda clip: choose(run.dataset, clip)),
    )


def _slices_of_difference(run: Run, table: pd.DataFrame) -> None:
    """On which kinds of music one gains more over the other than on the rest."""
    difference = table.set_index("clip")["one"] - table.set_index("clip")["other"]
    found = _found(run, difference)
    if found is None or found.empty:
        return
    st.header(_("Where the difference is larger or smaller"))
    widgets.figure(
        slices(
            found,
            _("Difference between the systems, minus that on all other clips"),
            narrow=is_narrow(),
        ),
        key="differences",
        name=f"differences-{run.name}",
    )
    st.caption(_(SLICED, n=systems.LEAST))


VIEWS: dict[str, str] = {
    CLIPS: N_("All clips"),
    DOUBTS: N_("Doubtful labels"),
    PAIRS: N_("Near-duplicates"),
    SLICES: N_("Kinds of music"),
    SYSTEMS: N_("Two systems"),
}
OF_RUNS: dict[str, Callable[[Run, Sequence[Run]], None]] = {
    DOUBTS: doubts.draw,
    SLICES: draw_slices,
    SYSTEMS: draw_systems,
}
