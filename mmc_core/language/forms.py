"""Numbers, shares and dates as a language writes them: by Unicode's CLDR, which Babel has."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from numbers import Real
from string import Formatter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel import Locale

# What English texts say of a date or a time, and Babel's name of that form in another language.
DAY, MINUTE = "%Y-%m-%d", "%H:%M"
DAY_FORM, TIME_FORM = "medium", "short"


def write(value: object, spec: str, code: str) -> str:
    """Return what `format(value, spec)` is in a language, such as "1.234,5", "%75", "9 Mar 2026".

    Texts stay as they are, and so does what has a form that is the same in all languages, such as
    digits alone.

    Args:
        value: a number, a date or time, or anything else.
        spec: of Python's; of dates and times, those of ISO 8601 and their parts.
        code: of the language, such as "tr".
    """
    if isinstance(value, date | time):
        return _write_time(value, spec, code)
    if not isinstance(value, Real) or isinstance(value, bool):
        return format(value, spec)
    written = format(value, spec)
    if spec.endswith("%"):
        before, after = percent_affixes(code)
        return f"{before}{_separate(written[:-1], code)}{after}"
    return _separate(written, code)


def separators(code: str) -> str:
    """Return the sign of decimals and that of thousands in a language, such as ".," in English."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    locale = _locale(code)
    return f"{get_decimal_symbol(locale)}{get_group_symbol(locale)}"


@cache
def percent_affixes(code: str) -> tuple[str, str]:
    """Return what stands before and after a number of percent, such as ("%", "") in Turkish."""
    locale = _locale(code)
    pattern, sign = locale.percent_formats[None], locale.number_symbols["latn"]["percentSign"]
    return pattern.prefix[0].replace("%", sign), pattern.suffix[0].replace("%", sign)


class Filler(Formatter):
    """Templates of `str.format`, filled in as a language writes numbers and dates."""

    def __init__(self, code: str) -> None:
        self._code = code

    def format_field(self, value: Any, format_spec: str) -> str:
        return write(value, format_spec, self._code)


def _separate(number: str, code: str) -> str:
    return number.translate(_signs(code))


def _write_time(value: date | time, spec: str, code: str) -> str:
    from babel.dates import format_date, format_time

    locale = _locale(code)
    if spec == MINUTE and isinstance(value, datetime | time):
        return format_time(value, TIME_FORM, locale=locale)
    if spec == DAY and isinstance(value, date):
        return format_date(value, DAY_FORM, locale=locale)
    if spec == f"{DAY} {MINUTE}" and isinstance(value, datetime):
        day = format_date(value, DAY_FORM, locale=locale)
        return f"{day} {format_time(value, TIME_FORM, locale=locale)}"
    return format(value, spec)


@cache
def _signs(code: str) -> dict[int, str]:
    return str.maketrans(dict(zip(".,", separators(code), strict=True)))


@cache
def _locale(code: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")  # a language that Babel does not know
