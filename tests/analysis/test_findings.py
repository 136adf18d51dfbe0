"""Sentences say what the numbers say, and no more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from mmc_core.analysis import effects, findings
from mmc_core.analysis.summaries import Summary
from mmc_core.features.schema import BY_NAME, Feature
from mmc_core.moods import NAMES
from tests.support.tables import made

TEMPO, SCALE = BY_NAME["tempo"], BY_NAME["scale"]


def told_of(table: pd.DataFrame, feature: Feature = TEMPO) -> str:
    moods = {mood: d for (name, mood), d in Summary.of(table).items() if name == feature.name}
    return findings.of_feature(feature, moods, effects.separate(table)[feature.name])


def shifted(*by: float, n: int = 60) -> pd.DataFrame:
    """Values of one shape a mood, shifted."""
    shape = np.linspace(0, 10, n)
    return made(*(shape + shift for shift in by))


def test_moods_that_are_the_same_are_said_to_be() -> None:
    text = told_of(shifted(0, 0, 0, 0))
    assert text.startswith(
        "The moods do not differ significantly in this feature (Holm-adjusted p = 1, "
    )
    assert "ε² = 0.00" in text
    assert "differ most" not in text
    assert text.endswith("The median is 5 in every mood.")


def test_moods_wholly_apart_are_said_to_be() -> None:
    text = told_of(shifted(0, 100, 200, 300))
    assert f"highest in {NAMES[3]} clips (305) and lowest in {NAMES[0]} clips (5)" in text
    assert "significant (Holm-adjusted p < 0.001) and very strong: ε² = 0.9" in text
    assert "no overlap (Cliff's δ = −1.00)" in text
    assert "No significant difference" not in text


def test_one_mood_apart_from_three() -> None:
    text = told_of(shifted(0, 0, 8, 0))
    assert f"highest in {NAMES[2]} clips (13) and lowest in " in text
    pair = text.partition(" clips differ most: a large difference")[0].rpartition(". ")[2]
    assert NAMES[2] in pair.lower().split(" and ")
    alike = [f"{NAMES[a]} and {NAMES[b]}" for a, b in [(0, 1), (0, 3), (1, 3)]]
    assert text.endswith(f"No significant difference between {'; '.join(alike)}.")


def test_a_pair_that_differs_most_but_not_significantly_is_not_passed_over_in_silence() -> None:
    """Many clips of one group may lie far apart and yet say little."""
    one = effects.Pair(NAMES[0], NAMES[1], 0.4, 0.001)
    far = effects.Pair(NAMES[1], NAMES[2], -0.7, 0.06)
    for pairs, begins in (([one, far], "Of the pairs that differ significantly, "), ([one], "")):
        separation = effects.Separation("tempo", 90, 9.0, 0.001, 0.2, 0.1, 0.3, pairs)
        table = made([1, 2], [3, 4], [5, 6])
        moods = {m: d for (name, m), d in Summary.of(table).items() if name == "tempo"}
        text = findings.of_feature(TEMPO, moods, separation)
        assert ("differ most" in text) == (len(pairs) > 1)
        assert begins in text


def test_two_moods_are_one_pair_and_one_is_none() -> None:
    text = told_of(shifted(0, 3))
    assert f". {NAMES[0].capitalize()} and {NAMES[1]} clips differ: " in text
    assert told_of(shifted(0)) == (
        f"There is only one mood ({NAMES[0]}), so moods cannot be compared."
    )


@pytest.mark.parametrize(
    ("delta", "size"),
    [(0.0, "negligible"), (-0.146, "negligible"), (0.147, "small"), (-0.33, "medium"),
     (0.473, "medium"), (0.474, "large"), (-1.0, "large")],
)  # fmt: skip
def test_cliffs_delta_is_named_by_romanos_thresholds(delta: float, size: str) -> None:
    assert findings.size_of_delta(delta) == size


@pytest.mark.parametrize(
    ("effect", "size"),
    [(0.0, "negligible"), (0.01, "weak"), (0.05, "moderate"), (0.2, "relatively strong"),
     (0.4, "strong"), (0.64, "very strong"), (1.0, "very strong")],
)  # fmt: skip
def test_effects_are_named_by_rea_and_parkers_thresholds(effect: float, size: str) -> None:
    assert findings.size_of_effect(effect) == size


@pytest.mark.parametrize(
    ("counts", "begins"),
    [
        (
            ((30, 10), (30, 10)),
            "The moods do not differ significantly in this feature (Holm-adjusted p = 1, ",
        ),
        (
            ((76, 4), (60, 20)),
            f"Major is the most common in every mood: 95 % of {NAMES[0]} clips and 75 % of ",
        ),
        (((40, 0), (0, 40)), f"Most common: major in {NAMES[0]} (100 %) and minor in {NAMES[1]} "),
    ],
)
def test_categories(counts: Sequence[tuple[int, int]], begins: str) -> None:
    table = made(*(["major"] * a + ["minor"] * b for a, b in counts), feature="scale")
    assert told_of(table, SCALE).replace("\N{NO-BREAK SPACE}", " ").startswith(begins)
    assert ("Cramér's V² = 1.00" in told_of(table, SCALE)) == (counts[0] == (40, 0))


def test_a_ranking_counts_what_is_significant(table: pd.DataFrame) -> None:
    ranked = effects.ranking(effects.separate(table))
    text = findings.of_ranking("Made", ranked)
    assert text.startswith(f"In Made, {BY_NAME[ranked[0].feature].title} separates the moods best:")
    assert f"{len(ranked)} of {len(ranked)} features differ significantly between moods" in text


def test_a_ranking_of_nothing_but_chance(table: pd.DataFrame) -> None:
    shuffled = table.assign(mood=np.random.default_rng(3).permutation(table["mood"].tolist()))
    ranked = effects.ranking(effects.separate(shuffled))
    assert findings.of_ranking("Made", ranked) == (
        f"In Made, none of {len(ranked)} features differs significantly between moods."
    )
    assert "no numeric features" in findings.of_ranking("Made", [])


def test_correlations_name_the_closest_and_the_most_opposed() -> None:
    names = ["tempo", "rms_mean", "zcr_mean", "chroma_mean"]
    rho = pd.DataFrame(np.eye(4), index=names, columns=names)
    rho.loc["tempo", "rms_mean"] = rho.loc["rms_mean", "tempo"] = 0.95
    rho.loc["tempo", "zcr_mean"] = rho.loc["zcr_mean", "tempo"] = -0.4
    rho.loc["chroma_mean"] = rho["chroma_mean"] = np.nan  # everywhere the same
    assert findings.of_correlations("Made", rho) == (
        "In Made, the strongest positive correlation is between Tempo and RMS energy, mean "
        "(ρ = +0.95); the strongest negative one is between Tempo and Zero-crossing rate, mean "
        "(ρ = −0.40). 1 of 3 pairs is nearly the same (|ρ| above 0.9)."
    )
    assert "no two features" in findings.of_correlations("Made", rho * np.nan)
