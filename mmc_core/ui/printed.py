"""What is saved for print: a figure in ggplot2's look, and a whole dataset as a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st
from matplotlib.figure import Figure
from streamlit.delta_generator import DeltaGenerator

from mmc_core import datasets, report
from mmc_core.clips import Clips
from mmc_core.features.schema import Feature
from mmc_core.figures import ggplot, grey
from mmc_core.figures.distributions import ByDataset
from mmc_core.ui import show

MAX_REPORTS = 8  # kept, of 3 MB


def buttons(
    feature: Feature, data: ByDataset, kind: str, clips: Mapping[str, Clips], *, log: bool = False
) -> None:
    """Buttons that draw the figure in ggplot2's look once they are clicked.

    Args:
        kind: of `ggplot.FIGURES`.
        clips: by dataset title, where single clips are known: for outliers.
    """

    def draw() -> Figure:
        marks = {title: found.outliers(feature.name) for title, found in clips.items()}
        return ggplot.FIGURES[kind](feature, data, log=log, outliers=marks)

    def content(of: str) -> bytes:
        return grey.save(draw, [of])[of]

    with (
        st.popover("ggplot2's look", help="For print: 160 mm wide, PNG at 300 dpi"),
        st.container(horizontal=True, gap="small"),
    ):
        for of, mime in grey.FORMATS.items():
            st.download_button(
                of.upper(),
                partial(content, of),
                file_name=f"{feature.name}-{kind}-ggplot.{of}",
                mime=mime,
                key=f"ggplot-{of}",
                on_click="ignore",
            )


def offer_reports(chosen: Sequence[str]) -> None:
    """A report of each dataset, made when asked for and then kept for all visitors."""
    st.subheader("A whole dataset on paper")
    st.caption(
        "All features in ggplot2's look, with their numbers and findings, as one HTML file that "
        "needs no network and prints well. The command line makes the same: "
        "`python -m mmc_core report ID --out FILE.html`."
    )
    row, below = st.container(horizontal=True, gap="small"), st.container()
    for id_ in chosen:
        with row:
            _offer_report(id_, below)


def _offer_report(dataset_id: str, below: DeltaGenerator) -> None:
    dataset = datasets.get(dataset_id)
    made = _made()
    version = _version(dataset_id)
    if made.get(dataset_id, ("", ""))[0] == version:
        st.download_button(
            f"Save the report of {show.plain(dataset.title)}",
            made[dataset_id][1].encode,
            file_name=f"{dataset_id}.html",
            mime="text/html",
            key=f"report-{dataset_id}",
            on_click="ignore",
            icon=":material/download:",
        )
    elif st.button(
        f"Make the report of {show.plain(dataset.title)}",
        key=f"make-report-{dataset_id}",
        icon=":material/article:",
    ):
        bar = below.progress(0.0, text="Drawing")

        def advance(done: int, total: int) -> None:
            bar.progress(done / total, text=f"Drawing {done} of {total} features")

        made[dataset_id] = version, report.make(dataset, advance)
        for oldest in list(made)[:-MAX_REPORTS]:
            del made[oldest]
        st.rerun()


@st.cache_resource(max_entries=1, show_spinner=False)
def _made() -> dict[str, tuple[str, str]]:
    """By dataset: the version of it that a report is of, and the report."""
    return {}


def _version(dataset_id: str) -> str:
    """What a report was made of: another summary or table asks for another report."""
    dataset = datasets.get(dataset_id)
    paths = [dataset.summary_path, *([dataset.table_path] if dataset.has_table() else [])]
    return " ".join(str(path.stat().st_mtime_ns) for path in paths)
