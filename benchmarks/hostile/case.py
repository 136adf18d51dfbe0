"""What a hostile file is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One file.

    Attributes:
        family: what is wrong with it.
        name: the file's, as bytes: a file system knows no other names.
        content: what it holds, made when it is written, as some of them are large.
    """

    family: str
    name: bytes
    content: Callable[[], bytes]

    def write(self, folder: Path) -> Path:
        path = folder / self.name.decode("utf-8", "surrogateescape")
        path.write_bytes(self.content())
        return path


def numbered(cases: list[tuple[str, str, Callable[[], bytes]]]) -> list[Case]:
    """Cases of family, name and content; names that begin with a number of their own."""
    return [
        Case(family, f"{i:03d}-{name}".encode(), content)
        for i, (family, name, content) in enumerate(cases, 1)
    ]
