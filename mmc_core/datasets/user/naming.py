"""Names of people's own datasets: the given name, the title on pages and the id."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from unicodedata import category, normalize

from anyascii import anyascii

from mmc_core.errors import MMCError

ID_LENGTH, TITLE_LENGTH = 40, 60
SIGNS = "-.'()&+"  # that mean nothing in Markdown and in addresses where they stand in a title
LOOSE_JOINERS = re.compile(r"(?<!\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\S)")


@dataclass(frozen=True)
class DatasetName:
    """The three names of a dataset: as given by its maker, the id in addresses and folders, and the
    title on pages.
    """

    name: str
    id: str
    title: str


def make_id(name: str, taken: Collection[str]) -> str:
    """Return a new id for a name: lower-case letters a to z, digits and hyphens.

    Other letters are transliterated. Digits of the name's SHA-256 are added if the id would lack a
    letter or digit of the name, or is taken.

    Raises:
        MMCError: if the name has no letter, digit or symbol.

    >>> make_id("Rock & Roll", []), make_id("rock-roll", ["rock-roll"])
    ('rock-roll', 'rock-roll-dc2fea54')
    """
    if not clean_title(name):
        raise MMCError(
            f"The name {name!r} has no letter, digit or symbol; expected one such as my-songs."
        )
    words = _words(name)
    readable = "-".join(words)
    digest = hashlib.sha256(folded(name).encode(errors="replace")).hexdigest()
    is_whole = len(readable) <= ID_LENGTH and all(
        _words(character) for character in folded(name) if character.isalnum()
    )
    candidates = [readable] if readable and is_whole else []
    for digits in (8, 16, 32):
        beginning = readable[: ID_LENGTH - digits - 1].strip("-") or "dataset"
        candidates.append(f"{beginning}-{digest[:digits]}")
    return next(each for each in candidates if each not in taken)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", anyascii(text).lower())


def clean_title(title: str) -> str:
    """Return a title without the signs of Markdown and addresses: letters with their marks, digits,
    symbols such as a note, and `SIGNS`.

    >>> clean_title("**हिन्दी** <b>♪")
    'हिन्दी b ♪'
    """
    harmless = "".join(c if _is_harmless(c) else " " for c in normalize("NFC", title))
    words = LOOSE_JOINERS.sub("", harmless).split()
    return LOOSE_JOINERS.sub("", " ".join(words)[:TITLE_LENGTH]).strip()


def _is_harmless(character: str) -> bool:
    return (
        character.isalnum()
        or character in SIGNS
        or character in "\u200c\u200d"  # join and divide letters, and emoji
        or category(character) in ("Mn", "Mc", "Me", "So")
    )


def folded(name: str) -> str:
    """Return a name as names are compared: case, spaces and the composition of accents left out.

    >>> folded(" My  SÉTS ") == folded("my se\N{COMBINING ACUTE ACCENT}ts")
    True
    """
    return " ".join(normalize("NFC", normalize("NFC", name).casefold()).split())
