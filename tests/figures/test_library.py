"""The pictures of a library show its songs."""

from __future__ import annotations

import pandas as pd

from mmc_core.figures.library import moods_by, songs_plane
from mmc_core.library.browse import SEVERAL
from mmc_core.moods import MOODS, NAMES


def test_bars_are_shares_of_each_groups_songs() -> None:
    counts = dict(zip(NAMES, [[3, 0], [1, 0], [0, 2], [0, 0]], strict=True))
    groups = pd.DataFrame({"group": ["A <b>", "B"], "songs": [4, 4], **counts, SEVERAL: [0, 2]})
    figure = moods_by(groups, "artist")
    widths = {trace.name: list(trace.x) for trace in figure.plot.data if trace.type == "bar"}
    assert widths[NAMES[0]] == [75, 0]
    assert widths[NAMES[2]] == [0, 50]
    assert widths["several moods"] == [0, 50]
    explained = [trace.name.strip() for trace in figure.plot.data if trace.showlegend]
    assert sorted(explained) == sorted([*NAMES, "several moods"])
    labels = ("A &lt;b&gt; (4)", "B (4)")
    assert figure.plot.layout.yaxis.ticktext == labels
    narrow = moods_by(groups, "artist", narrow=True).plot.layout
    assert tuple(note.text for note in narrow.annotations) == labels
    assert not narrow.yaxis.showticklabels
    assert "A <b> (4 songs): " in figure.alt
    assert figure.data is groups


def test_songs_are_points_of_their_moods_and_the_unsure_ones_crosses() -> None:
    moods = [NAMES[0], NAMES[2], None, NAMES[2]]
    songs = pd.DataFrame(
        {
            "key": ["a", "b", "c", "d"],
            "name": ["A", "<i>B", "C", "D"],
            "mood": moods,
            "several": [False, False, False, True],
            "arousal": [0.5, -0.5, 0.0, -0.1],
            "valence": [0.4, -0.4, 0.0, -0.2],
        }
    )
    figure = songs_plane(songs, songs.iloc[1:2])
    *traces, ring = figure.plot.data
    points = [trace for trace in traces if trace.customdata is not None and len(trace.x)]
    drawn = {trace.marker.symbol: list(zip(trace.x, trace.y, strict=True)) for trace in points}
    assert drawn[MOODS[0].symbol] == [(0.4, 0.5)]
    assert drawn["x-thin"] == [(0.0, 0.0)]
    assert points[1].customdata.tolist() == [["&lt;i&gt;B", "b"]]
    explained = [trace.name.strip() for trace in traces if trace.showlegend]
    assert explained == [*NAMES, "hollow: several moods", "cannot tell"]  # each once
    assert drawn[f"{MOODS[2].symbol}-open"] == [(-0.2, -0.1)]
    assert (list(ring.x), list(ring.y)) == ([-0.4], [-0.5])
    assert figure.alt.startswith("4 songs") and f"{NAMES[2]} 1" in figure.alt
    assert "several moods 1" in figure.alt
