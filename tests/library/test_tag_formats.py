"""Moods in tags, as other programs read them, and all else in tags as it was."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import mutagen
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen import id3, mp4
from mutagen.asf import ASF
from mutagen.flac import FLAC, Picture

from mmc_core.errors import TagError
from mmc_core.library import tagging
from mmc_core.library.file_tags import FIELDS, MOOD, WRITTEN
from mmc_core.library.tag_formats import read_tags
from mmc_core.library.tagging import same_sound, tag, wanted
from mmc_core.library.undo import TagJournal, undo
from mmc_core.moods import NAMES
from tests.support.tagged import KINDS, answer, copied, sha256, song

ID3_KINDS = ("mp3", "wav", "aiff")
# Where MusicBrainz Picard and its kin look for the mood, by format.
READ_AS: dict[str, Callable[[Any], list[str]]] = {
    **dict.fromkeys(ID3_KINDS, lambda tags: tags["TMOO"].text),
    **dict.fromkeys(("flac", "ogg", "opus"), lambda tags: tags["mood"]),
    "m4a": lambda tags: [bytes(v).decode() for v in tags["----:com.apple.iTunes:MOOD"]],
    "wma": lambda tags: [str(value) for value in tags["WM/Mood"]],
}


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("originals")
    return {kind: song(folder / f"song.{kind}") for kind in KINDS}


def write(path: Path, **options: Any) -> None:
    with TagJournal() as journal:
        done = tag(path, lambda _: answer(), journal, **options)
    assert done.error is None
    assert done.differences


def undo_all() -> None:
    with TagJournal() as journal:
        for change in journal.changes():
            undo(change, journal)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mood_is_where_other_programs_read_it_and_undone_to_the_byte(
    kind: str, originals: dict[str, Path], tmp_path: Path
) -> None:
    path = copied(originals[kind], tmp_path)
    write(path)
    assert READ_AS[kind](mutagen.File(path).tags) == [NAMES[0]]
    assert read_tags(path).fields() == wanted(answer())
    assert same_sound(originals[kind], path)
    undo_all()
    assert sha256(path) == sha256(originals[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_ffmpeg_reads_it_too(kind: str, originals: dict[str, Path], tmp_path: Path) -> None:
    """As Jellyfin, Kodi and many players do, by other code than mutagen's."""
    path = copied(originals[kind], tmp_path)
    write(path)
    with av.open(path) as media:
        tags = {**media.metadata, **media.streams[0].metadata}
    named = {name.upper(): value for name, value in tags.items()}
    expected = {"m4a": "MOOD", "wma": "WM/MOOD"}
    assert named[expected.get(kind, "TMOO" if kind in ID3_KINDS else "MOOD")] == NAMES[0]
    assert named["MMC_MODEL"] == "a-model"


def test_what_is_written_can_be_read_back_as_numbers() -> None:
    fields = wanted(answer(NAMES[2], 0.64))
    assert tuple(fields) == FIELDS
    shares = dict(pair.split("=") for pair in fields["MMC_PROBABILITIES"].split())
    assert {name: float(share) for name, share in shares.items()} == pytest.approx(
        answer(NAMES[2], 0.64).probabilities, abs=5e-4
    )
    assert float(fields["MMC_AROUSAL"]) == pytest.approx(answer(NAMES[2], 0.64).arousal, abs=5e-4)


def test_id3v23_stays_what_it_is(originals: dict[str, Path], tmp_path: Path) -> None:
    path = copied(originals["mp3"], tmp_path)
    tags = id3.ID3()
    tags.add(id3.TPE1(encoding=1, text=["One", "Another"]))
    tags.add(id3.TYER(encoding=0, text=["1999"]))  # of 2.3 alone
    tags.add(id3.TSOP(encoding=1, text=["Another"]))  # of 2.4 alone; iTunes writes it all the same
    tags.save(path, v2_version=3, v23_sep=None, v1=2)
    with path.open("r+b") as file:  # an ID3v1 tag that says something else
        file.seek(-125, io.SEEK_END)
        file.write(b"Other title")
    before = path.read_bytes()
    write(path)
    read = id3.ID3(path, translate=False)
    assert read.version == (2, 3, 0)
    assert "TMOO" not in read
    assert read["TXXX:MOOD"].text == [NAMES[0]]
    assert read["TPE1"].text == ["One", "Another"]
    assert read["TYER"].text == ["1999"]
    assert read["TSOP"].text == ["Another"]
    assert path.read_bytes()[-128:] == before[-128:]
    undo_all()
    assert path.read_bytes() == before


def test_id3v22_is_left_alone(originals: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "old.mp3"
    frame = b"TT2" + (6).to_bytes(3, "big") + b"\0Title"
    head = b"ID3\2\0\0" + bytes([0, 0, 0, len(frame)]) + frame
    path.write_bytes(head + originals["mp3"].read_bytes())
    with pytest.raises(TagError, match=r"ID3v2\.2"):
        read_tags(path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mood_that_a_person_set_is_kept_unless_it_is_to_be_replaced(
    kind: str, originals: dict[str, Path], tmp_path: Path
) -> None:
    path = copied(originals[kind], tmp_path)
    tags = read_tags(path)
    tags.put(MOOD, "Wistful")
    tags.write()
    before = sha256(path)
    with TagJournal() as journal:
        done = tag(path, lambda _: answer(), journal)
    assert "someone set its mood to Wistful" in str(done.left)
    assert sha256(path) == before
    write(path, overwrite=True)
    assert READ_AS[kind](mutagen.File(path).tags) == [NAMES[0]]
    tags = read_tags(path)  # ours, until a person changes it
    tags.put(MOOD, "Wistful")
    tags.write()
    with TagJournal() as journal:
        assert "Wistful" in str(tag(path, lambda _: answer(), journal).left)


def test_our_own_mood_follows_a_later_answer(originals: dict[str, Path], tmp_path: Path) -> None:
    path = copied(originals["flac"], tmp_path)
    write(path)
    with TagJournal() as journal:
        assert tag(path, lambda _: answer(), journal).left == "it has these tags already"
        done = tag(path, lambda _: answer(NAMES[1]), journal)
    assert done.differences[MOOD] == (NAMES[0], NAMES[1])
    assert done.differences[WRITTEN] == (NAMES[0], NAMES[1])
    undo_all()
    assert sha256(path) == sha256(originals["flac"])


def test_pictures_and_chapters_stay(originals: dict[str, Path], tmp_path: Path) -> None:
    path = copied(originals["flac"], tmp_path)
    flac = FLAC(path)
    picture = Picture()
    picture.data, picture.mime = bytes(range(256)) * 40, "image/png"
    flac.add_picture(picture)
    flac.save()
    write(path)
    assert FLAC(path).pictures[0].data == picture.data
    path = copied(originals["m4a"], tmp_path)
    media = mp4.MP4(path)
    media["covr"] = [mp4.MP4Cover(picture.data, mp4.MP4Cover.FORMAT_PNG)]
    media["trkn"] = [(3, 12)]
    media.save()
    write(path)
    assert bytes(mp4.MP4(path)["covr"][0]) == picture.data
    assert mp4.MP4(path)["trkn"] == [(3, 12)]


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(
    lambda text: text == text.strip()
)
names = st.text("ABCDEFGHIJ_ xyz", min_size=1, max_size=12).filter(
    lambda name: name.strip() == name
)
persons = st.dictionaries(names, st.lists(texts, min_size=1, max_size=3), max_size=6)


def set_all(path: Path, tags: dict[str, list[str]], version: int) -> None:
    """A person's tags, as the library of a tagger writes them."""
    media = mutagen.File(path)
    if media.tags is None:
        media.add_tags()
    for name, values in tags.items():
        if isinstance(media.tags, id3.ID3):
            media.tags.add(id3.TXXX(encoding=1, desc=name, text=values))
            media.tags.add(id3.COMM(encoding=1, lang="eng", desc=name, text=values))
        elif isinstance(media, mp4.MP4):
            media[f"----:org.example:{name}"] = [value.encode() for value in values]
            media["\xa9nam"] = values
        else:
            media[name] = values
    if isinstance(media.tags, id3.ID3):
        media.save(v2_version=version, v23_sep=None)
    else:
        media.save()


def get_all(path: Path) -> dict[str, Any]:
    media = mutagen.File(path)
    ours = ("mmc_", "wm/mood", "mood", "tmoo")
    if isinstance(media.tags, id3.ID3):
        return {
            key: frame.text
            for key, frame in media.tags.items()
            if not key.casefold().removeprefix("txxx:").startswith(ours)
        }
    pairs = media.tags.as_dict().items() if not isinstance(media, mp4.MP4) else media.items()
    return {
        name: [value.value if isinstance(media, ASF) else value for value in values]
        for name, values in pairs
        if not name.casefold().rpartition(":")[2].startswith(ours)
    }


@pytest.mark.parametrize("kind", KINDS)
@given(tags=persons, version=st.sampled_from([3, 4]))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_other_tags_stay(
    kind: str,
    tags: dict[str, list[str]],
    version: int,
    originals: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tagging, "same_sound", lambda *_: True)  # decodes; see the test above
    path = copied(originals[kind], tmp_path)
    set_all(path, tags, version)
    before, content = get_all(path), sha256(path)
    write(path)
    assert get_all(path) == before
    undo_all()
    assert sha256(path) == content
