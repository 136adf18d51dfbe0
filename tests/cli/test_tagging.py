"""Tags and playlists of a library by the command line."""

from __future__ import annotations

import itertools
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mmc_core import runs
from mmc_core.cli.main import main
from mmc_core.library.journal import Journal
from mmc_core.library.tag_formats import read_tags
from mmc_core.moods import NAMES
from tests.support.corrections import add_some
from tests.support.library import made_song, song_of
from tests.support.tagged import sha256, song


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["library", *map(str, arguments)])


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A folder of three songs that the library knows, and of a file that is none."""
    folder = tmp_path / "music"
    folder.mkdir()
    for i, kind in enumerate(("mp3", "flac", "ogg")):
        path = song(folder / f"{i}.{kind}")
        remember(path, i)
    (folder / "broken.mp3").write_bytes(b"no song")
    return folder


def remember(path: Path, i: int, **values: object) -> None:
    """Put a song's mood into the library, as if it had been heard."""
    known = song_of(path, i, **{"model": runs.find("best").name, **values})
    with Journal() as journal:
        journal.save(known)


def content(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path) for path in folder.iterdir()}


def test_a_dry_run_prints_before_and_after_and_writes_nothing(music: Path) -> None:
    before = content(music)
    result = run("tag", music, "--dry-run")
    assert result.exit_code == 1  # of the broken file
    assert f"0.mp3\n  MOOD: (none) → {NAMES[0]}\n" in result.stdout
    assert "broken.mp3" in result.stderr
    assert "3 of 4 files would be tagged\n" in result.stderr
    assert content(music) == before
    (first, *_) = json.loads(run("tag", music, "--dry-run", "--json").stdout)
    assert first["differences"]["MOOD"] == {"before": None, "after": NAMES[0]}
    assert not first["written"]


def test_moods_of_the_library_are_written_and_undone(music: Path) -> None:
    before = content(music)
    add_some(1, sha256=sha256(music / "0.mp3"), mood="relaxed")
    result = run("tag", music, "--json")
    (heard,) = run("list", "--mood", "relaxed").stdout.splitlines()
    assert "0.mp3: relaxed, heard by a person" in heard  # its content is another one now
    assert [each["written"] for each in json.loads(result.stdout)] == [True, True, True, False]
    moods = [read_tags(path).fields()["MOOD"] for path in sorted(music.glob("[0-2].*"))]
    assert moods == [*NAMES[:3]]
    assert run("tag", music / "0.mp3").stdout.endswith("as it has these tags already\n")
    with Journal() as journal:  # which need not hear them again
        for path in sorted(music.glob("[0-2].*")):
            known = journal.song(path)
            assert known
            assert (known.size, known.sha256) == (path.stat().st_size, sha256(path))
    listed = run("undo", "--list").stdout
    assert listed.endswith(": 3 files\n")
    assert f"mmc library undo --run {listed.partition(':')[0]}\n" in result.stderr
    assert run("undo", "--run", "another").exit_code == 2
    result = run("undo", "--run", listed.partition(":")[0])
    assert result.exit_code == 0
    assert content(music) == before
    assert run("list", "--mood", "relaxed").stdout.splitlines() == [heard]
    assert "0 of 0 changes undone" in run("undo").stderr


def test_a_date_that_sqlite_cannot_hold_stops_no_other_song(music: Path) -> None:
    future = music / "0.mp3"
    os.utime(future, ns=(0, 430 * 31_556_952 * 10**9))
    if future.stat().st_mtime_ns < 2**63:
        pytest.skip("the file system has no such dates")
    before = content(music)
    result = run("tag", music, "--model", "1")
    assert "Traceback" not in result.output
    assert "3 of 4 files tagged" in result.stderr
    assert "3 of 3 changes undone" in run("undo").stderr
    assert content(music) == before


def test_names_and_tags_are_printed_without_control_characters(music: Path) -> None:
    from mutagen.flac import FLAC

    flac = FLAC(music / "1.flac")
    flac["MOOD"] = "\x1b[31mred\u202e"
    flac.save()
    remember(music / "1.flac", 1)
    result = run("tag", music / "1.flac")
    assert "someone set its mood to" in result.stdout
    result = run("tag", music / "1.flac", "--replace")
    assert "MOOD: " in result.stdout
    assert not {"\x1b", "\u202e"} & set(result.output)


def test_a_journal_that_can_only_be_read_is_listed(
    music: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MMC_TAG_JOURNAL", str(tmp_path / "tags.sqlite"))
    run("tag", music / "1.flac")
    monkeypatch.setattr("filelock.FileLock.acquire", lambda *_, **__: 1 / 0)
    assert run("undo", "--list").stdout.endswith(": 1 files\n")


def test_unsure_songs_are_left_and_unknown_ones_heard(music: Path) -> None:
    result = run("tag", music / "0.mp3", "--min-confidence", "0.9")
    assert "happy has only 70" in result.stdout
    unknown = song(music / "unknown.wav", seconds=3.0)
    remember(unknown, 0, mtime_ns=0, sha256="0" * 64)  # and has been changed since
    result = run("tag", unknown, "--model", "1", "--dry-run")
    assert result.exit_code == 0
    assert f"→ {runs.find('1').name}" in result.stdout
    assert run("tag", music / "none.mp3").exit_code == 1


def test_a_song_that_was_overwritten_after_the_scan_is_heard(music: Path) -> None:
    path = music / "0.mp3"
    state = path.stat()
    other = song(path.with_suffix(".wav"), seconds=3.0).read_bytes()
    path.write_bytes(other[: state.st_size].ljust(state.st_size, b"\0"))  # sound of the same size
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    with Journal() as journal:
        before = journal.song(path)
        assert journal.current(path) is None
        (result,) = json.loads(run("tag", path, "--model", "1", "--json").stdout)
        assert before == journal.song(path)  # not renewed: the next scan analyses the file
    assert result["written"] or result["left"] or result["error"]
    assert result["differences"].get("MMC_PROBABILITIES", {}).get("after") != (
        "happy=0.700 angry=0.100 sad=0.100 relaxed=0.100"
    )


def test_playlists_of_the_library(tmp_path: Path) -> None:
    with Journal() as journal:
        for i in range(60):
            arousal = i / 30 - 1 + 1 / 60
            mood = NAMES[0] if arousal > 0 else NAMES[3]
            p = {name: 0.4 + i / 100 if name == mood else 0.1 for name in NAMES}
            known = made_song(i, arousal=arousal, mood=mood, mood_set=[mood], probabilities=p)
            journal.save(replace(known, duration_s=180.0 + 7 * i % 60))
        journal.save(made_song(61, path=Path("/copies/a.mp3"), sha256=made_song(0).sha256))
    out = tmp_path / "list.m3u8"

    def listed(*options: object) -> list[int]:
        result = run("playlist", *options, "--out", out)
        assert result.exit_code == 0, result.output
        lines = out.read_text("utf-8").splitlines()[2::2]
        return [int(Path(line).stem.removeprefix("song ")) for line in lines]

    assert listed("/music/artist 1") == [*range(1, 60, 5)]
    assert listed("--mood", NAMES[3], "--sort", "confidence", "/music") == [*range(29, -1, -1)]
    assert listed("--min-confidence", 0.95, "/music") == [*range(55, 60)]
    way = listed("/music", "--path", "calm..energetic", "--minutes", 30)
    assert way == sorted(way)
    assert all(one % 5 != other % 5 for one, other in itertools.pairwise(way))
    assert abs(sum(180 + 7 * i % 60 for i in way) - 30 * 60) <= 30
    assert way[0] < 10
    assert way[-1] > 50


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--out", "list.txt"), "should be a file name ending in .m3u8"),
        (("--out", "list.m3u8", "--mood", "gloomy"), "There is no mood 'gloomy'"),
        (("--out", "list.m3u8", "--path", "calm..loud"), "expected two of calm"),
    ],
)
def test_wrong_use_is_said(options: tuple[str, ...], why: str) -> None:
    result = run("playlist", *options)
    assert result.exit_code != 0
    assert why in result.stderr
    assert not Path("list.m3u8").exists()
