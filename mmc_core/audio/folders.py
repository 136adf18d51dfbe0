"""Sound files in folders: one way to search for all commands, and what it leaves out."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from mmc_core.errors import MMCError
from mmc_core.wording import shown

# What is picked from a folder; a file named by hand is tried whatever it is called.
AUDIO_SUFFIXES = {
    *(".wav", ".bwf", ".w64", ".flac", ".ogg", ".oga", ".ogx", ".ogv", ".opus", ".spx"),
    *(".mp3", ".mp2", ".mpga", ".m4a", ".m4b", ".m4r", ".m4v", ".mp4", ".mov", ".3gp", ".aac"),
    *(".wma", ".wmv", ".asf", ".aiff", ".aif", ".aifc", ".caf", ".au", ".snd", ".webm", ".weba"),
    *(".mka", ".mkv", ".avi", ".flv", ".mpg", ".mpeg", ".wv", ".ape", ".tta", ".amr", ".ac3"),
    ".eac3",
}
# Names that systems and programs give to what is not a person's music. A leading dot is no reason
# to leave a file out: names of bands and songs have one, too (".38 Special").
SYSTEM_NAMES = re.compile(
    r"""
    # wastebaskets
    \.trash(es|-\d+)? | \.trashed-\d+-.* | \$recycle\.bin | [#@]recycle | s-1-5-\d+-[\d-]+
    | \.debris
    # disks that were repaired, copies of how they were
    | lost\+found | found\.\d{3} | [#@]snapshot | [.~]snapshots? | \.zfs | @recently-snapshot
    # macOS and Windows
    | __macosx | \._.* | \.appled(ouble|b|esktop) | \.spotlight-v\d+ | \.fseventsd
    | \.documentrevisions-v\d+ | \.temporaryitems | \.mobilebackups | system\ volume\ information
    # network storage
    | @eadir | @tmp | @database | @appstore | @transcode | \.@(__thumb|__qini|upload_cache)
    # programs that copy
    | \.stfolder | \.stversions | \.sync | \.syncarchive | \.dropbox(\.cache)? | \.owncloudsync
    | \.tmp\.drive(down|up)load | \.~tmp~ | \.rsync-partial | \.pending-\d+-.*
    # programs' own files, and those of this one that are being written
    | \.cache | \.config | \.local | \.var | \.thumbnails | \.git | \.hg | \.svn | \.venv
    | __pycache__ | node_modules | \.(mmc-)?[0-9a-f]{32}(\..*)?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
MOST_LOOKED_AT = 20_000  # names in a system's folder that are looked at for sound
APPLE_DOUBLE = b"\x00\x05\x16\x07"  # how the files "._NAME" begin in which a Mac keeps attributes
PATH_LENGTH = 200  # characters of a path in a sentence
BY_NAME = (
    "by its name this is a system's or a program's, such as a wastebasket or a half written copy; "
    "left out. Name it yourself to have it analysed."
)


@dataclass(frozen=True)
class LeftOut:
    """What a search did not look into. `is_lost` where sound may be missing for that."""

    path: Path
    why: str
    is_lost: bool

    def __str__(self) -> str:
        return f"{shown(str(self.path), PATH_LENGTH)}: {self.why}"


@dataclass(frozen=True)
class Found:
    """Sound files, sorted, each once, and what was left out."""

    files: list[Path]
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def is_incomplete(self) -> bool:
        """Whether sound may be missing."""
        return any(each.is_lost for each in self.left_out)


def find_audio(inputs: Sequence[Path]) -> Found:
    """Files as named, and folders searched for sound files.

    Raises:
        MMCError: if an input does not exist, or there is no sound file in any.
    """
    files, left_out = set[Path](), list[LeftOut]()
    for path in inputs:
        if path.is_dir():
            found = search(path)
            files |= set(found.files)
            left_out += found.left_out
        elif path.exists():
            files.add(path)
        else:
            raise MMCError(f"{path} does not exist; expected a sound file or a folder of them.")
    if not files:
        where = ", ".join(map(str, inputs))
        raise MMCError(" ".join([f"There is no sound file in {where}.", *map(str, left_out)]))
    return Found(sorted(files), left_out)


def search(folder: Path) -> Found:
    """Search a folder for sound files, in all depths.

    Links are followed. A folder that is reached in several ways is searched once, and links wait
    for the folders that are no links, so that files go by their own names. What has a name of
    `SYSTEM_NAMES` is left out, and named where it may hold sound.
    """
    files, left_out = list[Path](), list[LeftOut]()
    searched: dict[str, Path] = {}  # by where it really is
    folders, links = deque([folder]), deque[Path]()
    while folders or links:
        place = folders.popleft() if folders else links.popleft()
        real = os.path.realpath(place)
        if real in searched or (place != folder and _leads_up(place, real)):
            left_out.append(LeftOut(place, _why(place, searched.get(real)), is_lost=False))
            continue
        searched[real] = place
        try:
            with os.scandir(place) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            why = f"this folder could not be searched ({error.strerror or error}); left out."
            left_out.append(LeftOut(place, f"{why} Check who may read it.", is_lost=True))
            continue
        for entry in inside:
            _sort_in(entry, place / entry.name, files, folders, links, left_out)
    return Found(sorted(files), left_out)


def _sort_in(
    entry: os.DirEntry[str],
    path: Path,
    files: list[Path],
    folders: deque[Path],
    links: deque[Path],
    left_out: list[LeftOut],
) -> None:
    """Add an entry of a folder to the files, the folders, the links, or what is left out."""
    try:
        is_folder = entry.is_dir()
    except OSError:  # a link to where one may not look; as a file it says so
        is_folder = False
    is_link = entry.is_symlink()
    if is_passed_over(path.name):
        if _may_hold_sound(path) if is_folder else _is_sound(path):
            left_out.append(LeftOut(path, BY_NAME, is_lost=False))
    elif is_folder:
        (links if is_link else folders).append(path)
    elif has_sound_name(path):
        files.append(path)
    elif is_link and not path.exists():
        left_out.append(LeftOut(path, "this link leads nowhere; left out.", is_lost=True))


def has_sound_name(path: PurePath) -> bool:
    """Return whether a file is called as sound files are."""
    return path.suffix.lower() in AUDIO_SUFFIXES


def is_passed_over(name: str) -> bool:
    """Return whether a file or folder is called as what systems and programs keep."""
    return SYSTEM_NAMES.fullmatch(name) is not None


def _is_sound(path: Path) -> bool:
    """Return whether a file that is passed over is sound, and not what a Mac keeps of one."""
    if not has_sound_name(path):
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(APPLE_DOUBLE)) != APPLE_DOUBLE
    except OSError:
        return True


def _may_hold_sound(folder: Path) -> bool:
    """Return whether a system's folder has a sound file, or too much in it to look at."""
    seen = 0
    for place, folders, names in os.walk(folder):
        paths = (Path(place, name) for name in names if not name.startswith("._"))
        seen += len(folders) + len(names)
        if any(map(has_sound_name, paths)) or seen > MOST_LOOKED_AT:
            return True
    return False


def _leads_up(place: Path, real: str) -> bool:
    """Whether a folder lies in itself: a link to one above."""
    return Path(os.path.realpath(place.parent)).is_relative_to(real)


def _why(place: Path, before: Path | None) -> str:
    if before is None or before == place or before in place.parents:
        return "this link leads back to a folder that it lies in; left out."
    same = shown(str(before), PATH_LENGTH)
    return f"this is the same folder as {same}, which is searched; left out."
