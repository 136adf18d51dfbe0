"""Figures of the reasons for an answer hold the numbers that they are of."""

from __future__ import annotations

import numpy as np
import pytest

from mmc_core import datasets
from mmc_core.features.masking import Grid
from mmc_core.features.schema import BY_NAME, GROUPS
from mmc_core.figures import reasons
from mmc_core.moods import NAMES
from mmc_core.prediction.contributions import Contributions
from mmc_core.prediction.occlusion import Occlusion, strongest
from tests.support.sounds import white_noise


def occlusion() -> Occlusion:
    grid = Grid(10.0)
    effects = np.linspace(-0.1, 0.3, grid.n_bands * grid.n_times).reshape(grid.shape)
    levels_db = np.full((128, 40), -20, dtype=np.int8)
    sound = white_noise(1.0)
    kinds = ("original", "only", "without")
    return Occlusion(
        NAMES[0],
        5.0,
        grid,
        effects,
        strongest(effects),
        dict.fromkeys(kinds, sound),
        dict.fromkeys(kinds, 0.5),
        levels_db,
    )


def test_the_map_has_the_effects_over_the_part_that_is_heard() -> None:
    made = occlusion()
    figure = reasons.occlusion_map(made, "a song")
    spectrogram, key, effects, _ = figure.plot.data
    assert (key.marker.cmin, key.marker.cmax) == (effects.zmin, effects.zmax)
    assert key.marker.colorscale[1] == (0.5, "rgb(255, 255, 255)")  # as over silence
    assert key.marker.colorbar.thickness and not effects.showscale
    np.testing.assert_allclose(effects.z, 100 * made.effects)
    assert (effects.x[0], effects.x[-1]) == (5.0, 15.0)
    assert np.isfinite(spectrogram.y).all()
    assert min(spectrogram.y) >= 0 and max(spectrogram.y) <= made.grid.n_bands
    assert len(spectrogram.y) == len(spectrogram.z)
    assert len(figure.data) == made.effects.size
    assert int(figure.data["is_top"].sum()) == int(made.top.sum())
    assert "+30.0 points" in figure.alt


def test_a_cell_by_itself_has_four_sides_and_two_neighbours_have_six() -> None:
    cells = np.zeros((3, 4), dtype=bool)
    cells[1, 1] = True
    x, y = reasons.outline(cells, np.arange(5.0))
    assert len(x) == len(y) == 4 * 3
    assert {each for each in x if each is not None} == {1.0, 2.0}
    cells[1, 2] = True
    x, _ = reasons.outline(cells, np.arange(5.0))
    assert len(x) == 6 * 3


def test_the_steps_lead_from_the_usual_answer_to_the_songs() -> None:
    steps = dict(zip(GROUPS, (0.1, -0.2, 0.05, 0.3, 0.0), strict=True))
    made = Contributions(NAMES[2], 0.5, 0.25, steps, 100)
    figure = reasons.contribution_bars(made, "a song")
    (bars,) = figure.plot.data
    assert bars.x[0] + sum(bars.x[1:-1]) == pytest.approx(bars.x[-1])
    assert figure.data["probability"].iloc[[0, -1]].tolist() == [0.25, 0.5]


def test_the_song_is_a_line_among_the_boxes() -> None:
    moods = datasets.get("4qaed").summary().by_mood("tempo")
    figure = reasons.song_in_boxes(BY_NAME["tempo"], 90.0, moods, "a song", "4QAED")
    assert {shape.y0 for shape in figure.plot.layout.shapes} == {90.0}
    assert figure.data["song"].unique().tolist() == [90.0]
    assert figure.alt.endswith("a song: 90.")
