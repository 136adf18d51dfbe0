"""4QAED: what is bundled, and how it is built."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mmc_core.analysis import tables
from mmc_core.audio import CLIP_S
from mmc_core.datasets.fourqaed import FourQAED, artist_of, read_index
from mmc_core.errors import DatasetError
from mmc_core.features.extract import extract_file
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.moods import NAMES


def test_it_is_bundled_cut_and_grouped() -> None:
    table = FourQAED().table()
    assert FourQAED().bundled == ["summary", "table"]
    assert (table["duration_s"] >= CLIP_S).all()
    assert table["group"].nunique() == 651
    assert table["group"].str.fullmatch(r"artist \d{3}").all()  # numbers, not names


def test_clips_of_one_recording_are_one_group() -> None:
    duplicates = pd.read_csv(FourQAED().duplicates_path)
    group = FourQAED().table().set_index("clip")["group"]
    pairs = list(zip(duplicates["clip"], duplicates["other"], strict=True))
    assert ("MT0000523076", "MT0000941301") in pairs
    for pair in pairs:
        assert group[pair[0]] == group[pair[1]], pair


def test_an_artist_has_one_name() -> None:
    one = [
        ("Bob Marley", "Bob Marley & the Wailers"),
        ("Charlie Poole", " charlie poole & the North Carolina Ramblers "),
        ("Eddie Heywood", "Eddie Heywood and His Orchestra"),
        ("Sizzla", "Sizzla Kalonji"),
        ("The Chipmunks", "Alvin & the Chipmunks"),
        ("The Sir Douglas Quintet", "The Sir Douglas Quintet + 2"),
        ("Xavier Cugat", "Xavier Cugat & His Orchestra"),
    ]
    for first, second in one:
        assert artist_of(first) == artist_of(second), (first, second)
    for name in ("...And Oceans", "Dead Can Dance", "Sick of It All"):
        assert artist_of(name) == name.casefold()


def test_it_cannot_be_downloaded() -> None:
    with pytest.raises(DatasetError, match="cannot be downloaded"):
        FourQAED().fetch()


def write_small(folder: Path, samples: list[Path]) -> None:
    """Four sample songs under the names and in the layout of the release."""
    audio = folder / "audio"
    for i, path in enumerate(samples[:4]):
        (audio / f"Q{i + 1}").mkdir(parents=True)
        (audio / f"Q{i + 1}" / f"MT{i}.ogg").write_bytes(path.read_bytes())
    clips = [f"MT{i}" for i in range(4)]
    quadrants = ["Q1", "Q2", "Q3", "Q4"]
    pd.DataFrame({"Song": clips, "Quadrant": quadrants}).to_csv(
        folder / "panda_dataset_taffc_annotations.csv", index=False
    )
    pd.DataFrame({"Song": clips, "Artist": ["A", " a ", None, "B"]}).to_csv(
        folder / "panda_dataset_taffc_metadata.csv", index=False
    )


def test_it_is_built_from_audio(tmp_path: Path, samples: list[Path]) -> None:
    write_small(tmp_path, samples)
    seen: list[tuple[int, int]] = []
    table = FourQAED().build(tmp_path / "audio", lambda done, n: seen.append((done, n)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert table["mood"].tolist() == list(NAMES)
    groups = table["group"].tolist()
    assert groups[0] == groups[1]  # names that differ in case and space only
    assert len(set(groups)) == 3
    assert groups[2] != groups[3]
    tables.write_table(table, tmp_path / "t.parquet")
    tables.read_table(tmp_path / "t.parquet")


def test_missing_audio_is_named(tmp_path: Path, samples: list[Path]) -> None:
    write_small(tmp_path, samples)
    (tmp_path / "audio" / "Q3" / "MT2.ogg").unlink()
    with pytest.raises(DatasetError, match=r"1 of 4 clips.*MT2"):
        FourQAED().build(tmp_path / "audio", lambda *_: None)


def test_a_broken_clip_is_named(tmp_path: Path, samples: list[Path]) -> None:
    write_small(tmp_path, samples)
    (tmp_path / "audio" / "Q3" / "MT2.ogg").write_bytes(b"not a song")
    with pytest.raises(DatasetError, match=r"MT2.ogg is not a sound file"):
        FourQAED().build(tmp_path / "audio", lambda *_: None)


def test_no_audio_says_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    with pytest.raises(DatasetError, match=r"mir\.dei\.uc\.pt"):
        FourQAED().build(None, lambda *_: None)


@pytest.mark.slow
def test_its_values_are_those_of_its_audio(mirror: Path) -> None:
    """A few clips extracted again give the committed table's values.

    The last bits depend on how many threads multiply matrices.
    """
    table = FourQAED().table().set_index("clip")
    for clip in table.index[::150]:
        row = extract_file(mirror / "4qaed" / "audio" / f"{clip}.ogg")
        for name in ORIGINAL_57:
            expected = table.loc[clip, name]
            if not BY_NAME[name].categories:
                expected = pytest.approx(expected, rel=1e-5)
            assert row[name] == expected, (clip, name)


def test_its_index_counts(mirror: Path) -> None:
    index = read_index(mirror / "4qaed")
    assert index["mood"].value_counts().to_dict() == dict.fromkeys(NAMES, 225)
    assert index["group"].nunique() == 654  # 651 artists and 3 clips without one
