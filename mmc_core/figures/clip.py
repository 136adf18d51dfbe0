"""The pictures of one piece of sound, one above the other on one axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.colors import convert_colors_to_same_type, diverging, sequential
from plotly.subplots import make_subplots

from mmc_core._typing import Float64
from mmc_core.features.display import BPM_RANGE, Picture, Pictures, Small
from mmc_core.figures.style import INK, NEUTRAL, Figure, layout
from mmc_core.language import N_, _, write

GAP = 48  # pixels between two panels: the ticks of one and the title of the next
TOP, BOTTOM = 30, 52  # pixels
# Dark is little, and white is nothing. Not by their hex colours, of which Streamlit takes the
# darkest for a placeholder of its own.
LEVELS = convert_colors_to_same_type(sequential.Magma, "rgb")[0]
SIGNED = convert_colors_to_same_type(diverging.RdBu[::-1], "rgb")[0]
FREQUENCY_TICKS = (250, 500, 1000, 2000, 4000, 8000)  # Hz
HOVER = {
    "spectrogram": "%{y:.2f} kHz: %{z} dBFS",
    "mel": "%{y}: %{z} dB",
    "mfcc": "MFCC %{y}: %{z} dB",
    "chroma": N_("%{y}: %{z} %"),
    "tonnetz": "%{y}: %{z:.2f}",
    "tempogram": N_("%{y:.0f} BPM: %{z} %"),
}
CURVES = {  # what they are called, by their rows
    "RMS (dBFS)": N_("RMS"),
    "centroid (Hz)": N_("centroid"),
    "roll-off (Hz)": N_("roll-off"),
    "zero-crossing rate": N_("zero-crossing rate"),
    "onset strength (dB)": N_("onset strength"),
}


@dataclass(frozen=True)
class Panel:
    """How one picture is drawn, and what such a picture is, for who never saw one."""

    title: str
    axis: str
    height: int  # pixels
    reading: str


PANELS = {
    "waveform": Panel(
        N_("Waveform"),
        N_("Full scale"),
        120,
        N_("The recorded air pressure: at each moment the lowest and highest sample."),
    ),
    "spectrogram": Panel(
        N_("Spectrogram (dBFS)"),
        N_("Frequency (kHz)"),
        200,
        N_(
            "How loud each frequency is at each moment. Horizontal lines are held notes, vertical "
            "lines are onsets, such as beats; overtones are evenly spaced."
        ),
    ),
    "mel": Panel(
        N_("Mel spectrogram (dB below its maximum)"),
        N_("Frequency (Hz)"),
        180,
        N_(
            "A spectrogram in 128 bands spaced as we hear: narrow for low frequencies, wide for "
            "high."
        ),
    ),
    "mfcc": Panel(
        N_("MFCC (dB; the first minus its mean)"),
        N_("Coefficient"),
        170,
        N_(
            "The shape of the mel spectrum in 20 numbers, coarse shape first: the timbre, "
            "independent of pitch. The first is the level."
        ),
    ),
    "chroma": Panel(
        N_("Chroma (% of the maximum)"),
        N_("Pitch class"),
        200,
        N_("Energy of the twelve pitch classes, all octaves added: chords and melody."),
    ),
    "tonnetz": Panel(
        N_("Tonnetz"),
        N_("Circle"),
        150,
        N_(
            "Position of the chord on the circles of fifths (5), minor thirds (m3) and major "
            "thirds (M3). It jumps when the harmony changes."
        ),
    ),
    "tempogram": Panel(
        N_("Tempogram (autocorrelation × 100)"),
        N_("Tempo (BPM)"),
        180,
        N_(
            "How regularly onsets repeat at each tempo, over eight seconds. A horizontal line is a "
            "steady pulse."
        ),
    ),
    "rms": Panel(
        N_("Loudness (RMS)"),
        "dBFS",
        120,
        N_("Root mean square of 93 ms of sound, as a level."),
    ),
    "brightness": Panel(
        N_("Centroid and roll-off"),
        "kHz",
        120,
        N_(
            "Centre of gravity of the spectrum, and where 85 % of it is below: high for bright "
            "sounds."
        ),
    ),
    "zcr": Panel(
        N_("Zero-crossing rate"),
        N_("% of samples"),
        120,
        N_("How often the waveform changes sign: high for noise, cymbals and consonants."),
    ),
    "onsets": Panel(
        N_("Onset strength"),
        "dB",
        120,
        N_(
            "How much louder the mel bands get from one frame to the next: peaks are notes and "
            "beats."
        ),
    ),
}


def panels(pictures: Pictures, names: Sequence[str], title: str) -> Figure:
    """The chosen pictures under each other; zooming into one zooms into all.

    Args:
        names: of `PANELS`, at least one, in their order.
        title: what the sound is called.
    """
    plot = stacked([(name, pictures, _(PANELS[name].title)) for name in names])
    half = pictures.step_s / 2
    plot.update_xaxes(range=[float(pictures.time_s[0]) - half, float(pictures.time_s[-1]) + half])
    shown = ", ".join(_(PANELS[name].title) for name in names)
    alt = _("Pictures of {title} over time: {pictures}.", title=title, pictures=shown)
    return Figure(plot, pictures.table(names), alt)


def stacked(rows: Sequence[tuple[str, Pictures, str]], *, top: int = TOP) -> go.Figure:
    """Pictures under each other on one axis of time, each of a name of `PANELS`, with its title.

    Args:
        top: pixels above the first.
    """
    heights = [PANELS[row[0]].height for row in rows]
    inside = sum(heights) + GAP * (len(rows) - 1)
    plot = make_subplots(
        rows=len(rows),
        shared_xaxes=True,
        row_heights=heights,
        vertical_spacing=GAP / inside if len(rows) > 1 else 0,
        subplot_titles=[f"<b>{row[-1]}</b>" for row in rows],
    )
    plot.update_annotations(x=0, xanchor="left")
    for row, (name, pictures, _title) in enumerate(rows, start=1):
        plot.update_yaxes(title=_(PANELS[name].axis), row=row)
        _draw(plot, row, name, pictures)
    plot.update_xaxes(showticklabels=True, nticks=10, ticksuffix=" s", ticks="")
    plot.update_xaxes(title=_("Time"), title_standoff=4, row=len(rows))
    layout(plot, height=top + inside + BOTTOM)
    plot.update_yaxes(title_standoff=12, title_font_size=12, tickfont_size=12)
    plot.update_xaxes(tickfont_size=12, title_font_size=12, ticklabelstandoff=-4)
    plot.update_layout(margin={"t": top, "b": BOTTOM})
    return plot


def _draw(plot: go.Figure, row: int, name: str, pictures: Pictures) -> None:
    picture = pictures.of[name]
    match name:
        case "waveform":
            _waveform(plot, row, pictures, picture)
        case "rms" | "brightness" | "zcr" | "onsets":
            _curves(plot, row, name, pictures, picture)
        case _:
            _image(plot, row, name, pictures, picture)


def _waveform(plot: go.Figure, row: int, pictures: Pictures, picture: Picture) -> None:
    reach = 1.05 * max(float(np.abs(picture.cells).max()), 1e-3)
    for values, fill in zip(picture.cells, (None, "tonexty"), strict=True):
        plot.add_scatter(
            x=pictures.time_s.astype(np.float32),
            y=values,
            mode="lines",
            line={"color": NEUTRAL[0], "width": 1},
            fill=fill,
            fillcolor=NEUTRAL[0],
            hovertemplate="%{x:.2f} s: %{y:.3f}<extra></extra>",
            row=row,
            col=1,
        )
    plot.update_yaxes(range=[-reach, reach], nticks=5, row=row)


def _curves(plot: go.Figure, row: int, name: str, pictures: Pictures, picture: Picture) -> None:
    scale = {"brightness": 1e-3, "zcr": 100.0}.get(name, 1.0)
    for curve, values, colour in zip(picture.rows, picture.cells, NEUTRAL, strict=False):
        called = _(CURVES[curve])
        plot.add_scatter(
            x=pictures.time_s.astype(np.float32),
            y=(scale * values).astype(np.float32),
            mode="lines",
            line={"color": colour, "width": 1.5},
            hovertemplate=f"{called}<br>%{{x:.2f}} s: %{{y:.4g}} {_(PANELS[name].axis)}"
            "<extra></extra>",
            row=row,
            col=1,
        )
        if len(picture.rows) > 1:  # named at its end, so that it needs no legend
            late = values[-len(values) // 5 :]
            plot.add_annotation(
                x=1,
                xref="x domain",
                xanchor="right",
                y=float(scale * (late.max() if curve == picture.rows[-1] else late.min())),
                yanchor="bottom" if curve == picture.rows[-1] else "top",
                text=f"<span style='color:{colour}'>{called}</span>",
                showarrow=False,
                row=row,
                col=1,
            )
    plot.update_yaxes(nticks=5, row=row)
    if name != "rms":
        plot.update_yaxes(rangemode="tozero", row=row)


def _image(plot: go.Figure, row: int, name: str, pictures: Pictures, picture: Picture) -> None:
    """Rows as a heat map; what is special to each picture is its scale and its axis."""
    z: Small = picture.cells
    y = np.arange(float(len(picture.rows)))
    low, high = None, None
    axis: dict[str, object] = {"showgrid": False}
    match name:
        case "spectrogram":
            y = picture.scale / 1000
            axis |= {"nticks": 6}
        case "tempogram":
            y = _between_lags(picture.scale)
            ticks = [30, 60, 90, 120, 180, 240]
            axis |= {"type": "log", "tickvals": ticks, "range": np.log10(BPM_RANGE).tolist()}
        case "mfcc":
            z = z - np.round(z.mean(axis=1, keepdims=True) * (picture.scale == 1)[:, None])
            z = z.astype(np.int16)
            y = picture.scale
            high = float(np.percentile(np.abs(z[1:]), 99)) or 1.0
            low = -high
            axis |= {"tickvals": [1, 5, 10, 15, 20]}
        case "mel":
            axis |= {"type": "category"}  # so that a row is called by its frequency
            at = np.interp(FREQUENCY_TICKS, picture.scale, y)
            axis |= {
                "tickvals": at.tolist(),
                "ticktext": [write(hz, ",") for hz in FREQUENCY_TICKS],
            }
        case _:
            axis |= {"tickvals": y.tolist(), "ticktext": list(picture.rows)}
    if name == "tonnetz":
        low, high = -0.5, 0.5  # farther out are single notes alone
    domain = plot.get_subplot(row, 1).yaxis.domain
    plot.add_heatmap(
        z=z,
        y=picture.rows if name == "mel" else y,
        x0=float(pictures.time_s[0]),
        dx=pictures.step_s,
        zmin=low,
        zmax=high,
        colorscale=SIGNED if name in ("mfcc", "tonnetz") else LEVELS,
        colorbar={
            "y": sum(domain) / 2,
            "len": domain[1] - domain[0],
            "lenmode": "fraction",
            "thickness": 8,
            "outlinewidth": 0,
            "nticks": 5,
            "tickfont": {"size": 11, "color": INK},
            "x": 1.01,
            "ypad": 0,
        },
        hovertemplate=f"%{{x:.2f}} s, {_(HOVER[name])}<extra></extra>",
        row=row,
        col=1,
    )
    plot.update_yaxes(**axis, row=row)


def _between_lags(bpm: Float64) -> Float64:
    """Edges of rows that are one lag each, by their pulses from slow to fast."""
    lags = bpm[-1] / bpm  # in fastest lags
    step = float(lags[0] - lags[-1]) / max(len(bpm) - 1, 1)
    edges = np.append(lags + step / 2, lags[-1] - step / 2)
    between: Float64 = bpm[-1] / edges
    return between


def row_heights(names: Sequence[str]) -> list[int]:
    """Pixels from one panel's title to the next, so that words can stand beside each."""
    return [PANELS[name].height + GAP for name in names]
