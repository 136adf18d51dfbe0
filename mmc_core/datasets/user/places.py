"""Where the files are that a user's list names, however their names are spelled there."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from mmc_core.wording import escaped, unescaped


class Places:
    """Files by their names in a list.

    Args:
        folder: what names begin in.
        confined: whether only files below it may be named.
    """

    def __init__(self, folder: Path, *, confined: bool) -> None:
        self.folder = folder
        self.confined = confined
        self._listed: dict[Path, dict[str, str]] = {}

    @cached_property
    def _within(self) -> Path:
        return self.folder.resolve()

    def find(self, name: str) -> str | None:
        """The path of a file, escaped; None where there is none, or it may not be read.

        A name may be escaped, have backslashes, as on Windows, and have its accents composed where
        the disk has them decomposed, or the other way round.
        """
        for spelled in dict.fromkeys((name, unescaped(name), name.replace("\\", "/"))):
            try:
                place = self._on_disk(Path(os.path.normpath(self.folder / spelled)))
                if place.is_file() and (
                    not self.confined or place.resolve().is_relative_to(self._within)
                ):
                    return escaped(str(place))
            except (OSError, ValueError):  # too long a name; a NUL in it
                return None
        return None

    def _on_disk(self, path: Path) -> Path:
        """A path with the names that are there, where they differ in how accents are composed."""
        if str(path).isascii() or path.exists() or path == path.parent:
            return path
        above = self._on_disk(path.parent)
        return above / self._names(above).get(normalize("NFC", path.name), path.name)

    def _names(self, folder: Path) -> dict[str, str]:
        """The names in a folder by their composed forms."""
        if folder not in self._listed:
            names = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
            self._listed[folder] = {normalize("NFC", name): name for name in names}
        return self._listed[folder]
