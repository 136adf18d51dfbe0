"""EMOPIA: its MIDI files rendered, its official split."""

from __future__ import annotations

import shutil
import struct
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from mmc_core.audio import CLIP_S
from mmc_core.datasets import midi
from mmc_core.datasets.emopia import Emopia
from mmc_core.errors import DatasetError
from mmc_core.features.extract import extract_file
from mmc_core.features.schema import BY_NAME, ORIGINAL_57
from mmc_core.moods import NAMES
from mmc_core.settings import soundfont

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


def write_small(folder: Path, **more: bytes) -> None:
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
def test_it_is_rendered_and_built(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmc_core.settings.DATA", tmp_path / "data")
    write_small(tmp_path)
    steps: list[tuple[int, int]] = []
    table = Emopia().build(tmp_path, lambda *step: steps.append(step))
    assert steps == [(i, 8) for i in range(1, 9)]  # rendered, then described
    assert table["mood"].tolist() == list(NAMES)
    assert table["group"].tolist() == ["aBc-1_x", "song2", "song3", "aBc-1_x"]
    assert (table["duration_s"] == 6).all()  # three chords of two seconds, no more
    assert table["key"].tolist()[2] in ("A", "C", "E")
    part = Emopia().official_part(table)
    assert part is not None
    assert part.tolist() == ["train", "train", "test", ""]
    assert sorted(Emopia().audio()) == sorted(table["clip"])
    assert not list(tmp_path.rglob("outside*"))
    steps.clear()
    again = Emopia().build(tmp_path, lambda *step: steps.append(step))
    assert steps == [(4, 4)]  # nothing is rendered or described twice
    pd.testing.assert_frame_equal(again, table)


@needs_fluidsynth
def test_a_midi_file_that_is_none_is_named(tmp_path: Path) -> None:
    write_small(tmp_path, Q1_bad_0=b"no MIDI")
    with pytest.raises(DatasetError, match=r"Q1_bad_0.mid could not be rendered"):
        Emopia().build(tmp_path, lambda *_: None)


def test_missing_files_or_programs_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatasetError, match=r"expected a folder with midis\.zip"):
        Emopia().build(tmp_path, lambda *_: None)
    (tmp_path / "midis.zip").write_bytes(b"no archive")
    with pytest.raises(DatasetError, match=r"train.csv cannot be read"):
        Emopia().build(tmp_path, lambda *_: None)
    write_small(tmp_path)
    (tmp_path / "other.sf2").write_bytes(b"another")
    monkeypatch.setenv("MMC_SOUNDFONT", str(tmp_path / "other.sf2"))
    with pytest.raises(DatasetError, match="another soundfont would make another dataset"):
        Emopia().build(tmp_path, lambda *_: None)
    monkeypatch.setenv("MMC_SOUNDFONT", str(tmp_path / "none.sf2"))
    with pytest.raises(DatasetError, match="Install Fluid R3 GM"):
        Emopia().build(tmp_path, lambda *_: None)
    write_small(tmp_path, odd=b"")
    with pytest.raises(DatasetError, match=r"odd\.mid in midis\.zip is not named"):
        Emopia().build(tmp_path, lambda *_: None)


def test_the_official_split_is_whole() -> None:
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
def test_its_values_are_those_of_its_midi(mirror: Path, tmp_path: Path) -> None:
    """A few clips rendered again give the committed table's values, but for the last digits."""
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
