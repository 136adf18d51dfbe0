"""One clip has one percentile, on whichever page it is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mmc_core import datasets
from mmc_core.analysis.placement import one_in_words
from mmc_core.features.schema import BY_NAME
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Prediction, Window
from mmc_core.ui.predict.features import features_beside
from mmc_core.wording import percent
from tests.support.pages import page, words

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own


def test_a_clips_tempo_lies_in_one_place(own_cache: Path) -> None:
    """4QAED's tempi are often alike, and then half of those that are alike lie below."""
    dataset = datasets.load_dataset("4qaed")
    summary = dataset.summary()
    tempi = dataset.table()["tempo"]
    commonest = dataset.table().loc[tempi == tempi.mode()[0]].iloc[0]
    clip, mood, tempo = commonest["clip"], commonest["mood"], float(commonest["tempo"])
    share = {name: summary["tempo", name].share_below(tempo) for name in NAMES}

    text = words(page("distributions", group="rhythm", feature="tempo", clip=f"4qaed:{clip}"))
    match = re.search(rf"higher than (\d+)\s% of the {mood} clips", text)
    assert match and int(match[1]) == round(100 * share[mood])

    sentence = one_in_words(BY_NAME["tempo"], tempo, summary.by_mood("tempo"))  # Listen's
    low, high = min(share.values()), max(share.values())
    assert f"{round(100 * low)} to {percent(high)} of the clips of every mood" in sentence

    row = commonest[list(BY_NAME)].to_dict()
    window = Window(0.0, 25.5, dict.fromkeys(NAMES, 0.25), row)
    table = features_beside(Prediction("a", "m", mood=mood, windows=[window]), summary)
    rank = table.set_index("feature").loc["Tempo", "rank"]  # the moods weighing alike
    assert rank == pytest.approx(100 * sum(share.values()) / len(NAMES))
