"""Words and numbers of the sentences about a comparison."""

from __future__ import annotations

from mmc_core import datasets
from mmc_core.language import _, write


def title(id_: str) -> str:
    """Return the title of a dataset by its id."""
    return datasets.load_dataset(id_).title


def within(text: str) -> str:
    """Return a title as it stands within a sentence.

    In English it begins in lower case there, unless it is short for something; a translation stands
    as it is.
    """
    translated = _(text)
    is_kept = translated != text or text[:2].isupper()
    return translated if is_kept else text[:1].lower() + text[1:]


def points(value: float, digits: int = 0) -> str:
    """Return a share in percent points, without its sign of percent."""
    return write(round(100 * value, digits) + 0.0, f".{digits}f").replace("-", "−")


def short(value: float) -> str:
    """Return a number with two decimals."""
    return write(value, ".2f")
