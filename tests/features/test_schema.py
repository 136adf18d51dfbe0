from __future__ import annotations

import pytest

from mmc_core import datasets
from mmc_core.analysis.density import freedman_diaconis
from mmc_core.features import schema
from mmc_core.features.encode import CODES, encode
from mmc_core.features.schema import FEATURES, GROUPS, Feature


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_every_feature_is_described(feature: Feature) -> None:
    assert feature.title
    assert feature.meaning.endswith(".")
    assert feature.group in GROUPS
    assert bool(feature.categories) != (feature.bin_width is not None)


def test_bin_widths_are_rs_or_freedman_diaconis() -> None:
    table = datasets.get("4qaed").table()
    for feature in FEATURES:
        if feature.bin_width is None:
            continue
        by_rule = freedman_diaconis(table[feature.name].to_numpy(dtype=float))
        assert feature.bin_width == schema.R_BIN_WIDTHS.get(feature.name, by_rule), feature.name


def test_labels_carry_units() -> None:
    assert schema.BY_NAME["tempo"].label == "Tempo (BPM)"
    assert schema.BY_NAME["centroid_var"].label == "Spectral centroid, variance (Hz²)"
    assert schema.BY_NAME["key"].label == "Strongest pitch class"


def test_fingerprint_changes_with_the_features(monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema.fingerprint()
    assert before == schema.fingerprint()
    monkeypatch.setattr(schema, "FEATURES_VERSION", schema.FEATURES_VERSION + 1)
    assert schema.fingerprint() != before


def test_codes_are_the_originals() -> None:
    assert CODES["scale"] == {"major": 0, "minor": 1}
    assert CODES["key"]["A"] == 0
    assert CODES["key"]["G#"] == 11


def test_encoding_keeps_order_and_values() -> None:
    row: dict[str, float | str] = {name: i for i, name in enumerate(schema.ORIGINAL_57)}
    row |= {"scale": "minor", "key": "C"}
    encoded = encode([row, row])
    assert encoded.shape == (2, 57)
    assert encoded[0, :3].tolist() == [1, 3, 2]
    assert encoded[0, 3:].tolist() == list(range(3, 57))
    assert encode([]).shape == (0, 57)
