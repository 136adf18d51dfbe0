"""The pictures of a library show its songs."""

from __future__ import annotations

import pandas as pd

from mmc_core.figures.library import moods_by, songs_plane
from mmc_core.moods import MOODS, NAMES


def test_bars_are_shares_of_each_groups_songs() -> None:
    counts = dict(zip(NAMES, [[3, 0], [1, 0], [0, 2], [0, 0]], strict=True))
    groups = pd.DataFrame({"group": ["A <b>", "B"], "songs": [4, 2], **counts})
    figure = moods_by(groups, "artist")
    widths = {trace.name: list(trace.x) for trace in figure.plot.data}
    assert widths[f"{MOODS[0].mark} {NAMES[0]}"] == [75, 0]
    assert widths[f"{MOODS[2].mark} {NAMES[2]}"] == [0, 100]
    texts = [note.text for note in figure.plot.layout.annotations]
    assert texts == ["A &lt;b&gt; (4)", "B (2)"]
    assert "A <b> (4 songs): " in figure.alt
    assert figure.data is groups


def test_songs_are_points_of_their_moods_and_the_unsure_ones_crosses() -> None:
    moods = [NAMES[0], NAMES[2], None]
    songs = pd.DataFrame(
        {
            "key": ["a", "b", "c"],
            "name": ["A", "<i>B", "C"],
            "mood": moods,
            "arousal": [0.5, -0.5, 0.0],
            "valence": [0.4, -0.4, 0.0],
        }
    )
    figure = songs_plane(songs, songs.iloc[1:2])
    *points, ring = figure.plot.data
    drawn = {trace.name: list(zip(trace.x, trace.y, strict=True)) for trace in points}
    assert drawn[f"{MOODS[0].mark} {NAMES[0]}"] == [(0.4, 0.5)]
    assert drawn["cannot tell"] == [(0.0, 0.0)]
    assert [trace.customdata.tolist() for trace in points if len(trace.x)][1] == [
        ["&lt;i&gt;B", "b"]
    ]
    assert (list(ring.x), list(ring.y)) == ([-0.4], [-0.5])
    assert figure.alt.startswith("3 songs") and f"{NAMES[2]} 1" in figure.alt
