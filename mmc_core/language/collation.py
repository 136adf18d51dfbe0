"""Find and sort what people wrote, such as titles and names, as readers expect it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from mmc_core.language import current

if TYPE_CHECKING:
    import duckdb

# What people type for letters and signs that Unicode does not take apart.
TYPED = {
    **dict(zip("ıøłđħŧɨðəŋ", "ioldhtiden", strict=True)),
    **{"æ": "ae", "œ": "oe", "þ": "th"},
    **dict.fromkeys("‘’‚‛ʻʼ´`′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐–—―−", "-"),
    **dict(zip("يىےكةٱ", "یییکها", strict=True)),  # Arabic and Persian forms of one letter
    **dict.fromkeys("ـ\ufe0e\ufe0f", ""),  # only how letters and signs look
}


def fold(text: str) -> str:
    """Return a text in which equal letters are equal: without case, accents and joiners, of either
    width, and with I for both Turkish letters. One text is found in another if its folded form is.

    >>> fold("IŞIK"), fold("ışık"), fold("Björk"), fold("Straße"), fold("Ｏdessa")
    ('isik', 'isik', 'bjork', 'strasse', 'odessa')
    """
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def fold_case(text: str) -> str:
    """Return a text in which case does not count, nor how accents are stored: what two spellings of
    one name share. Both Turkish letters are an I, as "Işık" and "IŞIK" are one name.

    >>> fold_case("IŞIK") == fold_case("Işık"), fold_case("Björk") == fold_case("Bjork")
    (True, False)
    """
    composed = unicodedata.normalize("NFC", text).translate(_ONE_I)
    return unicodedata.normalize("NFC", " ".join(composed.casefold().split()))


_ONE_I = str.maketrans("İı", "ii")


class _Folded(dict[int, str]):
    """The folded form of each character, by its code point, made when it is first asked for."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        apart = unicodedata.normalize("NFKD", TYPED.get(letter, letter)).casefold()
        self[code] = folded = "".join(map(_folded, unicodedata.normalize("NFKD", apart)))
        return folded


def _folded(letter: str) -> str:
    """Return what people type for a letter of a text that is taken apart, "" for marks."""
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return ""
    return TYPED.get(letter, str(unicodedata.decimal(letter, letter)))


_FOLDED = _Folded()


def sort_keys(texts: Sequence[str]) -> list[str]:
    """Return texts by which others are sorted as the reader's language does (ICU, by DuckDB).

    >>> names = ["Zappa", "abba", "Çelik", "Beck"]
    >>> [name for _, name in sorted(zip(sort_keys(names), names))]
    ['abba', 'Beck', 'Çelik', 'Zappa']
    """
    readable = [text.encode(errors="replace").decode() for text in texts]
    query = f"SELECT {sort_key_sql('text')} FROM (SELECT unnest(?::VARCHAR[]) AS text)"  # noqa: S608
    return [key for (key,) in _database().cursor().execute(query, [readable]).fetchall()]


def sort_key_sql(expression: str) -> str:
    """Return SQL for what `sort_keys` gives, for an expression of DuckDB's."""
    return f"icu_sort_key({expression}, '{current()}')"


@cache
def _database() -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "enable_external_access": False,
            "threads": 1,
        },
    )
