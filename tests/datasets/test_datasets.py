"""One contract for all datasets, then what is particular to each."""

from __future__ import annotations

import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets
from mmc_core.analysis import summaries
from mmc_core.audio import CLIP_S
from mmc_core.datasets import DATASETS, Dataset, duplicates, midi
from mmc_core.datasets.downloads import Download
from mmc_core.datasets.duplicates import like_name
from mmc_core.datasets.emopia import Emopia
from mmc_core.datasets.fourqaed import FourQAED, read_index
from mmc_core.datasets.turkish import Turkish, read_features
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.moods import NAMES
from mmc_core.settings import soundfont

every_dataset = pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)


def with_table(dataset: Dataset, request: pytest.FixtureRequest) -> pd.DataFrame:
    """A dataset's table, fetched from the mirror where it is not bundled."""
    if not dataset.has_table():
        request.getfixturevalue("mirror")
        dataset.fetch()
    return dataset.table()


# ---- the contract ---------------------------------------------------------------------------


@every_dataset
def test_prose_is_complete(dataset: Dataset) -> None:
    assert DATASETS[dataset.id] is datasets.get(dataset.id) is dataset
    for text in (
        dataset.title,
        dataset.description,
        dataset.music,
        dataset.labels,
        dataset.grouping,
        dataset.length_rule,
        dataset.extraction,
        dataset.citation,
        dataset.licence,
    ):
        assert len(text) > 4
    assert "doi:10." in dataset.citation
    assert dataset.homepage.startswith("http")


@every_dataset
def test_summary_is_bundled_and_whole(dataset: Dataset) -> None:
    assert "summary" in dataset.bundled
    summary = dataset.summary()
    assert {name for name, _ in summary} >= set(ORIGINAL_57)
    clips = dataset.clips()
    assert list(clips) == list(NAMES)
    for (name, mood), d in summary.items():
        assert d.n == clips[mood] == sum(d.counts), (name, mood)
        if BY_NAME[name].categories:
            continue
        assert d.minimum <= d.whisker_low <= d.q1 <= d.median
        assert d.median <= d.q3 <= d.whisker_high <= d.maximum
        assert d.bin_width == BY_NAME[name].bin_width
        assert len(d.quantiles) == 101
        assert np.all(np.diff(d.quantiles) >= 0)


@every_dataset
def test_table_is_whole_and_makes_the_summary(
    dataset: Dataset, request: pytest.FixtureRequest
) -> None:
    table = with_table(dataset, request)
    assert table["mood"].value_counts().to_dict() == dataset.clips()
    assert table["clip"].is_unique
    assert table["group"].notna().all()
    for name in ORIGINAL_57:
        categories = BY_NAME[name].categories
        values = table[name]
        assert values.isin(categories).all() if categories else np.isfinite(values).all(), name
    assert repr(summaries.summarise(table)) == repr(dataset.summary())


@every_dataset
def test_what_is_missing_is_said(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmc_core.settings.DATA", Path("nowhere"))
    with pytest.raises(DatasetError, match=f"datasets (fetch|build) {dataset.id}"):
        dataset.table()


def test_clips_by_mood() -> None:
    assert list(DATASETS["4qaed"].clips().values()) == [223, 225, 225, 225]
    assert list(DATASETS["turkish"].clips().values()) == [100, 100, 100, 100]


# ---- 4QAED ----------------------------------------------------------------------------------


def test_4qaed_is_bundled_cut_and_grouped() -> None:
    table = FourQAED().table()
    assert FourQAED().bundled == ["summary", "table"]
    assert (table["duration_s"] >= CLIP_S).all()
    assert table["group"].nunique() == 662
    assert table["group"].str.fullmatch(r"artist \d{3}").all()  # numbers, not names


def test_4qaed_cannot_be_downloaded() -> None:
    with pytest.raises(DatasetError, match="cannot be downloaded"):
        FourQAED().fetch()


def write_small_4qaed(folder: Path, samples: list[Path]) -> None:
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


def test_4qaed_is_built_from_audio(tmp_path: Path, samples: list[Path]) -> None:
    write_small_4qaed(tmp_path, samples)
    seen: list[tuple[int, int]] = []
    table = FourQAED().build(tmp_path / "audio", lambda done, n: seen.append((done, n)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert table["mood"].tolist() == list(NAMES)
    groups = table["group"].tolist()
    assert groups[0] == groups[1]  # names that differ in case and space only
    assert len(set(groups)) == 3
    summaries.write_table(table, tmp_path / "t.parquet")
    summaries.read_table(tmp_path / "t.parquet")


def test_4qaed_with_missing_audio_names_it(tmp_path: Path, samples: list[Path]) -> None:
    write_small_4qaed(tmp_path, samples)
    (tmp_path / "audio" / "Q3" / "MT2.ogg").unlink()
    with pytest.raises(DatasetError, match=r"1 of 4 clips.*MT2"):
        FourQAED().build(tmp_path / "audio", lambda *_: None)


def test_4qaed_with_a_broken_clip_names_it(tmp_path: Path, samples: list[Path]) -> None:
    write_small_4qaed(tmp_path, samples)
    (tmp_path / "audio" / "Q3" / "MT2.ogg").write_bytes(b"not a song")
    with pytest.raises(DatasetError, match=r"MT2.ogg is not a sound file"):
        FourQAED().build(tmp_path / "audio", lambda *_: None)


def test_4qaed_without_audio_says_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    with pytest.raises(DatasetError, match=r"mir\.dei\.uc\.pt"):
        FourQAED().build(None, lambda *_: None)


@pytest.mark.slow
def test_4qaed_values_are_those_of_its_audio(mirror: Path) -> None:
    """A few clips extracted again give the committed table's values.

    The last bits depend on how many threads multiply matrices.
    """
    from mmc_core.features.extract import extract_file

    table = FourQAED().table().set_index("clip")
    for clip in table.index[::150]:
        row = extract_file(mirror / "4qaed" / "audio" / f"{clip}.ogg")
        for name in ORIGINAL_57:
            expected = table.loc[clip, name]
            if not BY_NAME[name].categories:
                expected = pytest.approx(expected, rel=1e-5)
            assert row[name] == expected, (clip, name)


def test_4qaed_index_counts(mirror: Path) -> None:
    index = read_index(mirror / "4qaed")
    assert index["mood"].value_counts().to_dict() == dict.fromkeys(NAMES, 225)
    assert index["group"].nunique() == 664  # 661 artists and 3 clips without one


# ---- EMOPIA ---------------------------------------------------------------------------------

needs_fluidsynth = pytest.mark.skipif(
    not (shutil.which("fluidsynth") and soundfont().exists()),
    reason="needs FluidSynth and the soundfont Fluid R3 GM (Debian: fluidsynth fluid-soundfont-gm)",
)


def midi_file(pitches: list[int], seconds: int = 2) -> bytes:
    """A MIDI file of chords, one after another: format 0, half a second to a quarter."""
    ticks, events = 96 * 2 * seconds, b""
    for _ in range(3):
        for pitch in pitches:
            events += bytes([0, 0x90, pitch, 80])
        for i, pitch in enumerate(pitches):
            wait = bytes([0x80 | ticks >> 7, ticks & 0x7F]) if i == 0 else b"\0"
            events += wait + bytes([0x80, pitch, 0])
    track = events + b"\0\xff\x2f\0"
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96)
    return header + b"MTrk" + struct.pack(">I", len(track)) + track


def write_small_emopia(folder: Path, **more: bytes) -> None:
    """Four made-up clips, two of one song, in the layout of the release."""
    clips = {
        "Q1_aBc-1_x_0": midi_file([72, 76, 79]),
        "Q2_song2_0": midi_file([40, 41, 46]),
        "Q3_song3_1": midi_file([57, 60, 64]),
        "Q4_aBc-1_x_2": midi_file([60, 67]),
    }
    with zipfile.ZipFile(folder / "midis.zip", "w") as archive:
        for name, content in (clips | more).items():
            archive.writestr(f"midis/{name}.mid", content)
        archive.writestr("../outside.mid", b"never unpacked")
    for name, rows in {
        "train": ["Q2_song2_0"],
        "val": ["Q1_aBc-1_x_0"],
        "test": ["Q3_song3_1"],
    }.items():
        pd.DataFrame({"fname": rows, "label": [r[:2] for r in rows]}).to_csv(
            folder / f"{name}.csv", index=False
        )


@needs_fluidsynth
def test_emopia_is_rendered_and_built(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmc_core.settings.DATA", tmp_path / "data")
    write_small_emopia(tmp_path)
    seen: list[tuple[int, int]] = []
    table = Emopia().build(tmp_path, lambda *step: seen.append(step))
    assert seen == [(i, 8) for i in range(1, 9)]  # rendered, then described
    assert table["mood"].tolist() == list(NAMES)
    assert table["group"].tolist() == ["aBc-1_x", "song2", "song3", "aBc-1_x"]
    assert (table["duration_s"] == 6).all()  # three chords of two seconds, no more
    assert table["key"].tolist()[2] in ("A", "C", "E")
    part = Emopia().official_part(table)
    assert part is not None
    assert part.tolist() == ["train", "train", "test", ""]
    assert sorted(Emopia().audio()) == sorted(table["clip"])
    assert not list(tmp_path.rglob("outside*"))
    seen.clear()
    again = Emopia().build(tmp_path, lambda *step: seen.append(step))
    assert len(seen) == 4  # nothing is rendered twice
    pd.testing.assert_frame_equal(again, table)


@needs_fluidsynth
def test_emopia_names_a_midi_file_that_is_none(tmp_path: Path) -> None:
    write_small_emopia(tmp_path, Q1_bad_0=b"no MIDI")
    with pytest.raises(DatasetError, match=r"Q1_bad_0.mid could not be rendered"):
        Emopia().build(tmp_path, lambda *_: None)


def test_emopia_without_its_files_or_programs_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatasetError, match=r"expected a folder with midis\.zip"):
        Emopia().build(tmp_path, lambda *_: None)
    (tmp_path / "midis.zip").write_bytes(b"no archive")
    with pytest.raises(DatasetError, match=r"train.csv cannot be read"):
        Emopia().build(tmp_path, lambda *_: None)
    write_small_emopia(tmp_path)
    (tmp_path / "other.sf2").write_bytes(b"another")
    monkeypatch.setenv("MMC_SOUNDFONT", str(tmp_path / "other.sf2"))
    with pytest.raises(DatasetError, match="another soundfont would make another dataset"):
        Emopia().build(tmp_path, lambda *_: None)
    monkeypatch.setenv("MMC_SOUNDFONT", str(tmp_path / "none.sf2"))
    with pytest.raises(DatasetError, match="Install Fluid R3 GM"):
        Emopia().build(tmp_path, lambda *_: None)
    write_small_emopia(tmp_path, odd=b"")
    with pytest.raises(DatasetError, match=r"odd\.mid in midis\.zip is not named"):
        Emopia().build(tmp_path, lambda *_: None)


def test_emopias_official_split_is_whole() -> None:
    table = Emopia().table()
    part = Emopia().official_part(table)
    assert part is not None
    assert {p: int((part == p).sum()) for p in ("train", "test", "")} == {
        "train": 965,
        "test": 86,
        "": 27,
    }
    songs = table["group"].to_numpy(dtype=object)
    assert table["group"].nunique() == 387
    assert not set(songs[part == "train"]) & set(songs[part == "test"])
    assert 18 <= table["duration_s"].min() < 25.5
    assert (table["duration_s"] < CLIP_S).sum() == 39
    assert (part[table["duration_s"] < CLIP_S] == "test").sum() == 6


@needs_fluidsynth
@pytest.mark.slow
def test_emopia_values_are_those_of_its_midi(mirror: Path, tmp_path: Path) -> None:
    """A few clips rendered again give the committed table's values, but for the last digits."""
    from mmc_core.features.extract import extract_file

    table = Emopia().table().set_index("clip")
    with zipfile.ZipFile(mirror / "emopia" / "midis.zip") as archive:
        for clip in table.index[::400]:
            (tmp_path / "clip.mid").write_bytes(archive.read(f"midis/{clip}.mid"))
            midi.render(tmp_path / "clip.mid", tmp_path / "clip.ogg")
            row = extract_file(tmp_path / "clip.ogg")
            for name in ORIGINAL_57:
                expected = table.loc[clip, name]
                if not BY_NAME[name].categories:
                    expected = pytest.approx(expected, rel=1e-3)
                assert row[name] == expected, (clip, name)


# ---- Turkish --------------------------------------------------------------------------------


def test_fetch_makes_the_table(workbook: Path) -> None:
    assert not Turkish().has_table()
    Turkish().fetch()
    table = Turkish().table()
    assert len(table) == len(read_features(workbook))
    assert list(table)[: len(summaries.META)] == list(summaries.META)
    assert "rolloff_var" in table


def test_fetch_refuses_a_changed_file(workbook: Path) -> None:
    workbook.write_bytes(workbook.read_bytes() + b"more")
    with pytest.raises(DatasetError, match=r"SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}"):
        Turkish().fetch()
    assert not Turkish().has_table()


def test_fetch_without_a_connection_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    download = Download("http://127.0.0.1:9/Features_extra.xlsx", "0" * 64, "turkish/x.xlsx")
    monkeypatch.setattr(Turkish, "download", download)
    with pytest.raises(DatasetError, match="Check the connection"):
        Turkish().fetch()


def test_a_workbook_without_features_is_refused(workbook: Path) -> None:
    pd.read_excel(workbook).drop(columns="tempo").to_excel(workbook, index=False)
    with pytest.raises(DatasetError, match="tempo"):
        read_features(workbook)


def test_turkish_cannot_be_built() -> None:
    with pytest.raises(DatasetError, match="no audio"):
        Turkish().build(None, lambda *_: None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mustafa_sandal_aya_benzer", "aya_benzer_mustafa_sandal"),
        ("kara_sevda_dizi_muzigi1", "kara_sevda_dizi_muzigi2"),
        ("dizi_2sezon", "dizi_3sezon"),
        ("song-part", "song"),
    ],
)
def test_names_that_are_alike(one: str, other: str) -> None:
    assert like_name(one) == like_name(other)
    assert like_name(one) != like_name("another_song")


def test_names_without_letters_stay_apart() -> None:
    assert like_name("01") != like_name("02")


def test_duplicates_are_found_and_connected() -> None:
    """a and b are the same, b and c share a name, e is near f, d is alone."""
    rng = np.random.default_rng(0)
    features = rng.normal(size=(6, 57))
    features[1] = features[0]
    features[5] = features[4] + 0.01
    table = pd.DataFrame(features, columns=ORIGINAL_57)
    table["clip"] = ["a", "song_1", "song_2", "d", "e", "f"]
    table["mood"] = NAMES[0]
    found = duplicates.groups(table)
    assert found[0] == found[1] == found[2] != found[3]
    assert found[4] == found[5] != found[3]
    pairs = duplicates.pairs(table)
    assert list(zip(pairs["clip"], pairs["other"], pairs["why"], strict=True)) == [
        ("a", "song_1", duplicates.EXACT),
        ("e", "f", duplicates.NEARLY),
        ("song_1", "song_2", duplicates.NAMES),
    ]


def test_turkish_duplicates(mirror: Path) -> None:
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
    kept = pd.read_csv(Turkish().duplicates_path)
    assert kept[["clip", "other", "why"]].equals(pairs[["clip", "other", "why"]])
