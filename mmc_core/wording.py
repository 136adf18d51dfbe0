"""Words and numbers as people read them, the same wherever they stand."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from mmc_core.language import ENGLISH, N_, _, current, write

if TYPE_CHECKING:
    import jinja2

ADJUSTED_P = N_("Holm-adjusted p")  # a column's title
LEVELS = (0.001, 0.01, 0.05, 0.1)  # of significance
# What is not printed: control characters, ends of lines, overrides of the direction of text, halves
# of characters, and what is no character. Joiners stay: Persian words and emoji need them.
CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (65534, 65535))
    + "]"
)
ESCAPE = re.compile(r"\\x[89a-f][0-9a-f]")  # of a byte that is not UTF-8


def listed(words: Iterable[str], conjunction: str = N_("and")) -> str:
    """Return words as a list in a sentence; with semicolons where a word has a comma itself.

    >>> listed(["happy", "sad", "relaxed"])
    'happy, sad and relaxed'
    >>> listed(["happy", "sad"], "or")
    'happy or sad'
    >>> listed(["MFCC 1, mean", "MFCC 2, mean", "tempo"])
    'MFCC 1, mean; MFCC 2, mean; and tempo'
    """
    *most, last = [*words] or [""]
    if len(most) > 1 and any(", " in word for word in (*most, last)):
        return f"{'; '.join(most)}; {_(conjunction)} {last}"
    return f"{', '.join(most)} {_(conjunction)} {last}" if most else last


def day(when: date) -> str:
    """Return a day as it is written on pages, in the reader's language.

    >>> day(date(2026, 12, 1))
    '1 Dec 2026'
    """
    return f"{when.day} {when:%b %Y}" if current() == ENGLISH else write(when, "%Y-%m-%d")


def header(text: str) -> str:
    """Return a text with a capital at its begin, as headers of tables have one.

    >>> header("best epoch")
    'Best epoch'
    """
    first = "İ" if text[:1] == "i" and current() == "tr" else text[:1].upper()
    return first + text[1:]


def rounded(value: float) -> str:
    """A number to read: four significant digits, whole from 10 000 on.

    >>> rounded(0.123456), rounded(12_345.6), rounded(120.0)
    ('0.1235', '12,346', '120')
    >>> rounded(-0.02)
    '−0.02'
    """
    spec = ",.0f" if abs(value) >= 10_000 or value == int(value) else ".4g"
    return write(value, spec).replace("-", "−")


def with_minus(text: str) -> str:
    """Return a text whose negative numbers have a minus sign, not a hyphen.

    >>> with_minus("-0.02 (-1 to 3), t-test")
    '−0.02 (−1 to 3), t-test'
    """
    return re.sub(r"(?<!\w)-(?=\d)", "−", text)


def decimals(*values: float) -> int:
    """As few decimals, up to three, as make different numbers look different.

    >>> decimals(61.2, 58.0), decimals(61.2, 61.0), decimals(0.04, 0)
    (0, 1, 2)
    """
    different = len(set(values))
    return next((n for n in range(3) if len({round(v, n) for v in values}) == different), 3)


def percent(share: float, digits: int = 0) -> str:
    """A share to read, whole unless digits are asked for; see `decimals`.

    >>> percent(0.514).replace("\N{NO-BREAK SPACE}", " ")
    '51 %'
    """
    number = write(100 * share, f".{digits}f")
    return _("{number}\N{NO-BREAK SPACE}%", number=number)


def percent_format(digits: int = 0) -> str:
    """Return the format of C's printf that writes a number as `percent` does, for tables.

    >>> percent_format().replace("\N{NO-BREAK SPACE}", " ")
    '%.0f %%'
    """
    return _("{number}\N{NO-BREAK SPACE}%", number="{}").replace("%", "%%").format(f"%.{digits}f")


def p_value(p: float) -> str:
    """A p-value to read in a sentence; see `p_number`.

    >>> p_value(0.0312), p_value(2e-9)
    ('p = 0.031', 'p < 0.001')
    """
    number = p_number(p)
    return f"p {number}" if number.startswith("<") else f"p = {number}"


def adjusted_p_value(p: float) -> str:
    """Return a p-value after Holm's correction, to read in a sentence; see `p_value`.

    >>> adjusted_p_value(0.0312)
    'Holm-adjusted p = 0.031'
    """
    return _("Holm-adjusted {p}", p=p_value(p))


def p_number(p: float) -> str:
    """A p-value to read: two digits, or as many as show on which side of a usual level it is.

    >>> p_number(0.0312), p_number(0.0499), p_number(0.0504), p_number(2e-9)
    ('0.031', '0.0499', '0.0504', '< 0.001')
    """
    if p < LEVELS[0]:
        return f"< {write(LEVELS[0])}"
    specs = (f".{digits}g" for digits in range(2, 18))
    values = ((spec, float(format(p, spec))) for spec in specs)
    return write(p, next(spec for spec, value in values if value not in LEVELS or value == p))


def shown(name: str, longest: int = 60) -> str:
    """Return a file's name fit for a message: one line, its middle left out if it is too long."""
    name = without_controls(escaped(name), "\N{REPLACEMENT CHARACTER}")
    tail = longest // 3
    return name if len(name) <= longest else f"{name[: longest - tail - 1]}…{name[-tail:]}"


def escaped(name: str) -> str:
    r"""A file's name or path as Unicode, which it need not be; `unescaped` turns it back.

    A byte that is not UTF-8 becomes such as ``\xe9``. Backslashes are doubled only where one could
    be taken for that.

    >>> escaped("caf\udce9.mp3")
    'caf\\xe9.mp3'
    """
    content = name.encode(errors=sys.getfilesystemencodeerrors())
    text = content.decode(errors="backslashreplace")
    if text == name and not ESCAPE.search(name):
        return name
    return content.replace(b"\\", b"\\\\").decode(errors="backslashreplace")


def without_controls(text: str, instead: str) -> str:
    r"""Return a text with something else instead of each character that is not printed.

    >>> without_controls("two\nlines", " "), without_controls("می\u200cخواهم", " ")
    ('two lines', 'می\u200cخواهم')
    """
    return CONTROLS.sub(instead, text)


def visible(text: str, but: str = "") -> str:
    r"""Return a text with its control characters as escapes, except those in `but`.

    >>> visible("\x1b[31mred\n", but="\n")
    '\\x1b[31mred\n'
    """
    return CONTROLS.sub(lambda match: match[0] if match[0] in but else ascii(match[0])[1:-1], text)


def printable(name: str) -> str:
    """Return a file's name or path, whole, as one line that can be printed; see `shown`."""
    return visible(escaped(name))


def unescaped(text: str) -> str:
    """The name or path that `escaped` made a text of."""
    if not ESCAPE.search(text):
        return text
    content = re.sub(
        rb"\\(\\|x([89a-f][0-9a-f]))",
        lambda match: bytes.fromhex(match[2].decode()) if match[2] else b"\\",
        text.encode(errors=sys.getfilesystemencodeerrors()),
    )
    return content.decode(errors=sys.getfilesystemencodeerrors())


def rendered(package: str, template: str, **values: Any) -> str:
    """A template out of a package's folder `templates`, filled in.

    What is filled into HTML is escaped, and a value that is missing is an error.
    """
    return _environment(package).get_template(template).render(values)


@cache
def _environment(package: str) -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.tests["web_address"] = is_web_address
    return environment


def is_web_address(text: str) -> bool:
    """Whether a text is an address of the web and nothing else, so that it may be a link."""
    return text.startswith(("https://", "http://")) and len(text.split()) == 1
