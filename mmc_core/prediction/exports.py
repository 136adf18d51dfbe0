"""A song's mood over time as a table, as JSON, and as a label track for sound editors.

A moment stands for the times that are nearer to its middle than to another's, so that moments that
overlap become stretches that do not. Where a silent part was skipped, there is none.

Label track: `start<TAB>end<TAB>label` in seconds, a line a stretch of one mood. Audacity:
File > Import > Labels. Sonic Visualiser: File > Import Annotation Layer, columns time, end time,
label, as a region layer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from mmc_core.moods import NAMES
from mmc_core.prediction.result import Moment, Prediction


@dataclass(frozen=True)
class Stretch:
    """A part of a song of one mood.

    Parameters
    ----------
    start_s, end_s : float
        Where it begins and ends, in seconds. Stretches do not overlap.
    mood : str
        The likeliest.
    """

    start_s: float
    end_s: float
    mood: str


def likeliest(moment: Moment) -> str:
    """The mood of a moment's highest probability."""
    return max(NAMES, key=moment.probabilities.__getitem__)


def stretches(timeline: Sequence[Moment]) -> list[Stretch]:
    """The moods in turn; neighbouring moments of one mood are joined.

    Parameters
    ----------
    timeline : sequence of Moment
        In the order of time.

    Returns
    -------
    list of Stretch
        In the order of time.
    """
    joined: list[Stretch] = []
    for (start_s, end_s), moment in zip(_parts(timeline), timeline, strict=True):
        mood = likeliest(moment)
        if joined and joined[-1].mood == mood and joined[-1].end_s == start_s:
            start_s = joined.pop().start_s
        joined.append(Stretch(start_s, end_s, mood))
    return joined


def label_track(timeline: Sequence[Moment]) -> str:
    """The moods in turn as a label track of Audacity's; seconds to the microsecond."""
    return "".join(
        f"{each.start_s:.6f}\t{each.end_s:.6f}\t{each.mood}\n" for each in stretches(timeline)
    )


def timeline_table(timeline: Sequence[Moment]) -> pd.DataFrame:
    """A row a moment: `start_s`, `end_s`, `mood`, the four probabilities, `arousal`, `valence`."""
    return pd.DataFrame(
        [
            {
                "start_s": moment.start_s,
                "end_s": moment.end_s,
                "mood": likeliest(moment),
                **moment.probabilities,
                "arousal": moment.arousal,
                "valence": moment.valence,
            }
            for moment in timeline
        ],
        columns=["start_s", "end_s", "mood", *NAMES, "arousal", "valence"],
    )


def timeline_json(prediction: Prediction) -> str:
    """The timeline as one JSON document: file, model, duration, changes and every moment."""
    document = {
        "file": prediction.file,
        "model": prediction.model,
        "duration_s": prediction.duration_s,
        "changes": prediction.changes,
        "timeline": [asdict(moment) for moment in prediction.timeline],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _parts(timeline: Sequence[Moment]) -> list[tuple[float, float]]:
    """The times that each moment stands for, in seconds."""
    middles = [(moment.start_s + moment.end_s) / 2 for moment in timeline]
    starts, ends = [], []
    for i, moment in enumerate(timeline):
        before = i > 0 and timeline[i - 1].end_s >= moment.start_s
        after = i + 1 < len(timeline) and moment.end_s >= timeline[i + 1].start_s
        starts.append((middles[i - 1] + middles[i]) / 2 if before else moment.start_s)
        ends.append((middles[i] + middles[i + 1]) / 2 if after else moment.end_s)
    return list(zip(starts, ends, strict=True))
