from __future__ import annotations

import tomllib
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmc_core._typing import Float64
from mmc_core.figures.style import GREY, INK, NEUTRAL, ON_DARK
from mmc_core.moods import MOODS, NAMES, arousal_valence, parse
from mmc_core.settings import PROJECT

# Machado, Oliveira & Fernandes 2009, severity 1; they act on linear RGB.
DICHROMACIES = {
    "none": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# The page of Streamlit's light theme, and page and text of its dark one.
PAPER, DARK_PAGE, DARK_TEXT = "#FFFFFF", "#171614", "#EDEBE8"
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> Float64:
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: Float64) -> Float64:
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["colour", "colour_on_dark"])
@pytest.mark.parametrize("vision", DICHROMACIES)
def test_colours_stay_apart(vision: str, theme: str) -> None:
    """A difference of 20 in CIELAB is plain to see beside one another; 2.3 is just noticeable."""
    colours = [lab(DICHROMACIES[vision] @ linear(getattr(mood, theme))) for mood in MOODS]
    assert min(np.linalg.norm(a - b) for a, b in combinations(colours, 2)) > 20


@pytest.mark.parametrize("colour", [*ON_DARK, *NEUTRAL, INK])
def test_marks_are_seen_on_white_and_on_dark(colour: str) -> None:
    """Graphics need a contrast of 3 with what is around them (WCAG 2.2, 1.4.11)."""
    assert contrast(colour, PAPER) >= 3
    assert contrast(ON_DARK.get(colour, DARK_TEXT), DARK_PAGE) >= 3


def test_every_colour_has_another_on_a_dark_page() -> None:
    assert {*ON_DARK} == {*(mood.colour for mood in MOODS), *NEUTRAL, GREY} - {"#000000"}


def test_the_theme_has_the_same_palette() -> None:
    theme = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    assert theme["light"]["chartCategoricalColors"] == [mood.colour for mood in MOODS]
    assert theme["dark"]["chartCategoricalColors"] == [mood.colour_on_dark for mood in MOODS]


def test_each_mood_has_a_shape_and_a_quadrant_of_its_own() -> None:
    for attribute in ("name", "quadrant", "colour", "symbol", "mark"):
        assert len({getattr(mood, attribute) for mood in MOODS}) == 4
    assert {(mood.arousal, mood.valence) for mood in MOODS} == {(1, 1), (1, -1), (-1, -1), (-1, 1)}


def test_quadrants_run_counter_clockwise_from_happy() -> None:
    assert NAMES == ("happy", "angry", "sad", "relaxed")
    angles = [np.arctan2(mood.arousal, mood.valence) % (2 * np.pi) for mood in MOODS]
    assert angles == sorted(angles)


@pytest.mark.parametrize("mood", MOODS, ids=NAMES)
def test_certainty_lies_in_the_corner(mood) -> None:  # type: ignore[no-untyped-def]
    certain = [float(other is mood) for other in MOODS]
    assert arousal_valence(certain) == (mood.arousal, mood.valence)


@given(st.lists(st.floats(0.001, 1), min_size=4, max_size=4))
def test_arousal_and_valence_stay_in_the_plane(weights: list[float]) -> None:
    arousal, valence = arousal_valence(np.array(weights) / sum(weights))
    assert abs(arousal) <= 1 + 1e-9
    assert abs(valence) <= 1 + 1e-9


def test_no_opinion_is_the_origin() -> None:
    assert arousal_valence([0.25] * 4) == (0, 0)


def test_moods_are_known_in_any_case_and_nothing_else_is() -> None:
    for mood in MOODS:
        name, quadrant = mood.name, mood.quadrant
        for text in (name, name.upper(), f" {name.title()} ", quadrant, quadrant.lower()):
            assert parse(text) is mood, text
    for text in ("", "Q5", "q", "happyish", "1", "ha ppy"):
        assert parse(text) is None, text
