"""The study of extraction: each way of keeping the sound gives sound back."""

from __future__ import annotations

import numpy as np
import pytest

from mmc_core.features.scalars import describe
from studies.extraction import WAYS, standardised_shift
from tests.support.sounds import tone


def test_standardised_by_hand() -> None:
    one = np.array([0.0, 2.0, 4.0])
    assert standardised_shift(one, one + 3) == pytest.approx((1.5, 1.5))
    assert standardised_shift(one, one[::-1]) == (0, 0)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_sound_back(way: str) -> None:
    y = tone(30.0, 22_050, (440.0,))[:, 0]
    changed = WAYS[way](y)
    assert changed.dtype == np.float32
    assert len(changed) / 22_050 == pytest.approx(25.5 if "last" in way else 30.0, abs=0.2)
    row = describe(changed[: 10 * 22_050])
    assert row["key"] == "A"
