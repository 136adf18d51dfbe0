"""Songs as a playlist that no name can break."""

from __future__ import annotations

import os
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mmc_core.moods import NAMES, arousal_valence
from mmc_core.prediction.playlists import ORDERS, entry, m3u, selected
from mmc_core.prediction.result import Prediction

ODD = [
    "",
    " ",
    "#EXTINF:1,x.mp3",
    "a\nb.mp3",
    "a\r\n#EXTM3U\nhttp://example.org/b.mp3",
    "a\u2028b.mp3",
    "a\x85b.mp3",
    "\ufeffa.mp3",
    "caf\udce9.mp3",
    "http://example.org/a.mp3",
    "file:///etc/passwd",
    "100%41.mp3",
    "./a.mp3",
    " a.mp3 ",
    "ü – «x».mp3",
    "音楽.flac",
]


def song(name: str, mood: str | None = NAMES[0], share: float = 0.7) -> Prediction:
    shares = {each: share if each == mood else (1 - share) / 3 for each in NAMES}
    arousal, valence = arousal_valence(shares.values())
    return Prediction(name, "m", 61.6, mood, shares, arousal, valence)


def read(line: str) -> str:
    """The path that a player takes from a line."""
    if line.startswith("file://"):
        return os.fsdecode(unquote_to_bytes(line.removeprefix("file://")))
    return line


def test_a_playlist_has_a_title_and_a_path_for_each_song() -> None:
    assert m3u([song("A song.mp3"), song("/music/ü.flac")]) == (
        "#EXTM3U\n#EXTINF:62,A song\nA song.mp3\n#EXTINF:62,ü\n/music/ü.flac\n"
    )
    assert m3u([]) == "#EXTM3U\n"


@pytest.mark.parametrize("order", ORDERS)
def test_songs_are_in_the_order_asked_for(order: str) -> None:
    happy, angry, sad, relaxed = NAMES
    songs = [song("r", relaxed, 0.7), song("h", happy, 0.6)]
    songs += [song("a", angry, 0.8), song("s", sad, 0.9)]
    names = [each.file for each in selected(songs, order=order)]
    expected = {"arousal": "srha", "valence": "sahr", "mood": "hasr", "confidence": "sarh"}
    assert names == [*expected[order]]


def test_within_a_mood_the_clearest_comes_first() -> None:
    songs = [song("a", share=0.5), song("b", share=0.9)]
    assert [each.file for each in selected(songs, order="mood")] == ["b", "a"]


def test_a_mood_alone_and_songs_without_one_are_left_out() -> None:
    songs = [song("a", NAMES[0]), song("b", NAMES[1]), song("c", None)]
    songs.append(Prediction("d", "m", error="d is empty."))
    assert [each.file for each in selected(songs)] == ["a", "b"]
    assert [each.file for each in selected(songs, mood=NAMES[1])] == ["b"]
    assert selected(songs, mood=NAMES[2]) == []


names = st.text(st.characters(exclude_characters="\0"), max_size=20) | st.sampled_from(ODD)


@given(names)
def test_a_relative_name_is_one_line_that_means_it_or_none(name: str) -> None:
    line = entry(name)
    if line is not None and not name.startswith("/"):
        assert line.splitlines() == [line]
        assert line == line.strip()
        assert line[0] != "#"
        assert "://" not in line.partition("/")[0] + "/"
        assert line in (name, f"./{name}")


@given(names)
@example("\udcff\n#EXTINF:1,x")
@pytest.mark.skipif(os.name == "nt", reason="absolute paths begin with a drive there")
def test_any_absolute_path_is_one_line_and_read_back(name: str) -> None:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return  # no file has such a name
    line = entry(f"/music/{name}")
    assert line is not None
    assert line.splitlines() == [line]
    assert line == line.strip()
    assert read(line) == f"/music/{name}"


@given(st.lists(names))
def test_no_name_adds_a_line(files: list[str]) -> None:
    written = [name for name in files if entry(name)]
    lines = m3u([song(name) for name in files]).splitlines()
    assert len(lines) == 1 + 2 * len(written)
    assert all(line.startswith("#EXTINF:62,") for line in lines[1::2])
    assert lines[2::2] == [entry(name) for name in written]
    m3u([song(name) for name in files]).encode()  # all of it is Unicode


def test_a_name_with_joiners_stands_in_a_playlist() -> None:
    name = "می\u200cخواهم 夜　明け.mp3"
    song = Prediction(name, "a-model", 1.5, NAMES[0], dict.fromkeys(NAMES, 0.25), 0.0, 0.0)
    lines = m3u([song]).splitlines()
    assert lines == ["#EXTM3U", f"#EXTINF:2,{name.removesuffix('.mp3')}", name]
