"""The Turkish dataset: fetched as a workbook, its duplicates grouped."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mmc_core.analysis import tables
from mmc_core.datasets import duplicates
from mmc_core.datasets.turkish import Turkish, read_features
from mmc_core.errors import DatasetError


def test_fetch_makes_the_table(workbook: Path) -> None:
    assert not Turkish().has_table()
    Turkish().fetch()
    table = Turkish().table()
    assert len(table) == len(read_features(workbook))
    assert list(table)[: len(tables.META)] == list(tables.META)
    assert "rolloff_var" in table


def test_fetch_refuses_a_changed_file(workbook: Path) -> None:
    workbook.write_bytes(workbook.read_bytes() + b"more")
    with pytest.raises(DatasetError, match=r"SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}"):
        Turkish().fetch()
    assert not Turkish().has_table()


def test_a_workbook_without_features_is_refused(workbook: Path) -> None:
    pd.read_excel(workbook).drop(columns="tempo").to_excel(workbook, index=False)
    with pytest.raises(DatasetError, match="tempo"):
        read_features(workbook)


def test_it_cannot_be_built() -> None:
    with pytest.raises(DatasetError, match="no audio"):
        Turkish().build(None, lambda *_: None)


def test_its_duplicates(mirror: Path) -> None:
    """The table's 5 exact and 3 near pairs are together, and so are numbered parts."""
    Turkish().fetch()
    table = Turkish().table().set_index("clip")["group"]
    for one, other in (
        ("mustafa_sandal_aya_benzer", "aya_benzer_mustafa_sandal"),
        ("erkenci-kus-dizi-muzigi-part", "gullerin_savasi_dizi_muzigi"),
        ("elvan_gunaydin", "mustafa_ceceli_elvan_gunaydin"),
        ("kalbimi_kira_kira", "kalbimi_kira_kira_sukran_ay"),
        ("cukur_dizi_muzigi", "cukur_dizi_muzigi2"),
    ):
        assert table[one] == table[other]
    assert table.nunique() == 379
    pairs = duplicates.pairs(Turkish().table())
    assert pairs["why"].tolist().count(duplicates.EXACT) == 5
    committed = pd.read_csv(Turkish().duplicates_path)
    assert committed[["clip", "other", "why"]].equals(pairs[["clip", "other", "why"]])
