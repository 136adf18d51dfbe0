"""A dataset built from songs or a table: what it holds, how clips are grouped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest

from mmc_core import datasets, moods
from mmc_core.datasets import UserDataset
from mmc_core.datasets.user import source, store
from mmc_core.errors import DatasetError
from mmc_core.features.schema import ORIGINAL_57
from mmc_core.moods import NAMES
from tests.support.sounds import write_tone

HAPPY, ANGRY, SAD, RELAXED = NAMES
pytestmark = pytest.mark.usefixtures("one_process")


@dataclass
class Built:
    """A dataset, the songs it was built of, and the steps that were told."""

    dataset: UserDataset
    songs: Path
    steps: list[tuple[int, int]] = field(default_factory=list)


@pytest.fixture(scope="module")
def built(recorded_songs: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Four good songs and whatever may lie beside them, built once."""
    songs = shutil.copytree(recorded_songs, tmp_path_factory.mktemp("built") / "songs")
    (songs / SAD / "noise.mp3").write_text("no song")
    write_tone(songs / SAD / "short.wav", 300, duration_s=0.3)
    (songs / SAD / "gone.ogg").symlink_to(songs / "nowhere.ogg")
    write_tone(songs / "rock" / "x.wav", 300)
    write_tone(songs / "top.wav", 300)
    (songs / SAD / "cover.jpg").write_text("a picture")
    (songs / SAD / "._three.wav").write_bytes(b"\x00\x05\x16\x07")
    steps: list[tuple[int, int]] = []
    with pytest.MonkeyPatch.context() as patch, joblib.parallel_config(backend="sequential"):
        patch.setenv("MMC_CACHE", str(tmp_path_factory.mktemp("cache")))
        dataset = datasets.build_dataset(songs, "Mine", progress=lambda *step: steps.append(step))
    return Built(dataset, songs, steps)


def test_a_folder_a_mood_is_built(built: Built) -> None:
    assert built.steps == [(i, 7) for i in range(8)]
    table = built.dataset.table().set_index("clip")
    assert table["mood"].to_dict() == {
        "Happy/one.wav": HAPPY,
        "q2/Band/two.wav": ANGRY,
        f"{SAD}/Band/three.wav": SAD,
        f"{RELAXED}/again.wav": RELAXED,
    }
    groups = table["group"]
    assert groups["q2/Band/two.wav"] == groups[f"{SAD}/Band/three.wav"] == "Band"
    assert groups["Happy/one.wav"] == groups[f"{RELAXED}/again.wav"] != "Band"
    assert table["duration_s"].to_list() == pytest.approx([1.5, 1.5, 1.5, 26.0])
    assert "3 clips shorter" in built.dataset.length_rule


def test_what_a_folder_has_wrong_is_named_and_the_rest_is_taken(built: Built) -> None:
    assert built.dataset.clips() == {HAPPY: 1, ANGRY: 1, SAD: 1, RELAXED: 1}
    words = "\n".join(built.dataset.problem_sentences)
    for part in (
        "'rock/x.wav': the folder 'rock' is not a mood",
        "'top.wav': not in a folder",
        f"'{SAD}/noise.mp3': noise.mp3 is not a sound file",
        f"'{SAD}/short.wav': short.wav lasts 0.30 s",
        f"'{SAD}/gone.ogg': gone.ogg could not be read",
    ):
        assert part in words
    assert "cover" not in words
    assert "._three" not in words
    problems = pd.read_csv(built.dataset.problems_path, keep_default_na=False)
    assert {"rock/x.wav", "top.wav", f"{SAD}/noise.mp3"} < set(problems["where"])
    assert built.dataset.n_problems == len(problems) == 5


def test_names_may_begin_with_dots(songs: Path) -> None:
    (songs / SAD / "Band").rename(songs / SAD / "...And Justice")
    write_tone(songs / SAD / "@Recycle" / "old.wav", 300)
    made = datasets.build_dataset(songs, "mine")
    assert "...And Justice" in set(made.table()["group"])
    assert "old.wav" not in "".join(made.table()["clip"])
    assert f"{SAD}/@Recycle" in "".join(made.notes)


def test_where_songs_are_is_remembered(built: Built) -> None:
    audio = built.dataset.audio()
    assert set(audio) == set(built.dataset.table()["clip"])
    song = built.songs / "Happy" / "one.wav"
    assert audio["Happy/one.wav"] == song
    song.rename(song.with_suffix(".moved"))
    assert "Happy/one.wav" not in built.dataset.audio()
    song.with_suffix(".moved").rename(song)


def test_a_folder_of_nothing_but_bad_files_is_refused_and_the_old_stays(
    songs: Path, csv_file: Callable[..., Path]
) -> None:
    datasets.build_dataset(csv_file("mood,tempo", "sad,1"), "mine")
    for path in songs.rglob("*.wav"):
        path.write_text("no song")
    with pytest.raises(DatasetError, match="None of the 4 files can be used"):
        datasets.build_dataset(songs, "mine")
    assert datasets.get("mine").clips() == {SAD: 1}
    assert [path.name for path in store.folder().iterdir()] == ["mine"]


def test_a_stopped_build_goes_on(songs: Path, own_cache: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    shutil.rmtree(songs / SAD)
    with pytest.raises(KeyboardInterrupt):
        datasets.build_dataset(songs, "mine", progress=stop)
    done = own_cache / "build" / "own-mine.jsonl"
    assert len(done.read_text().splitlines()) == 2
    assert datasets.get("4qaed")
    assert "mine" not in datasets.every()
    datasets.build_dataset(songs, "mine")
    assert len(done.read_text().splitlines()) == 3


def test_a_list_is_built(songs: Path, csv_file: Callable[..., Path]) -> None:
    rows = ["Path;MOOD;group", "songs/Happy/one.wav;HAPPY;me", "songs\\q2\\Band\\two.wav;q3;"]
    made = datasets.build_dataset(csv_file(*rows), "mine")
    assert not made.n_problems
    table = made.table().set_index("clip")
    assert table["mood"].to_list() == [HAPPY, SAD]
    assert table["group"].to_list() == ["me", "clip songs\\q2\\Band\\two.wav"]
    assert set(made.audio()) == set(table.index)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_is_built_as_it_is(table: pd.DataFrame, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t.{suffix}"
    table = table.groupby("mood").head(9).reset_index(drop=True)
    table["part"] = np.where(table.index % 3 == 0, "test", np.where(table.index % 3, "TRAIN", ""))
    table["mood"] = [moods.BY_NAME[mood].quadrant for mood in table["mood"]]
    table.to_csv(path, index=False) if suffix == "csv" else table.to_parquet(path)
    made = datasets.build_dataset(path, "mine")
    assert not made.n_problems
    written = made.table()
    pd.testing.assert_frame_equal(
        written.drop(columns="mood"),
        table[written.columns].drop(columns="mood"),
        check_dtype=False,
        rtol=1e-12,
    )
    part = made.official_part(written)
    assert part is not None
    assert part.tolist() == table["part"].str.lower().to_list()
    assert made.clips() == dict.fromkeys(NAMES, 9)
    assert made.separation()["tempo"].n == len(table)
    assert list(made.correlations()) == list(made.correlations().index)


def test_any_features_do(csv_file: Callable[..., Path]) -> None:
    rows = ["mood,Tempo,roll_off_var,note", "sad,120,3,x", "Q4,90.5,1e3,y"]
    made = datasets.build_dataset(csv_file(*rows), "mine")
    assert not made.n_problems
    columns = ["clip", "mood", "group", "duration_s", "tempo", "rolloff_var"]
    assert list(made.table()) == columns
    assert made.table()["clip"].to_list() == ["row 2", "row 3"]
    assert made.clips() == {SAD: 1, RELAXED: 1}


def test_near_clips_without_a_group_join(table: pd.DataFrame, tmp_path: Path) -> None:
    table = table.head(6).copy()
    table.loc[1, list(ORIGINAL_57)] = table.loc[0, list(ORIGINAL_57)]  # both without a group
    table.loc[3, list(ORIGINAL_57)] = table.loc[2, list(ORIGINAL_57)]  # one named
    table.loc[5, list(ORIGINAL_57)] = table.loc[4, list(ORIGINAL_57)]  # both named, apart
    table["group"] = ["", "", "", "band", "this", "that"]
    table.to_parquet(tmp_path / "t.parquet")
    made = datasets.build_dataset(tmp_path / "t.parquet", "mine")
    groups = made.table()["group"].to_list()
    assert groups[0] == groups[1]
    assert groups[0] not in groups[2:]
    assert groups[2:] == ["band", "band", "this", "that"]
    assert "nearly the same in all features share a group" in made.grouping


def test_the_smallest_are_whole(table: pd.DataFrame, tmp_path: Path) -> None:
    """One clip, one mood, as many clips as moods: all features where it is one or two clips."""
    few = ["clip", "group", "duration_s", "tempo", "rms_mean", "key"]
    for n, n_moods in ((1, 1), (2, 2), (4, 4), (7, 1), (9, 2)):
        small = (table if n < 3 else table[few]).head(n)
        small = small.assign(mood=[NAMES[i % n_moods] for i in range(n)])
        small.to_parquet(tmp_path / "t.parquet")
        made = datasets.build_dataset(tmp_path / "t.parquet", "mine")
        assert sum(made.clips().values()) == n
        assert datasets.get("mine").clips() == made.clips()


def test_what_is_written_says_what_it_is(csv_file: Callable[..., Path]) -> None:
    made = datasets.build_dataset(csv_file("mood,tempo", "sad,1"), "mine")
    about = json.loads((made.folder / "about.json").read_text())
    assert about["clips"] == 1
    assert about["kind"] == source.TABLE
    assert sorted(path.name for path in made.folder.iterdir()) == [
        *("about.json", "correlations.parquet", "features.parquet", "problems.csv"),
        *("separation.parquet", "summary.parquet"),
    ]
