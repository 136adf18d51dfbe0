from __future__ import annotations

import json
from pathlib import Path

import joblib
import numpy as np
import pytest
import soundfile

from mmc_core.audio import CLIP_S
from mmc_core.audio.folders import find_audio
from mmc_core.errors import MMCError
from mmc_core.features import extract
from mmc_core.features.schema import FEATURES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two songs, one in a subfolder, a broken one and a text."""
    rng = np.random.default_rng(0)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name, seconds in (("b.wav", 2), ("deep/a.flac", 3)):
        soundfile.write(tmp_path / "in" / name, rng.normal(0, 0.1, 22_050 * seconds), 22_050)
    (tmp_path / "in" / "broken.mp3").write_text("no song")
    (tmp_path / "in" / "notes.txt").write_text("not looked at")
    return tmp_path / "in"


def test_folders_are_searched_and_files_taken_as_named(folder: Path) -> None:
    names = [path.name for path in find_audio([folder]).files]
    assert names == ["b.wav", "broken.mp3", "a.flac"]
    assert find_audio([folder / "notes.txt", folder / "notes.txt"]).files == [folder / "notes.txt"]
    with pytest.raises(MMCError, match="does not exist"):
        find_audio([folder / "nothing"])


def test_a_bad_file_is_a_row_with_its_error(folder: Path, tmp_path: Path) -> None:
    paths = find_audio([folder]).files
    rows = extract.extract_files(paths, journal=tmp_path / "done", jobs=1)
    table = extract.as_table(rows)
    assert list(table) == [
        *("path", "duration_s", "error"),
        *(f.name for f in FEATURES),
        *("start_s", "note"),
    ]
    assert table["path"].tolist() == [str(path) for path in paths]
    good, bad = table[table["error"].isna()], table[table["error"].notna()]
    assert good["duration_s"].tolist() == [2.0, 3.0]
    assert good.drop(columns=["error", "note"]).notna().all(axis=None)
    assert "broken.mp3 is not a sound file" in bad["error"].item()
    assert bad["tempo"].isna().all()


@pytest.mark.filterwarnings("error")
def test_work_is_left_without_a_word(folder: Path) -> None:
    """As when a storage ends to which the rows are written."""
    paths = [*find_audio([folder]).files, *(folder / f"{i}.wav" for i in range(20))]
    with joblib.parallel_config(backend="threading"):
        rows = extract.extract_each(paths, jobs=2)
        assert next(rows)[0] == paths[0]
        rows.close()  # type: ignore[attr-defined]


def test_only_the_first_clip_is_described(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(0, 0.1, int(22_050 * (CLIP_S + 5))).astype(np.float32)
    soundfile.write(tmp_path / "long.wav", y, 22_050, subtype="FLOAT")
    soundfile.write(tmp_path / "cut.wav", y[: round(22_050 * CLIP_S)], 22_050, subtype="FLOAT")
    long, cut = (extract.extract_file(tmp_path / name) for name in ("long.wav", "cut.wav"))
    assert long["duration_s"] == pytest.approx(CLIP_S + 5)
    assert all(long[feature.name] == cut[feature.name] for feature in FEATURES)


def test_a_stopped_run_goes_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, done = find_audio([folder]).files, tmp_path / "done"
    whole = extract.extract_files(paths, journal=done, jobs=1)
    lines = done.read_text().splitlines()
    done.write_text(f"{lines[0]}\n{lines[1][:20]}")  # stopped while writing the second row

    computed: list[Path] = []

    def count(path: Path, *_: object) -> extract.Row:
        computed.append(path)
        return extract.Row(json.loads(json.dumps(whole[paths.index(path)])))

    monkeypatch.setattr(extract, "extract_file", count)
    assert extract.extract_files(paths, journal=done, jobs=1) == whole
    assert computed == paths[1:]


def test_a_changed_file_is_computed_again(folder: Path, tmp_path: Path) -> None:
    path, done = folder / "b.wav", tmp_path / "done"
    (before,) = extract.extract_files([path], journal=done, jobs=1)
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.2, 44_100 * 2), 44_100)
    (after,) = extract.extract_files([path], journal=done, jobs=1)
    assert after["rms_mean"] > 1.2 * before["rms_mean"]
