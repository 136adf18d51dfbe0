"""The corrections that are kept here: counted, listed, exported, removed, learned from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from mmc_core import datasets, settings
from mmc_core.datasets.user import corrections
from mmc_core.datasets.user.corrected import ID
from mmc_core.datasets.user.correction import agreement, as_csv, as_json, by_mood
from mmc_core.errors import MMCError
from mmc_core.figures.style import mood_label
from mmc_core.language import N_, _, ngettext, write
from mmc_core.learning import inputs
from mmc_core.moods import BY_NAME
from mmc_core.saved.correction import Correction
from mmc_core.ui.common import load, widgets
from mmc_core.ui.common.failures import show_errors
from mmc_core.wording import day, header, listed, percent


def draw_corrections() -> None:
    """The section; nothing where corrections are switched off."""
    if settings.corrections_dir() is None:
        return
    st.header(_("Your corrections"))
    saved = corrections.every()
    for path in corrections.moved_aside():
        st.warning(
            _(
                "{file} could not be read as a correction. It was moved aside in {folder}.",
                file=widgets.escape_markdown(path.name),
                folder=widgets.escape_markdown(str(path.parent)),
            ),
            icon=":material/warning:",
        )
    for sentence in corrections.newer():
        st.warning(widgets.escape_markdown(sentence), icon=":material/warning:")
    if not saved:
        st.caption(
            _("None yet. On the page Predict you can say which mood you hear, under the answer.")
        )
        widgets.page_link("predict", _("Predict"), "music_note")
        return
    st.caption(
        _(
            "Moods that you gave on the page Predict. They are kept on the machine that runs this "
            "app, without the sound, and everyone who opens this app sees them."
        )
    )
    widgets.mood_badges(by_mood(saved))
    if sentence := agreement_sentence(saved):
        st.markdown(sentence)
    _draw_table(saved)
    if settings.page_corrections():
        _draw_removal(saved)
    _draw_use(saved)


def agreement_sentence(saved: Sequence[Correction]) -> str:
    """How often the person heard what the model answered; "" where it never named a mood."""
    share = agreement(saved)
    if share is None:
        return ""
    heard = ngettext(
        "You heard the model's mood in {agreed:,} of {n} song: {share} (95 % interval {low:.0f} to "
        "{high}).",
        "You heard the model's mood in {agreed:,} of {n:,} songs: {share} (95 % interval {low:.0f} "
        "to {high}).",
        share.n,
        agreed=share.agreed,
        share=percent(share.agreed / share.n),
        low=100 * share.low,
        high=percent(share.high),
    )
    caution = _(
        "This is not the model's accuracy: wrong answers are corrected more often than right ones "
        "are confirmed."
    )
    return f"{heard} {caution}"


def _draw_table(saved: Sequence[Correction]) -> None:
    unknown = _("could not tell")
    rows = [
        {
            N_("song"): each.name,
            N_("your mood"): mood_label(BY_NAME[each.mood]),
            N_("model's answer"): mood_label(BY_NAME[each.answered]) if each.answered else unknown,
            N_("model"): each.model,
            N_("date (UTC)"): f"{day(each.at)} {write(each.at, '%H:%M')}",
        }
        for each in saved
    ]
    st.dataframe(pd.DataFrame(rows).rename(columns=lambda name: header(_(name))), hide_index=True)


def _draw_removal(saved: Sequence[Correction]) -> None:
    """One correction, the last one, or all."""
    by_sha256 = {each.sha256: each for each in saved}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            _("Correction"),
            list(by_sha256),
            format_func=lambda sha256: f"{by_sha256[sha256].name}: {_heard(by_sha256[sha256])}",
            key="correction-chosen",
            width=320,
        )
        _button(N_("Remove"), "delete", corrections.remove, chosen)
        _button(N_("Undo the last one"), "undo", corrections.undo)
        with st.popover(_("Delete all"), icon=":material/delete_forever:"):
            st.markdown(
                _(
                    "All {n:,} corrections are deleted for everyone who opens this app. Models "
                    "that were trained on them stay in the models folder.",
                    n=len(saved),
                )
            )
            _button(N_("Delete permanently"), "", corrections.clear, type="primary")


def _button(label: str, icon: str, act: Callable[..., object], *args: str, **look: str) -> None:
    st.button(
        _(label),
        icon=f":material/{icon}:" if icon else None,
        key=f"corrections-{label}",
        on_click=_done,
        args=[act, *args],
        **look,  # type: ignore[arg-type]
    )


def _done(act: Callable[..., object], *args: str) -> None:
    if not settings.page_corrections():  # a browser can be made to click what is not there
        return
    with show_errors(MMCError):
        act(*args)


def _draw_use(saved: Sequence[Correction]) -> None:
    """Files of them, the pages that show them as a dataset, and what training still needs."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Save as"), width="content")
        for label, write, mime, about in (
            ("CSV", as_csv, "text/csv", _("With the songs' features")),
            ("JSON", as_json, "application/json", _("With the songs' features and embeddings")),
        ):
            st.download_button(
                label,
                partial(write, saved),
                file_name=f"corrections.{label.lower()}",
                mime=mime,
                key=f"save-corrections-{label}",
                on_click="ignore",
                help=about,
            )
        if ID in datasets.every():
            widgets.page_link("distributions", _("Distributions"), "bar_chart", dataset=ID)
            moods = list(datasets.get(ID).clips())
            if len(moods) > 1:  # they are compared with each other
                widgets.page_link(
                    "compare", _("Compare"), "compare_arrows", dataset=["4qaed", ID], moods=moods
                )
            _draw_training()
    outdated = sum(not each.is_current for each in saved)
    if outdated:
        st.caption(
            _(
                "{n:,} of them have features of an earlier version, and are not in the dataset. "
                "Correct these songs again.",
                n=outdated,
            )
        )


def _draw_training() -> None:
    table = load.table(ID)
    assert table is not None
    if missing := missing_sentence(inputs.groups_by_mood(table)):
        st.caption(missing)
        return
    widgets.page_link(
        "training",
        _("Train a model on them"),
        "model_training",
        view="train",
        recipe="probe-musicnn",
        dataset=ID,
    )


def missing_sentence(groups: dict[str, int]) -> str:
    """How many more songs a model needs to be trained; "" where there are enough."""
    least = inputs.LEAST_GROUPS
    missing = [f"{least - n} {BY_NAME[mood].label}" for mood, n in groups.items() if n < least]
    if not missing:
        return ""
    return _(
        "A model can be trained on them once there are {n} different songs of each mood. "
        "Missing: {missing}.",
        n=least,
        missing=listed(missing),
    )


def _heard(correction: Correction) -> str:
    return BY_NAME[correction.mood].label
