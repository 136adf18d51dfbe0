"""The comparison of datasets that `compare` returns: its numbers, and the sentences about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from mmc_core.comparison import conclusions
from mmc_core.saved.comparison import COMPARISON, ComparisonData


class Comparison(ComparisonData):
    """Datasets on identical features and equal numbers of clips.

    What needs the tables of two datasets at least is None where they are not on this machine, or
    not worked out yet.

    Parameters
    ----------
    command : str
        What makes it.
    of : dict of str
        What it was made of: a fingerprint of each dataset's summary, and the method's version.
    datasets : list of str
        Their ids, in alphabetic order.
    moods : list of str
        Those that are compared.
    missing : dict of str
        By dataset, why its clips are left out.
    effects : dict
        Epsilon-squared (0 to 1) by feature and dataset.
    shift : list of Shift
        How far each feature of one dataset lies from another's.
    n, draws, folds : int, optional
        Clips a mood, one of each group, drawn so often; folds of each.
    model : str, optional
        What answers.
    features : list of str, optional
        What it takes.
    separability : dict, optional
        `Measure` by dataset and name; see `MEASURES`.
    differences : list of Difference, optional
        Of every two datasets.
    by_group : dict, optional
        Accuracy by dataset, from each kind of feature alone.
    transfer : list of Transfer, optional
        Trained on one, tested on another.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> comparison = mmc.compare(["4qaed", "emopia"])
    >>> comparison.easiest_first
    ['4qaed', 'emopia']
    >>> round(comparison.separability["4qaed"]["accuracy"].value, 2)
    0.56
    """

    @classmethod
    def from_data(cls, data: ComparisonData) -> Self:
        """Return the comparison with these numbers."""
        return cls(**vars(data))

    def rounded(self) -> Self:
        """Return the comparison with six significant digits: the last differ between machines."""
        return self.from_data(COMPARISON.parse(_rounded(self.to_json()), "what was worked out"))

    def sentences(self) -> Sequence[str]:
        """Return which dataset is easiest, by how much, because of which features; and what that
        does not mean.
        """
        return conclusions.answer(self)

    def __repr__(self) -> str:
        return "\n".join(self.sentences())

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return conclusions.as_html(self)


def _rounded(content: Any) -> Any:
    if isinstance(content, float):
        return float(f"{content:.6g}")
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    return [_rounded(value) for value in content] if isinstance(content, list) else content
