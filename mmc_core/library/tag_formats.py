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

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from os import SEEK_END
from pathlib import Path
from typing import IO, Any

from mmc_core.errors import TagError
from mmc_core.library import pieces
from mmc_core.library.pieces import TAG, Piece
from mmc_core.library.raw_tags import APEv2, Frame, ID3v2, id3v1, read_ape, read_id3, splice
from mmc_core.library.song_tags import bounded_memory
from mmc_core.wording import shown

MOOD = "MOOD"
WRITTEN = "MMC_MOOD"  # the mood that we wrote: another in MOOD is a person's
FIELDS = (MOOD, WRITTEN, "MMC_PROBABILITIES", "MMC_AROUSAL", "MMC_VALENCE", "MMC_MODEL")
FORMATS = "mp3, wav, aiff, flac, ogg, opus, m4a and wma"
ITUNES = "----:com.apple.iTunes:"
ID3_AT_END = b"3DI"
HIDES = (
    "its tags are {0}, which {1} would hide from players; copy them into {1} with a tagger first"
)
WAV_TEXTS, WAV_PROGRAM = b"INFO", b"ISFT"
AIFF_TEXTS = (b"NAME", b"AUTH", b"(c) ", b"ANNO")


class FileTags(ABC):
    """The tags of one file, read when this object is made.

    Args:
        path: of the file.
        why_left: why nothing is written to such a file; None if it can be.
        may_be_decoded: whether decoders may take what is written for sound, as FFmpeg does with
            an APE tag before ID3v1. Then only the bytes of the sound can be compared.
    """

    why_left: str | None = None
    may_be_decoded = False

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def fields(self) -> dict[str, str]:
        """Return those of `FIELDS` that are there; several values of one are parted by `; `."""

    @abstractmethod
    def pieces(self) -> list[Piece]:
        """Return all else in the file, by name and content."""

    @abstractmethod
    def put(self, field: str, value: str) -> None:
        """Set one of `FIELDS`, in memory."""

    @abstractmethod
    def write(self) -> None:
        """Write all into the file in place."""

    def other_fields(self) -> list[dict[str, str]]:
        """Return what `fields` does of each further tag in the file."""
        return []

    def persons_mood(self) -> str | None:
        """Return the mood in any tag of the file, unless this program wrote it."""
        for fields in (self.fields(), *self.other_fields()):
            mood = fields.get(MOOD)
            if mood and mood != fields.get(WRITTEN):
                return mood
        return None


class MP3Tags(FileTags):
    """ID3v2 in front of the sound of an mp3, or APE behind it; at the end there may be ID3v1."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with path.open("rb") as file:
            self._id3 = read_id3(file)
            self._further = []
            while (tag := read_id3(file)).size:
                self._further.append(tag)
                file.seek(self._id3.size + sum(each.size for each in self._further))
        self._ape = read_ape(path)
        self._has_ape = not self._id3.frames and self._ape is not None and bool(self._ape.items)
        self.may_be_decoded = self._has_ape
        if not self._id3.frames and not self._has_ape:
            _refuse_id3_at_end(path)
            self._id3.frames = _frames_of_id3v1(path, self._id3)  # which ID3v2 would hide

    def fields(self) -> dict[str, str]:
        return _ape_fields(self._ape) if self._has_ape else _id3_fields(self._id3)

    def other_fields(self) -> list[dict[str, str]]:
        return [_id3_fields(self._id3), _ape_fields(self._ape), *map(_id3_fields, self._further)]

    def pieces(self) -> list[Piece]:
        end = self._ape.start if self._ape else None
        with self.path.open("rb") as file:
            sound = ("sound", pieces.digest(file, self._id3.size, end))
        items = self._ape.items if self._ape else []
        kept = [(key, flags + value) for key, flags, value in items if not _ape_field(key)]
        return [*_other_frames(self._id3), sound, *kept, ("ID3v1", id3v1(self.path))]

    def put(self, field: str, value: str) -> None:
        if self._has_ape and self._ape:
            items = [each for each in self._ape.items if _ape_field(each[0]) != field]
            name = "Mood" if field == MOOD else field
            self._ape.items = [*items, (name, bytes(4), value.encode())]
        else:
            _put_id3(self._id3, field, value)

    def write(self) -> None:
        if self._has_ape and self._ape:
            splice(self.path, self._ape.start, self._ape.end, self._ape.content())
        else:
            splice(self.path, 0, self._id3.size, self._id3.content())


class ChunkTags(FileTags):
    """ID3v2 in a chunk of a WAV or AIFF file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with path.open("rb") as file:
            self._order = pieces.iff_order(file.read(4))
            self._size = file.seek(0, SEEK_END)
            self._chunks = pieces.chunks(file)
            self._chunk = next((c for c in self._chunks if c.id.lower() == b"id3 "), None)
            self._id3 = ID3v2()
            if self._chunk:
                file.seek(self._chunk.start)
                content = file.read(self._chunk.size)
                self._id3 = read_id3(BytesIO(content))
                if content[self._id3.size :].strip(b"\0"):
                    raise ValueError("their chunk has bytes that are no ID3 tag")
            if not self._id3.frames and _has_texts(file, self._chunks):
                self.why_left = HIDES.format("chunks of text", "ID3")

    def fields(self) -> dict[str, str]:
        return _id3_fields(self._id3)

    def pieces(self) -> list[Piece]:
        with self.path.open("rb") as file:
            others = [
                (each.id.decode("latin-1"), pieces.digest(file, each.start, each.start + each.size))
                for each in self._chunks
                if each is not self._chunk
            ]
            after = ("after the chunks", pieces.digest(file, self._end))
        return [*_other_frames(self._id3), *others, after]

    def put(self, field: str, value: str) -> None:
        _put_id3(self._id3, field, value)

    def write(self) -> None:
        content = self._id3.content()
        content += bytes(len(content) % 2)
        identifier = self._chunk.id if self._chunk else self._new_id
        content = identifier + len(content).to_bytes(4, self._order) + content
        if self._chunk:
            start, end = self._chunk.start - 8, min(self._chunk.end, self._size)
        else:
            start = end = self._end
            content = bytes(self._end % 2) + content
        splice(self.path, start, end, content)
        all_bytes = self._end + len(content) - (end - start) - 8
        splice(self.path, 4, 8, all_bytes.to_bytes(4, self._order))

    @property
    def _end(self) -> int:
        """The place after the last chunk."""
        return min(self._chunks[-1].end if self._chunks else 12, self._size)

    @property
    def _new_id(self) -> bytes:
        return b"id3 " if self._order == "little" else b"ID3 "


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
        return _join_values(values)

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
        return [_id3_fields(self._id3)]


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
    return _join_values((name, "; ".join(map(str, _as_list(value)))) for name, value in values)


def _join_values(values: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    """Return the texts of each name, parted by `; `."""
    found: dict[str, list[str]] = {}
    for name, text in values:
        if name and text:
            found.setdefault(name, []).append(text)
    return {name: "; ".join(texts) for name, texts in found.items()}


def _id3_fields(tag: ID3v2) -> dict[str, str]:
    fields = [_id3_field(tag, frame) for frame in tag.frames]
    return _join_values(field for field in fields if field)


def _id3_field(tag: ID3v2, frame: Frame) -> tuple[str, str] | None:
    """Return which of `FIELDS` a frame is, and its text."""
    if frame.id not in (b"TMOO", b"TXXX"):
        return None
    read = tag.read_frame(frame)
    name = MOOD if frame.id == b"TMOO" else read.desc.upper() if read else ""
    text = "; ".join(map(str, read.text)) if read else frame.data.decode("latin-1")
    return (name, text) if name in FIELDS else None


def _other_frames(tag: ID3v2) -> list[Piece]:
    frames = [frame for frame in tag.frames if not _id3_field(tag, frame)]
    kept = [(frame.id.decode("latin-1"), frame.flags + frame.data) for frame in frames]
    return [("version of ID3", bytes([tag.version])), *kept]


def _put_id3(tag: ID3v2, field: str, value: str) -> None:
    from mutagen.id3 import TMOO, TXXX, Encoding

    others = [each for each in tag.frames if (_id3_field(tag, each) or ("", ""))[0] != field]
    encoding = Encoding.UTF8 if tag.version == 4 else Encoding.UTF16  # 2.3 has no UTF-8
    has_frame = field == MOOD and tag.version == 4
    made = TMOO(encoding, [value]) if has_frame else TXXX(encoding, field, [value])
    tag.frames = [*others, *tag.make_frames(made)]


def _frames_of_id3v1(path: Path, tag: ID3v2) -> list[Frame]:
    """Return what ID3v1 says as frames of ID3v2."""
    from mutagen.id3 import ID3

    content = id3v1(path)
    if not content:
        return []
    return tag.make_frames(*ID3(BytesIO(content), translate=False, v2_version=tag.version).values())


def _refuse_id3_at_end(path: Path) -> None:
    with path.open("rb") as file:
        end = file.seek(0, SEEK_END) - len(id3v1(path))
        file.seek(max(0, end - 10))
        if file.read(10).startswith(ID3_AT_END):
            raise ValueError("they are ID3 tags at its end, which tags in front would hide")


def _ape_fields(tag: APEv2 | None) -> dict[str, str]:
    items = tag.items if tag else []
    texts = [
        (key, "; ".join(value.decode("utf-8", "replace").split("\0"))) for key, _, value in items
    ]
    return _join_values((_ape_field(key), text) for key, text in texts)


def _ape_field(key: str) -> str | None:
    return key.upper() if key.upper() in FIELDS else None


def _has_texts(file: IO[bytes], chunks: list[pieces.Chunk]) -> bool:
    """Return whether a WAV or AIFF file says of its song anything in chunks of text."""
    for chunk in chunks:
        file.seek(chunk.start)
        if chunk.id in AIFF_TEXTS and file.read(chunk.size).strip(b"\0 "):
            return True
        if chunk.id == b"LIST" and file.read(4) == WAV_TEXTS:
            names = {each.id for each in pieces.inner_chunks(file, chunk)}
            if names - {WAV_PROGRAM}:
                return True
    return False


def _text(value: Any) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes) else str(value)


def _as_list(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]
