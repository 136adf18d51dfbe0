"""The language that pages speak: English, or that of a catalogue beside this file.

Texts stand in English where they are used, as `_("A text")`, and what is filled in by name, as
`_("{n} clips", n=n)`; `N_("A text")` marks what is translated later, by `_`. Catalogues are those
of GNU gettext (docs/translating.md). Numbers and dates that are filled in are written as the
language writes them. The command line, files and errors stay in English.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from mmc_core.language import forms

CATALOGUES = Path(__file__).parent
DOMAIN = "mmc"
ENGLISH = "en"


def _english() -> str:
    return ENGLISH


_chosen: Callable[[], str] = _english
_fixed: ContextVar[str] = ContextVar("fixed", default="")  # a code, while a language is fixed


def follow(chosen: Callable[[], str]) -> None:
    """Ask this for the language from now on, each time that a text is wanted."""
    global _chosen
    _chosen = chosen


def current() -> str:
    """The language's code, such as "en"."""
    return _fixed.get() or _chosen()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Use this language within the block, in this thread, whatever was chosen."""
    before = _fixed.set(code)
    try:
        yield
    finally:
        _fixed.reset(before)


def english() -> AbstractContextManager[None]:
    """Use English within the block, in this thread: for texts that go into a file."""
    return speaking(ENGLISH)


def match_locale(locale: str | None) -> str:
    """Return the code of the language that a locale such as "tr-TR" names, or that of English if
    there is no catalogue for it. Of a browser's list of locales, the first counts.

    >>> match_locale("tr-TR,tr;q=0.9,en;q=0.8"), match_locale("xx"), match_locale(None)
    ('tr', 'en', 'en')
    """
    code = re.split(r"[^a-z]", (locale or "").strip().casefold(), maxsplit=1)[0]
    return code if code in languages() else ENGLISH


def languages() -> dict[str, str]:
    """What each language calls itself, by its code."""
    return _languages(CATALOGUES)


def _(text: str, **values: Any) -> str:
    """A text in the language of whoever reads, filled in.

    >>> _("{n} clips of {title}", n=2, title="EMOPIA")
    '2 clips of EMOPIA'
    """
    translated = _catalogue(CATALOGUES, current()).gettext(text) if text else text
    return _fill(translated, values) if values else translated


def ngettext(singular: str, plural: str, n: int, **values: Any) -> str:
    """A text for so many; `n` is filled in too.

    >>> ngettext("{n} clip", "{n:,} clips", 1200)
    '1,200 clips'
    """
    translated = _catalogue(CATALOGUES, current()).ngettext(singular, plural, n)
    return _fill(translated, {"n": n, **values})


def write(value: object, spec: str = "") -> str:
    """Return a number, date or time as the reader's language writes it; by Python's format in
    English.

    >>> write(1234.5, ",.1f")
    '1,234.5'
    >>> with speaking("tr"):
    ...     write(1234.5, ",.1f"), write(0.75, ".0%")
    ('1.234,5', '%75')
    """
    code = current()
    return format(value, spec) if code == ENGLISH else forms.write(value, spec, code)


def separators() -> str:
    """Return the reader's signs of decimals and of thousands, as Plotly takes them.

    >>> separators()
    '.,'
    """
    code = current()
    return ".," if code == ENGLISH else forms.separators(code)


def filled_into(template: str, text: str) -> dict[str, str] | None:
    """What was filled into a template to give a text, by name; None where another text was it.

    >>> filled_into("It sounds like {sound}.", "It sounds like rain.")
    {'sound': 'rain'}
    """
    parts = [
        re.escape(before) + (f"(?P<{name}>.*)" if name else "")
        for before, name, *_rest in Formatter().parse(template)
    ]
    found = re.fullmatch("".join(parts), text, re.DOTALL)
    return found.groupdict() if found else None


def N_(text: str) -> str:  # noqa: N802
    """Marks a text for the catalogues."""
    return text


def percent_affixes() -> tuple[str, str]:
    """Return what the reader's language has before and after a number of percent.

    >>> percent_affixes() == ("", "\N{NO-BREAK SPACE}%")
    True
    """
    code = current()
    return ("", "\N{NO-BREAK SPACE}%") if code == ENGLISH else forms.percent_affixes(code)


def _fill(template: str, values: Mapping[str, Any]) -> str:
    code = current()
    if code == ENGLISH:
        return template.format(**values)
    return forms.Filler(code).vformat(template, (), values)


@cache
def _languages(folder: Path) -> dict[str, str]:
    found = sorted(path.parents[1].name for path in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return {code: _catalogue(folder, code).gettext(N_("English")) for code in [ENGLISH, *found]}


@cache
def _catalogue(folder: Path, code: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, folder, [code], fallback=True)
