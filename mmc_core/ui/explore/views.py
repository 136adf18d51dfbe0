"""The page's views, and those on the kinds of music and on two systems."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import takewhile
from typing import Any

import pandas as pd
import streamlit as st

from mmc_core import datasets
from mmc_core.exploration import systems
from mmc_core.exploration.clip_rows import held_out
from mmc_core.exploration.systems import best
from mmc_core.figures.slices import GENRE, LEVEL, slices
from mmc_core.language import N_, _
from mmc_core.learning import scores
from mmc_core.runs import Run, catalogue
from mmc_core.ui.common import address, load, player, widgets
from mmc_core.ui.common.screen import is_narrow
from mmc_core.ui.explore import clip_list, doubts
from mmc_core.ui.explore.hear import choose, chosen, hear
from mmc_core.wording import p_value, percent, percent_format, with_minus

SHARE = N_("Share of the times it was held out that it was right")
SLICED = N_(
    "Kinds with at least {n} clips. Lines: 95 % intervals of one kind at a time, which keep groups "
    "whole. Significant: p below 0.05 after Holm's correction for all kinds shown; so a line may "
    "be clear of 0 and not significant, as a few of so many are by chance. Tempo and loudness are "
    "cut into thirds of the dataset."
)
TWO_TESTS = N_(
    "That test takes both systems as they were trained; the interval above also counts that other "
    "training clips would change them."
)
ONE_TEST = N_("That test takes both systems as they were trained.")
P_VALUE = N_("p: how likely at least such a difference is if there is none.")
NARROW_PX = 84  # of a system's column on a phone
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
            _("{kind} ({share} right)", kind=_kind(row), share=percent(row["mean"]))
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


def _kind(row: Mapping[Hashable, Any]) -> str:
    """Return a kind of music in words."""
    which = row["slice"] if row["facet"] == GENRE else _(row["slice"])
    return f"{_(row['facet'])}: {which}"


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
        if each.name != run.name and str(each.protocol) == str(run.protocol)
    ]
    if not alike:
        st.info(_("No other system was evaluated on the same folds."), icon=":material/info:")
        return
    other = choose_run(_("Other system"), f"other-{run.name}", alike, best(alike))
    one, two = load.predictions(run), load.predictions(other)
    table, test = systems.side_by_side(one, two), systems.mcnemar(one, two)
    several = run.info.protocol.folds > 1
    names = short_names(run, other)
    if several:
        st.markdown(_compared(run, other, scores.compare(one, two)))
    else:
        st.markdown(_verdict(run, other, test["only_one"] - test["only_other"], test["p"]))
    st.caption(
        _(
            "Of {n} clips, only “{one}” is right on {n_one}, only “{other}” on {n_other}. "
            "McNemar's exact test on the first repeat: {p}.",
            n=test["clips"],
            one=names[0],
            other=names[1],
            n_one=test["only_one"],
            n_other=test["only_other"],
            p=p_value(test["p"]),
        )
        + " "
        + (_(TWO_TESTS) if several else _(ONE_TEST))
        + " "
        + _(P_VALUE)
    )
    st.header(_("Clips that the two differ on"))
    st.caption(_("How often each was right on a clip, of the times that it was held out."))
    _draw_differing(run, other, table[table["one"] != table["other"]], one, two)
    _slices_of_difference(run, table)


def _compared(run: Run, other: Run, compared: dict[str, Any]) -> str:
    """Return which of two systems is right more often over folds, as Markdown."""
    low, high = (100 * value for value in compared["interval"])
    numbers = _(
        "Accuracy of the first minus that of the second: {difference:+.1f} percentage points "
        "(95 % interval {low:+.1f} to {high:+.1f}, {p}; corrected resampled t over {folds} folds).",
        difference=100 * compared["difference"],
        low=low,
        high=high,
        p=p_value(compared["p"]),
        folds=compared["folds"],
    )
    said = _verdict(run, other, compared["difference"], compared["p"])
    return f"{said} {with_minus(numbers)}"


def _verdict(run: Run, other: Run, difference: float, p: float) -> str:
    one, two = (_(each.title) for each in (run, other))
    if p >= LEVEL:
        return _("**No clear difference between {one} and {other}.**", one=one, other=two)
    better, worse = (one, two) if difference > 0 else (two, one)
    return _("**{one} is right more often than {other}.**", one=better, other=worse)


def short_names(run: Run, other: Run) -> tuple[str, str]:
    """Return titles of two systems without the words that both begin with; their runs' names where
    the titles are alike.
    """
    one, two = _(run.title).split(), _(other.title).split()
    if one == two:
        return run.name, other.name
    same = sum(1 for _pair in takewhile(bool, map(str.__eq__, one, two)))
    if same in (len(one), len(two)):
        same = 0  # nothing would be left of one
    lead = "… " if same else ""
    return lead + " ".join(one[same:]), lead + " ".join(two[same:])


def _draw_differing(
    run: Run, other: Run, table: pd.DataFrame, one: pd.DataFrame, two: pd.DataFrame
) -> None:
    """Draw the clips that two systems differ on, and the one that is chosen in the player."""
    clips = table["clip"].tolist()
    of, clip = chosen()
    opened = clip if of == run.dataset and clip in clips else ""
    named = dict(zip(("one", "other"), short_names(run, other), strict=True))
    clip_list.draw(
        run.dataset,
        pd.concat([table[["clip", "mood"]], 100 * table[["one", "other"]]], axis=1),
        SYSTEMS,
        opened,
        {
            title: st.column_config.NumberColumn(
                named[title],
                width=NARROW_PX if is_narrow() else None,
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
        for title, predictions in ((named["one"], one), (named["other"], two))
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
    clear = found[found["p_corrected"] < LEVEL]
    if clear.empty:
        st.markdown(
            _(
                "**On none of {n} kinds of music is the difference significantly larger or smaller "
                "than on the rest.**",
                n=len(found),
            )
        )
        kinds = st.expander(_("All kinds of music"), on_change="rerun", key="kinds")
        if kinds.open:
            with kinds:
                _draw_differences(run, found)
        return
    st.markdown(
        _(
            "**Significantly larger or smaller than on the rest:** {kinds}.",
            kinds="; ".join(map(_kind, clear.to_dict(orient="records"))),
        )
    )
    _draw_differences(run, found)


def _draw_differences(run: Run, found: pd.DataFrame) -> None:
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
