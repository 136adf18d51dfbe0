"""Moods in the tags of sound files, by format, and all else that is in those files.

| format | mood | the other fields |
|---|---|---|
| ID3v2.4 (mp3, wav, aiff) | TMOO | TXXX:NAME |
| ID3v2.3 | TXXX:MOOD, as TMOO is not in that version | TXXX:NAME |
| APE (mp3 without ID3v2) | Mood | NAME |
| Vorbis comments (flac, ogg, opus) | MOOD | NAME |
| MP4 | ----:com.apple.iTunes:MOOD | ----:com.apple.iTunes:NAME |
| ASF (wma) | WM/Mood | NAME |

These are the names of MusicBrainz Picard:
https://picard-docs.musicbrainz.org/en/appendices/tag_mapping.html.

A file may have tags of several systems. Players read the first that is not empty, so the mood is
written there: in another it would not be seen, and a new tag would hide the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from mmc_core.errors import TagError
from mmc_core.library import pieces
from mmc_core.library.file_tags import FIELDS, HIDES, MOOD, WRITTEN, FileTags, join_values
from mmc_core.library.id3_files import ChunkTags, MP3Tags, id3_fields
from mmc_core.library.pieces import TAG, Piece
from mmc_core.library.raw_tags import id3v1, read_id3
from mmc_core.library.song_tags import bounded_memory
from mmc_core.wording import shown

FORMATS = "mp3, wav, aiff, flac, ogg, opus, m4a and wma"
ITUNES = "----:com.apple.iTunes:"


class NamedTags(FileTags):
    """Tags that are lists of names and values, which mutagen writes.

    Args:
        media: the file as mutagen reads it.
        take_apart: yields the pieces of such a file; see `pieces`.
        prefix: of all names of `FIELDS`.
        mood: the name of the mood.
    """

    def __init__(
        self,
        path: Path,
        media: Any,
        take_apart: Callable[[IO[bytes]], Iterable[Piece]],
        prefix: str = "",
        mood: str = MOOD,
    ) -> None:
        super().__init__(path)
        self.media, self._take_apart = media, take_apart
        if media.tags is None:
            media.add_tags()
        names = {field: prefix + field for field in FIELDS}
        self._fields = {name.casefold(): field for field, name in names.items()}
        self._fields[(prefix + mood).casefold()] = MOOD
        self._names = names | {MOOD: prefix + mood}

    def fields(self) -> dict[str, str]:
        values = [
            (self._fields.get(name.casefold()), _text(value)) for name, value in self._pairs()
        ]
        return join_values(values)

    def pieces(self) -> list[Piece]:
        with self.path.open("rb") as file:
            all_pieces = list(self._take_apart(file))
        return [each for each in all_pieces if not self._is_ours(each[0])]

    def put(self, field: str, value: str) -> None:
        tags, name = self.media.tags, self._names[field]
        for each in {
            each for each, _ in self._pairs() if self._fields.get(each.casefold()) == field
        }:
            if each in tags:  # Vorbis comments know no case: the first takes all away
                del tags[each]
        tags[name] = [value.encode()] if name.startswith(ITUNES) else [value]

    def write(self) -> None:
        self.media.save()

    def _is_ours(self, name: str) -> bool:
        return name.startswith(TAG) and name.removeprefix(TAG).casefold() in self._fields

    def _pairs(self) -> list[tuple[str, Any]]:
        return list(self.media.tags)


class FlacTags(NamedTags):
    """Vorbis comments in a flac file, which may have ID3 tags too."""

    def __init__(self, path: Path, media: Any) -> None:
        super().__init__(path, media, pieces.flac)
        with path.open("rb") as file:
            self._id3 = read_id3(file)
        if not self._pairs() and (self._id3.frames or id3v1(path)):
            self.why_left = HIDES.format("ID3 alone", "Vorbis comments")

    def other_fields(self) -> list[dict[str, str]]:
        return [id3_fields(self._id3)]


class MP4Tags(NamedTags):
    """Atoms in an MP4 file. They have no order."""

    def __init__(self, path: Path, media: Any) -> None:
        super().__init__(path, media, pieces.mp4, prefix=ITUNES)

    def pieces(self) -> list[Piece]:
        return sorted(super().pieces())

    def write(self) -> None:
        """Write the file with all other atoms unchanged, which mutagen would encode anew."""
        tags, others = self.media.tags, dict[str, list[bytes]]()
        for name, content in self.pieces():
            if name.startswith(TAG):
                is_free = name.startswith(f"{TAG}----")
                others.setdefault("----" if is_free else name[-4:], []).append(content)
        for name in [name for name in tags if name.casefold() not in self._fields]:
            del tags[name]
        tags._failed_atoms = others
        super().write()

    def _pairs(self) -> list[tuple[str, Any]]:
        tags = self.media.tags.items()
        return [(name, value) for name, values in tags for value in _as_list(values)]


class AsfTags(NamedTags):
    """Fields of an ASF file. In which of its objects they are does not count."""

    def __init__(self, path: Path, media: Any) -> None:
        super().__init__(path, media, pieces.asf, mood="WM/Mood")

    def pieces(self) -> list[Piece]:
        return sorted(super().pieces())


def read_tags(path: Path) -> FileTags:
    """Return the tags of a file, whatever it is called.

    Raises:
        TagError: if it is of a format whose tags are not written here, or cannot be read.
        OSError: if the file cannot be read.
    """
    with _reading(path):
        tags = _writable_tags(path)
    if tags is None:
        raise TagError(
            f"Tags of files such as {shown(path.name)} are not written; expected {FORMATS}."
        )
    return tags


def read_moods(path: Path) -> list[tuple[str, str | None]]:
    """Return each mood in the tags of a file, and the mood that this program had written there.

    Formats whose tags are not written here are read too.

    Raises:
        TagError: if the tags cannot be read.
        OSError: if the file cannot be read.
    """
    with _reading(path):
        import mutagen

        if tags := _writable_tags(path):
            all_fields = [tags.fields(), *tags.other_fields()]
        else:
            media = mutagen.File(path)
            all_fields = [_fields_by_name(media.tags if media else None)]
    return [(fields[MOOD], fields.get(WRITTEN)) for fields in all_fields if MOOD in fields]


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        with bounded_memory():
            yield
    except (TagError, OSError):
        raise
    except Exception as error:  # whatever mutagen makes of damaged bytes
        cause = error.__context__
        if isinstance(cause, OSError) and cause.errno:  # of the system, not of mutagen
            raise cause from error
        why = shown(str(error) or type(error).__name__, 200)
        raise TagError(f"The tags of {shown(path.name)} could not be read: {why}.") from error


def _writable_tags(path: Path) -> FileTags | None:
    """Return the tags of a file; None if tags of its format are not written here."""
    import mutagen
    from mutagen import aiff, asf, flac, mp3, mp4, oggflac, oggopus, oggspeex, oggvorbis, wave

    id3 = (mp3.MP3, wave.WAVE, aiff.AIFF)
    ogg = (oggvorbis.OggVorbis, oggopus.OggOpus, oggflac.OggFLAC, oggspeex.OggSpeex)
    media = mutagen.File(path, options=[*id3, flac.FLAC, *ogg, mp4.MP4, asf.ASF])
    if isinstance(media, mp3.MP3):
        return MP3Tags(path)
    if isinstance(media, id3):
        return ChunkTags(path)
    if isinstance(media, flac.FLAC):
        return FlacTags(path, media)
    if isinstance(media, mp4.MP4):
        return MP4Tags(path, media)
    if isinstance(media, asf.ASF):
        return AsfTags(path, media)
    return None if media is None else NamedTags(path, media, pieces.ogg)


def _fields_by_name(tags: Any) -> dict[str, str]:
    """Return the mood and the mood that we wrote in tags of any kind that mutagen reads."""
    names = {"mood": MOOD, "tmoo": MOOD, "wm/mood": MOOD, "mmc_mood": WRITTEN}
    pairs = tags.items() if hasattr(tags, "items") else tags or []
    values = [(names.get(name.casefold().rpartition(":")[2]), value) for name, value in pairs]
    return join_values((name, "; ".join(map(str, _as_list(value)))) for name, value in values)


def _text(value: Any) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes) else str(value)


def _as_list(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]
