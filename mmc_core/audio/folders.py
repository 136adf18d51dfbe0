"""Sound files in folders: one way to search for all commands, and what it leaves out."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

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
# Folders that systems keep for themselves; hidden files and folders begin with a dot.
SYSTEM_FOLDERS = {
    *("__macosx", "@eadir", "#recycle", "#snapshot", "$recycle.bin", "recycler"),
    *("system volume information", "lost+found"),
}
PATH_LENGTH = 200  # characters of a path in a sentence


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
    """Sound files of a folder in all depths.

    Links are followed. A folder that is reached in several ways is searched once, and links wait
    for the folders that are no links, so that files go by their own names. Hidden files and
    folders, and those of systems, are passed over.
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
    """Put what lies in a folder where it belongs."""
    if is_passed_over(path.name):
        return
    try:
        is_folder = entry.is_dir()
    except OSError:  # a link to where one may not look; as a file it says so
        is_folder = False
    is_link = entry.is_symlink()
    if is_folder:
        (links if is_link else folders).append(path)
    elif path.suffix.lower() in AUDIO_SUFFIXES:
        files.append(path)
    elif is_link and not path.exists():
        left_out.append(LeftOut(path, "this link leads nowhere; left out.", is_lost=True))


def is_passed_over(name: str) -> bool:
    """Whether a file or folder is hidden, or a system's."""
    return name.startswith(".") or name.casefold() in SYSTEM_FOLDERS


def _leads_up(place: Path, real: str) -> bool:
    """Whether a folder lies in itself: a link to one above."""
    return Path(os.path.realpath(place.parent)).is_relative_to(real)


def _why(place: Path, before: Path | None) -> str:
    if before is None or before == place or before in place.parents:
        return "this link leads back to a folder that it lies in; left out."
    same = shown(str(before), PATH_LENGTH)
    return f"this is the same folder as {same}, which is searched; left out."
