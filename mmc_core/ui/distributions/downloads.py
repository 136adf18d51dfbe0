"""What is saved for print: a figure in ggplot2's look, and a whole dataset as a report."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mmc_core import datasets, language
from mmc_core.analysis.points import Clips
from mmc_core.features.schema import Feature
from mmc_core.figures.numbers import ByDataset
from mmc_core.figures.style import PRINT_FORMATS
from mmc_core.files import csv_text
from mmc_core.language import N_, _
from mmc_core.ui.common import address, load, widgets
from mmc_core.ui.distributions.numbers import file_name

if TYPE_CHECKING:  # half a second, which only whoever saves something waits for
    from matplotlib.figure import Figure

MAX_KEPT = 6  # of 3 to 13 MB


def buttons(
    feature: Feature,
    data: ByDataset,
    kind: str,
    name: str,
    clips: Mapping[str, Clips] | None = None,
    *,
    log: bool = False,
) -> None:
    """Offer the clips behind a figure, and the figure in ggplot2's look, made once asked for.

    Args:
        kind: of `ggplot.FIGURES`.
        name: of the saved files, without suffix.
        clips: of the datasets whose feature table is here, by title.
    """
    if clips:
        st.download_button(
            _("Clips as CSV"),
            lambda: csv_text(clip_rows(feature, clips)),
            file_name=f"{feature.name}-{file_name(clips)}-clips.csv",
            mime="text/csv",
            key="clips-csv",
            on_click="ignore",
            help=_("A row for each clip: its dataset, name, group, mood and value"),
        )

    def draw() -> Figure:
        from mmc_core.figures import ggplot

        return ggplot.FIGURES[kind](feature, data, log=log)

    def content(of: str) -> bytes:
        from mmc_core.figures import grey

        return grey.save(draw, [of])[of]

    st.caption(_("In ggplot2 style, for print: 160 mm wide, PNG at 300 dpi"))
    with st.container(horizontal=True, gap="small"):
        for of, mime in PRINT_FORMATS.items():
            st.download_button(
                _("ggplot2 {format}", format=of.upper()),
                partial(content, of),
                file_name=f"{name}-{kind}-ggplot.{of}",
                mime=mime,
                key=f"ggplot-{of}",
                on_click="ignore",
            )


def clip_rows(feature: Feature, clips: Mapping[str, Clips]) -> pd.DataFrame:
    """Return a row for each clip of some datasets: dataset, clip, name, group, mood, value."""
    ids = {dataset.title: id_ for id_, dataset in datasets.every().items()}
    parts = []
    for title, known in clips.items():
        rows, names = known.rows(feature.name), load.clip_names(ids[title])
        rows.insert(0, "dataset", title)
        rows.insert(2, "name", [names.get(clip, "") for clip in rows["clip"]])
        parts.append(rows)
    table = pd.concat(parts, ignore_index=True)
    return table if table["name"].any() else table.drop(columns="name")


@dataclass(frozen=True)
class Made:
    """What is made of a whole dataset: one of `report.WRITERS`, and what its buttons say."""

    ending: str
    mime: str
    make: str
    save: str
    icon: str


WHOLE = (
    Made(
        "html",
        "text/html",
        N_("Create a report of"),
        N_("Download the report of"),
        ":material/article:",
    ),
    Made(
        "pdf",
        "application/pdf",
        N_("Create a PDF of"),
        N_("Download the PDF of"),
        ":material/picture_as_pdf:",
    ),
    Made(
        "zip",
        "application/zip",
        N_("Create all figures of"),
        N_("Download all figures of"),
        ":material/photo_library:",
    ),
)


def offer_reports(chosen: Sequence[str]) -> None:
    """What can be made of each dataset, made when asked for and kept for all visitors."""
    with st.expander(_("Export a full report"), icon=":material/article:"):
        _offer_all(chosen)


def _offer_all(chosen: Sequence[str]) -> None:
    st.caption(
        _(
            "All features of a dataset, with figures in ggplot2 style. **Report:** figures, "
            "numbers and findings as one HTML file that works offline. **PDF:** one figure per "
            "page. **All figures:** each as PNG, SVG and PDF in a ZIP file. On the command line: "
            "`mmc report ID --out FILE.html` (or `FILE.pdf`, `FILE.zip`)."
        )
    )
    below = st.container()
    for id_ in chosen:
        with below.container(horizontal=True, gap="small"):
            for made in WHOLE:
                _offer(id_, made, below)


def _offer(dataset_id: str, what: Made, below: DeltaGenerator) -> None:
    dataset = datasets.get(dataset_id)
    title = widgets.escape_markdown(dataset.title)
    ready = _ready()
    key, version = (dataset_id, what.ending), _version(dataset_id)
    if ready.get(key, ("", b""))[0] == version:
        st.download_button(
            _("{action} {title}", action=_(what.save), title=title),
            ready[key][1],
            file_name=f"{dataset_id}.{what.ending}",
            mime=what.mime,
            key=f"save-{what.ending}-{dataset_id}",
            on_click="ignore",
            icon=":material/download:",
        )
    elif st.button(
        _("{action} {title}", action=_(what.make), title=title),
        key=f"make-{what.ending}-{dataset_id}",
        icon=what.icon,
    ):
        bar = below.progress(0.0, text=_("Drawing"))

        def advance(done: int, total: int) -> None:
            bar.progress(done / total, text=_("Drawing {done} of {total}", done=done, total=total))

        from mmc_core.reports import report

        content = io.BytesIO()
        with language.english():
            report.WRITERS[what.ending](dataset, content, advance)
        ready[key] = version, content.getvalue()
        for oldest in list(ready)[:-MAX_KEPT]:
            del ready[oldest]
        address.rerun()


@st.cache_resource(max_entries=1, show_spinner=False)
def _ready() -> dict[tuple[str, str], tuple[str, bytes]]:
    """By dataset and ending: the version of the dataset a file is of, and the file."""
    return {}


def _version(dataset_id: str) -> str:
    """What a report was made of: another summary or table asks for another report."""
    dataset = datasets.get(dataset_id)
    paths = [dataset.summary_path, *([dataset.table_path] if dataset.has_table() else [])]
    return " ".join(str(path.stat().st_mtime_ns) for path in paths)
