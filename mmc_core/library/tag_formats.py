"""Moods in the tags of sound files, by format, and all else that is in those tags.

| format | mood | the other fields |
|---|---|---|
| ID3v2.4 (mp3, wav, aiff) | TMOO | TXXX:NAME |
| ID3v2.3 | TXXX:MOOD, as TMOO is not in that version | TXXX:NAME |
| Vorbis comments (flac, ogg, opus) | MOOD | NAME |
| MP4 | ----:com.apple.iTunes:MOOD | ----:com.apple.iTunes:NAME |
| ASF (wma) | WM/Mood | NAME |

These are the names of MusicBrainz Picard:
https://picard-docs.musicbrainz.org/en/appendices/tag_mapping.html. Whatever else is in the tags is
written back as it was: the version of ID3 and the separators of its texts stay, and so does ID3v1.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from os import SEEK_END
from pathlib import Path
from typing import Any

from mmc_core.errors import TagError
from mmc_core.library.song_tags import bounded_memory
from mmc_core.wording import shown

MOOD = "MOOD"
WRITTEN = "MMC_MOOD"  # the mood that we wrote: another in MOOD is a person's
FIELDS = (MOOD, WRITTEN, "MMC_PROBABILITIES", "MMC_AROUSAL", "MMC_VALENCE", "MMC_MODEL")
FORMATS = "mp3, wav, aiff, flac, ogg, opus, m4a and wma"
ITUNES = "----:com.apple.iTunes:"
ENCODING = re.compile(r"encoding=<[^>]*>")  # of a frame's text, in its `repr`
ID3V1_BYTES = 128


class FileTags(ABC):
    """The tags of one file, read when it is made.

    Args:
        path: of the file.
        media: the file as mutagen reads it.
    """

    def __init__(self, path: Path, media: Any) -> None:
        self.path, self.media = path, media
        if media.tags is None:
            media.add_tags()

    @abstractmethod
    def fields(self) -> dict[str, str]:
        """Those of `FIELDS` that are there; several values of one are parted by `; `."""

    @abstractmethod
    def others(self) -> list[str]:
        """All else, as texts that are equal where it is the same."""

    @abstractmethod
    def put(self, field: str, value: str) -> None:
        """Set one of `FIELDS`, in memory."""

    @abstractmethod
    def write(self) -> None:
        """Write all into the file in place."""

    def stream(self) -> str:
        """What the tags do not say of the sound."""
        info = self.media.info
        return repr((getattr(info, "sample_rate", 0), getattr(info, "channels", 0)))


class ID3Tags(FileTags):
    """ID3v2.3 and 2.4, in mp3, wav and aiff."""

    def fields(self) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for frame in self.media.tags.values():
            if (name := _id3_field(frame)) and (text := "; ".join(map(str, frame.text))):
                found.setdefault(name, []).append(text)
        return {name: "; ".join(texts) for name, texts in found.items()}

    def others(self) -> list[str]:
        tags = self.media.tags
        frames = [each for each in tags.values() if not _id3_field(each) and not _is_empty(each)]
        unknown = [repr(bytes(each)) for each in tags.unknown_frames]
        texts = [ENCODING.sub("", repr(each)) for each in frames]
        return sorted(texts) + unknown + [repr(id3v1(self.path)), self.stream()]

    def put(self, field: str, value: str) -> None:
        from mutagen.id3 import TMOO, TXXX, Encoding

        tags = self.media.tags
        for key in [key for key, frame in tags.items() if _id3_field(frame) == field]:
            del tags[key]
        encoding = Encoding.UTF8 if self._version == 4 else Encoding.UTF16  # 2.3 has no UTF-8
        if field == MOOD and self._version == 4:
            tags.add(TMOO(encoding=encoding, text=[value]))
        else:
            tags.add(TXXX(encoding=encoding, desc=field, text=[value]))

    def write(self) -> None:
        old = id3v1(self.path)
        self.media.tags.save(str(self.path), v2_version=self._version, v23_sep=None)
        if old and id3v1(self.path):  # mutagen has made it anew
            with self.path.open("r+b") as file:
                file.seek(-ID3V1_BYTES, SEEK_END)
                file.write(old)

    @property
    def _version(self) -> int:
        return 3 if self.media.tags.version[:2] == (2, 3) else 4


class NamedTags(FileTags):
    """Tags that are lists of names and values.

    Args:
        prefix: of all names of `FIELDS`.
        mood: the name of the mood.
    """

    def __init__(self, path: Path, media: Any, prefix: str = "", mood: str = MOOD) -> None:
        super().__init__(path, media)
        names = {field: prefix + field for field in FIELDS} | {MOOD: prefix + mood}
        self._names = names
        self._fields = {name.casefold(): field for field, name in names.items()}

    def fields(self) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for name, value in self._pairs():
            if (field := self._fields.get(name.casefold())) and (text := _text(value)):
                found.setdefault(field, []).append(text)
        return {field: "; ".join(texts) for field, texts in found.items()}

    def others(self) -> list[str]:
        kept = [pair for pair in self._pairs() if pair[0].casefold() not in self._fields]
        # In MP4, names have no order; the values of one do.
        pairs = [f"{name}={value!r}" for name, value in sorted(kept, key=lambda pair: pair[0])]
        return [*pairs, *map(repr, self._blocks()), self.stream()]

    def put(self, field: str, value: str) -> None:
        tags, name = self.media.tags, self._names[field]
        for each in {each for each, _ in self._pairs() if each.casefold() == name.casefold()}:
            if each in tags:  # Vorbis comments know no case: the first takes all away
                del tags[each]
        tags[name] = [value.encode()] if name.startswith(ITUNES) else [value]

    def write(self) -> None:
        self.media.save()

    def _pairs(self) -> list[tuple[str, Any]]:
        tags = self.media.tags
        if isinstance(tags, list):  # Vorbis comments, ASF
            return list(tags)
        return [(name, value) for name, values in tags.items() for value in _listed(values)]

    def _blocks(self) -> list[Any]:
        """What is in a flac file beside sound, comments and padding; and who wrote the comments."""
        from mutagen.flac import Padding, VCFLACDict

        blocks = getattr(self.media, "metadata_blocks", [])
        beside = [each for each in blocks if not isinstance(each, Padding | VCFLACDict)]
        vendor = getattr(self.media.tags, "vendor", "")
        return [vendor, *((each.code, each.write()) for each in beside)]


def read_tags(path: Path) -> FileTags:
    """The tags of a file, whatever it is called.

    Raises:
        TagError: if it is of a format whose tags are not written here, or cannot be read.
        OSError: if the file cannot be read.
    """
    try:
        with bounded_memory():
            return _opened(path)
    except (TagError, OSError):
        raise
    except Exception as error:  # whatever mutagen makes of damaged bytes
        if isinstance(error.__context__, OSError):
            raise error.__context__ from error
        why = shown(str(error) or type(error).__name__, 200)
        raise TagError(f"The tags of {shown(path.name)} could not be read: {why}.") from error


def _opened(path: Path) -> FileTags:
    import mutagen
    from mutagen import aiff, asf, flac, mp3, mp4, oggflac, oggopus, oggspeex, oggvorbis, wave

    id3: tuple[Any, ...] = (mp3.MP3, wave.WAVE, aiff.AIFF)
    vorbis = (flac.FLAC, oggvorbis.OggVorbis, oggopus.OggOpus, oggflac.OggFLAC, oggspeex.OggSpeex)
    media = mutagen.File(path, options=[*id3, *vorbis, mp4.MP4, asf.ASF])
    if isinstance(media, id3):
        media = type(media)(path, translate=False)  # to another version, frames would be lost
        if media.tags is not None and media.tags.version[:2] == (2, 2):
            raise TagError(
                f"{shown(path.name)} has tags of ID3v2.2, which cannot be written. Convert them "
                "to ID3v2.3 or 2.4 first."
            )
        return ID3Tags(path, media)
    if isinstance(media, mp4.MP4):
        return NamedTags(path, media, prefix=ITUNES)
    if isinstance(media, asf.ASF):
        return NamedTags(path, media, mood="WM/Mood")
    if media is None:
        raise TagError(
            f"Tags of files such as {shown(path.name)} are not written; expected {FORMATS}."
        )
    return NamedTags(path, media)


def id3v1(path: Path) -> bytes:
    """The last bytes of a file where they are tags of ID3v1, else none."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, SEEK_END) - ID3V1_BYTES))
        last = file.read()
    return last if last.startswith(b"TAG") else b""


def _id3_field(frame: Any) -> str | None:
    """Which of `FIELDS` a frame is."""
    if frame.FrameID == "TMOO":
        return MOOD
    is_ours = frame.FrameID == "TXXX" and frame.desc.upper() in FIELDS
    return frame.desc.upper() if is_ours else None


def _is_empty(frame: Any) -> bool:
    """Whether a frame is a text without one, which no program writes back."""
    return frame.FrameID.startswith("T") and not str(frame)


def _text(value: Any) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes) else str(value)


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]
