"""How often the recommended model is right; which version this is, and how to cite it."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

import streamlit as st

from mmc_core import __version__, datasets
from mmc_core.language import _
from mmc_core.settings import DATA
from mmc_core.wording import percent

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12  # digits of a SHA-256
ELSEWHERE = (0.25, 0.50)  # least and most of the page Compare and the study of unseen datasets
PACKAGES = ("numpy", "scikit-learn", "onnxruntime", "streamlit")


def draw() -> None:
    """The version, a button that says how to cite, and fingerprints."""
    st.header(_("Version and citation"))
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(
            _(
                "MMC {version}, with Python {python}, {packages}.",
                version=__version__,
                python=platform.python_version(),
                packages=packages,
            ),
            width="content",
        )
        _draw_citation()
    fingerprints = st.expander(
        _("Fingerprints of data and models"), on_change="rerun", key="fingerprints"
    )
    if not fingerprints.open:  # what takes a moment, and few look at
        return
    with fingerprints:
        st.markdown(
            _(
                "The first {n} digits of SHA-256. Two machines that show the same have the same "
                "clips, moods and features, and the same networks.",
                n=SHOWN,
            )
        )
        headings = {"what": _("Kind"), "fingerprint": _("Fingerprint"), "name": _("Name")}
        st.dataframe(_fingerprints(), hide_index=True, column_config=headings)


def draw_accuracy() -> None:
    """Draw why a model is recommended and how often it is right, where that was measured."""
    from mmc_core import runs
    from mmc_core.ui.common import load, widgets

    name = runs.serving().get("best")
    served = next((run for run in runs.servable() if run.name == name), None)
    scored = load.grouped(served) if served else None
    if scored is None:
        return
    st.markdown(
        _(
            "The recommended model, the most accurate of ours that can run on this machine, is "
            "right for **{accuracy}** of held-out clips of {dataset} (guessing: {guessing}). On "
            "other kinds of music expect less: models were right for **{low:.0f} to {high}** of "
            "the clips of a dataset that they had not learned from.",
            accuracy=percent(scored.scores.accuracy),
            dataset=datasets.title_of(scored.dataset),
            guessing=percent(scored.scores.baselines.majority),
            low=100 * ELSEWHERE[0],
            high=percent(ELSEWHERE[1]),
        )
    )
    with st.container(horizontal=True, gap="small"):
        widgets.page_link("training", _("Scores of all models"), "leaderboard", view="evaluations")
        widgets.page_link(
            "compare", _("Tests on other datasets"), "compare_arrows", view="transfer"
        )


def _draw_citation() -> None:
    with st.popover(_("Cite this"), icon=":material/format_quote:", width="content"):
        st.markdown(_("If you use MMC, please cite it and the datasets that you used with it."))
        entries = (DATA / "citations.bib").read_text(encoding="utf-8")
        st.code(entries, language=None, wrap_lines=True)
        st.download_button(
            _("Save as BibTeX"), entries, "mmc.bib", "text/x-bibtex", icon=":material/download:"
        )


def _fingerprints() -> pd.DataFrame:
    import pandas as pd

    from mmc_core import runs

    rows = [(_("dataset"), _of_table(id_), each.title) for id_, each in datasets.every().items()]
    for run in runs.servable():
        learned = f"{_(run.title)}, {datasets.title_of(run.dataset)}"
        fingerprint = (run.info.model_sha256 or "")[:SHOWN]
        fingerprint = fingerprint or _("of its parts")  # a combination's
        rows.append((_("model"), fingerprint, learned))
    return pd.DataFrame(rows, columns=["what", "fingerprint", "name"])


def _of_table(dataset_id: str) -> str:
    from mmc_core.ui.common import load

    table = load.table(dataset_id)
    if table is not None:
        return _hash(dataset_id, len(table), table)[:SHOWN]
    is_here = datasets.get(dataset_id).has_table()
    return _("too large") if is_here else _("not on this machine")


@st.cache_data(show_spinner=False, max_entries=20)
def _hash(dataset_id: str, n: int, _table: pd.DataFrame) -> str:
    from mmc_core.runs.provenance import data_hash

    return data_hash(_table)
