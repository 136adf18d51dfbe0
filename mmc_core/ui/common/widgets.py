"""Widgets that several pages share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from mmc_core.figures.style import Figure
from mmc_core.files import csv_text
from mmc_core.language import N_, _
from mmc_core.moods import BY_NAME, MOODS
from mmc_core.ui.common.theme import mood_colour
from mmc_core.wording import listed

# Plotly draws in the browser, so it saves there too: its own camera, asked for either format.
SAVE_HTML = """<button data-format="png">PNG</button> <button data-format="svg">SVG</button>"""
SAVE_CSS = """
button {
  font: inherit; font-size: 0.875rem; color: inherit; background: transparent; cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius);
  padding: 0.25rem 0.75rem; min-height: 2.5rem; margin-right: 0.25rem;
}
button:hover, button:focus-visible {
  border-color: var(--st-primary-color); color: var(--st-primary-color);
}
"""
_SAVE_JS = """
export default function ({ parentElement, data }) {
  for (const button of parentElement.querySelectorAll("button")) {
    button.onclick = () => {
      const plot = document.querySelector(`.st-key-${data.key} .js-plotly-plot`);
      plot._context.toImageButtonOptions = {
        format: button.dataset.format, filename: data.name, scale: 2,
      };
      const { font } = plot.layout;
      plot.layout.font = { ...font, family: data.font };
      plot.querySelector(".modebar-btn").click();  // copies the layout at once
      plot.layout.font = font;
    };
  }
}
"""
# A saved file cannot use the page's web font: with another one, of other widths than those that the
# drawing was laid out for, its texts would be cut.
SAVED_FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
# The camera first: the buttons above click it, and the style sheet hides it.
PLOT_CONFIG = {
    "displaylogo": False,
    "modeBarButtons": [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
}

# Where parts of a figure can be selected by dragging.
AREAS_CONFIG = {
    **PLOT_CONFIG,
    "modeBarButtons": [["toImage", "select2d", "lasso2d", "zoom2d", "pan2d", "resetScale2d"]],
}


@cache
def _save_buttons() -> Any:
    return st.components.v2.component("mmc.save_figure", html=SAVE_HTML, css=SAVE_CSS, js=_SAVE_JS)


def figure(
    shown: Figure,
    *,
    key: str,
    name: str,
    on_click: Callable[[], None] | None = None,
    areas: bool = False,
    more: Callable[[], None] | None = None,
) -> None:
    """Draw a figure with a menu that saves it as PNG, SVG or CSV.

    Args:
        shown: what to draw.
        key: unique on the page; letters and hyphens.
        name: of the saved files, without suffix.
        on_click: called when a point is chosen, which session state then has under `key`-plot.
        areas: whether boxes and lassos can be drawn, too; `on_click` is then called for these.
        more: draws what else the menu offers, below its buttons.
    """
    with st.container(key=key):
        st.plotly_chart(
            shown.plot,
            config=AREAS_CONFIG if areas else PLOT_CONFIG,
            alt=shown.alt,
            key=f"{key}-plot",
            on_select=on_click or "ignore",
            selection_mode=("points", "box", "lasso") if areas else "points",
        )
        with (
            st.container(
                horizontal=True, horizontal_alignment="right", gap="small", key=f"{key}-below"
            ),
            save_menu(),
        ):
            with st.container(horizontal=True, gap="small"):
                data = {"key": key, "name": name, "font": SAVED_FONT}
                _save_buttons()(key=f"{key}-save", data=data, width="content")
                st.download_button(
                    "CSV",
                    lambda: csv_text(shown.data),
                    file_name=f"{name}.csv",
                    mime="text/csv",
                    key=f"{key}-csv",
                    on_click="ignore",
                    help=_("The numbers in this figure"),
                )
            if more:
                more()


def save_menu() -> Any:
    """Return the small menu that offers the files of a figure or table."""
    return st.popover(_("Save as"), icon=":material/download:", type="tertiary", width="content")


def page_link(page: str, label: str, icon: str, **query: str | list[str]) -> None:
    """A link to a page of `pages/`; just its label where a page is run without the app."""
    try:
        st.page_link(
            f"pages/{page}.py", label=label, icon=f":material/{icon}:", query_params=query or None
        )
    except StreamlitPageNotFoundError:
        st.markdown(label)


def escape_markdown(text: str) -> str:
    """Text that came from outside, such as a file's name, kept from being read as Markdown."""
    text = re.sub(r"[^\S\xa0]+", " ", text).strip()
    text = re.sub(r"(?<!\S)(?=--|->|<-|>=|<=|~=)", "\u2060", text)  # else Streamlit draws arrows
    text = re.sub(r"([\\`*_\[\]<>$:~#!|&])", r"\\\1", text)
    return re.sub(r"^(?=[-+=])|^(\d+)(?=[.)])", r"\1\\", text)  # else a list, rule or heading


def mood_badges(values: Mapping[str, object], others: Mapping[str, object] | None = None) -> None:
    """A line of moods, each with its shape, colour and a value; then of others without these."""
    st.html(
        "<div style='display:flex;flex-wrap:wrap;gap:0.4rem 0.8rem'>"
        + "".join(
            f"<span><span style='color:{mood_colour(mood)}'>{mood.mark}</span> {mood.label} "
            f"<b>{escape(str(values[mood.name]))}</b></span>"
            for mood in MOODS
            if mood.name in values
        )
        + "".join(
            f"<span>{escape(name)} <b>{escape(str(value))}</b></span>"
            for name, value in (others or {}).items()
        )
        + "</div>"
    )


def mood_headline(moods: Sequence[str], text: str) -> None:
    """One mood, or the moods that it may be, in large type in their colours, and a line under."""
    names = [
        f"<span style='color:{mood_colour(mood)}'>{mood.mark}</span> {mood.label}"
        for mood in (BY_NAME[name] for name in moods)
    ]
    _headline(listed(names, N_("or")), text, mood_colour(BY_NAME[moods[0]]))


def headline(title: str, text: str) -> None:
    """The same without a mood."""
    _headline(escape(title), text, "var(--st-border-color, gray)")


def _headline(html: str, text: str, colour: str) -> None:
    st.html(
        f"<div style='border-left:0.5rem solid {colour};padding:0.1rem 0 0.1rem 1rem'>"
        f"<div style='font-size:2rem;font-weight:700;line-height:1.2'>{html}</div>"
        f"<div>{escape(text)}</div></div>"
    )
