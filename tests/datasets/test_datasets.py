"""One contract for all datasets; a new one joins by being registered."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core.analysis.summaries import Summary
from mmc_core.datasets import DATASETS, Dataset
from mmc_core.errors import DatasetError
from mmc_core.files import agree
from mmc_core.moods import NAMES
from tests.support import contract

every_dataset = pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)


@every_dataset
def test_texts_are_complete(dataset: Dataset) -> None:
    assert DATASETS[dataset.id] is datasets.get(dataset.id) is dataset
    contract.check_texts(dataset)


@every_dataset
def test_summary_is_bundled_and_whole(dataset: Dataset) -> None:
    assert "summary" in dataset.bundled
    contract.check_summary(dataset)


@every_dataset
def test_table_is_whole_and_makes_the_summary(
    dataset: Dataset, request: pytest.FixtureRequest
) -> None:
    if not dataset.has_table():
        request.getfixturevalue("mirror")
        dataset.fetch()
    table = dataset.table()
    contract.check_table(dataset, table)
    # Not to the last bit: sums differ between processors from the 14th digit on.
    made, written = (
        [asdict(d) for d in s.values()] for s in (Summary.of(table), dataset.summary())
    )
    assert agree(made, written)


@every_dataset
def test_what_is_missing_is_said(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmc_core.settings.DATA", Path("nowhere"))
    with pytest.raises(DatasetError, match=f"datasets (fetch|build) {dataset.id}"):
        dataset.table()


@every_dataset
def test_names_are_of_its_clips(dataset: Dataset, request: pytest.FixtureRequest) -> None:
    """And are made again from the released files as they are kept."""
    about = dataset.about_clips()
    if about.empty:
        return
    assert about.index.is_unique
    assert about["name"].str.strip().ne("").all()
    assert set(dataset.table()["clip"]) <= set(about.index)
    request.getfixturevalue("mirror")
    pd.testing.assert_frame_equal(dataset.describe_clips(None), about, check_dtype=False)


def test_clips_have_the_names_that_people_know() -> None:
    songs = DATASETS["4qaed"].about_clips()
    assert songs.loc["MT0000004637", "name"] == "Charlie Poole: Bulldog Down in Sunny Tennessee"
    assert songs["name"].eq("Richard & Mimi Fariña: Reno, Nevada").sum() == 1
    assert songs["agreement"].between(0.5, 1).all()
    pieces = DATASETS["emopia"].about_clips()
    assert pieces.loc["Q1_0vLPYiPN7qY_0", "name"] == "Song 0vLPYiPN7qY, segment 0"


def test_clips_by_mood() -> None:
    assert list(DATASETS["4qaed"].clips().values()) == [223, 225, 225, 225]
    assert list(DATASETS["turkish"].clips().values()) == [100, 100, 100, 100]


def test_a_dataset_says_what_it_is() -> None:
    dataset = datasets.load_dataset("4qaed")
    said = "898 clips (223 happy, 225 angry, 225 sad, 225 relaxed)"
    assert repr(dataset) == f"4QAED: {said}"
    assert repr(dataset.summary()) == f"{len(dataset.summary().features)} features of {said}"
    assert repr(dataset.summary()["tempo", "sad"]).startswith("tempo, sad: 225 clips, median 123 (")
    shown = dataset._repr_html_()
    assert "<th>Groups</th>" in shown
    assert shown.count("<tr>") == 1 + len(NAMES)


def test_a_dataset_without_its_files_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = datasets.load_dataset("4qaed")
    monkeypatch.setattr(type(dataset), "summary_path", tmp_path / "summary.parquet")
    assert repr(dataset) == "4QAED: no summary that can be read"
    assert "no summary" in dataset._repr_html_()
    (tmp_path / "summary.parquet").write_bytes(b"damaged")
    assert repr(dataset) == "4QAED: no summary that can be read"
