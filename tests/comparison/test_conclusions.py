"""What a comparison says never contradicts the numbers that it says it of."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mmc_core.comparison import conclusions, store
from mmc_core.comparison.result import Comparison
from mmc_core.saved.comparison import Difference, Estimate, Measure
from mmc_core.wording import decimals, p_value

ONE, OTHER = "4qaed", "emopia"


def of(shares: dict[str, tuple[float, float]], half_width: float) -> Comparison:
    """The saved comparison with other shares right, by score, and intervals of their difference."""
    saved = store.load([ONE, OTHER])
    assert saved
    leads, measures = {}, {ONE: dict(saved.separability[ONE]), OTHER: saved.separability[OTHER]}
    measures[OTHER] = dict(measures[OTHER])
    for score, pair in shares.items():
        value = pair[0] - pair[1]
        leads[score] = Estimate(value=value, low=value - half_width, high=value + half_width)
        for id_, share in zip((ONE, OTHER), pair, strict=True):
            about = measures[id_][score].known() | {"value": share}
            measures[id_][score] = Measure(**about)
    differences = [Difference(one=ONE, other=OTHER, **leads)]
    return replace(saved, separability=measures, differences=differences)


def test_better_is_said_where_the_interval_excludes_nothing_at_all() -> None:
    shares = {"accuracy": (0.56, 0.55), "arousal": (0.80, 0.70), "valence": (0.612, 0.61)}
    answer = conclusions.answer(of(shares, 0.05))
    assert answer[0].startswith("No dataset is clearly the easiest")
    text = "\n".join(answer).replace("\N{NO-BREAK SPACE}", " ")
    assert "is higher for arousal (80 % against 70 %)" in text
    assert "not clearly different for valence (61 % against 61 %)" in text


@pytest.mark.parametrize("half_width", [0.0005, 0.0019])
def test_what_differs_is_printed_so_that_it_does(half_width: float) -> None:
    shares = {"accuracy": (0.612, 0.61), "arousal": (0.703, 0.706), "valence": (0.612, 0.61)}
    answer = conclusions.answer(of(shares, half_width))
    text = "\n".join(answer).replace("\N{NO-BREAK SPACE}", " ")
    assert "4QAED is the easiest dataset" in answer[0]
    (low,) = re.findall(r"difference: ([\d.]+) to", answer[0])
    assert float(low) > 0
    assert (
        "higher for valence (61.2 % against 61.0 %) but lower for arousal (70 % against 71" in text
    )


def test_shares_have_no_more_digits_than_they_need() -> None:
    answer = conclusions.answer(
        of({"accuracy": (0.81647, 0.57265), "arousal": (0.8, 0.8), "valence": (0.6, 0.6)}, 0.04)
    )
    text = "\n".join(answer).replace("\N{NO-BREAK SPACE}", " ")
    assert "right on 82 % of its held-out clips and on 57 % in" in text
    assert "interval of the difference: 20 to 28 percentage points" in text


def test_what_is_only_guessed_is_said() -> None:
    comparison = store.load(["4qaed", "turkish"])
    assert comparison
    text = conclusions.answer(comparison)[3].replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(
        r"right on 42 % of 4QAED\. It may be no better than guessing for valence \(5\d %", text
    )


@pytest.mark.parametrize("level", [0.05, 0.01, 0.1])
def test_p_is_printed_on_its_side_of_the_level(level: float) -> None:
    for off in (0.0001, 0.0004, 0.0000001):
        below, above = (float(p_value(p)[4:]) for p in (level - off, level + off))
        assert below < level <= above
        assert above > level
    assert float(p_value(level)[4:]) == level


def test_decimals_tell_numbers_apart() -> None:
    assert [decimals(61.2, 61.0), decimals(-0.3, 0), decimals(5, 5), decimals(5, 7)] == [1, 1, 0, 0]
