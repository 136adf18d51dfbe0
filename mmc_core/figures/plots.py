"""The plots of one feature by mood, by kind."""

from __future__ import annotations

from collections.abc import Callable

from mmc_core.errors import UnknownName
from mmc_core.features.schema import Feature
from mmc_core.figures.distributions import ByDataset, Look, boxplot, histogram
from mmc_core.figures.shapes import ecdf, ridgeline, violin
from mmc_core.figures.style import Figure
from mmc_core.wording import listed

KINDS: dict[str, Callable[[Feature, ByDataset, Look | None], Figure]] = {
    "boxplot": boxplot,
    "histogram": histogram,
    "violin": violin,
    "ridgeline": ridgeline,
    "ecdf": ecdf,
}


def plot(
    feature: Feature, data: ByDataset, kind: str = "boxplot", look: Look | None = None
) -> Figure:
    """Draw how a feature is distributed by mood, in each of some datasets.

    Parameters
    ----------
    feature : Feature
        What is shown; one of `FEATURES` that is a number.
    data : dict
        By dataset's title, its distributions by mood; see `Summary.by_mood`.
    kind : {"boxplot", "histogram", "violin", "ridgeline", "ecdf"}, optional
        Boxes with outliers; shares of clips a bin, with the density; mirrored densities with boxes;
        densities one above the other; shares of clips up to a value.
    look : Look, optional
        A logarithmic axis, single clips as points.

    Returns
    -------
    Figure
        The plot, the numbers in it, and a sentence that describes it.

    Raises
    ------
    UnknownName
        If there is no such kind.

    See Also
    --------
    Summary.by_mood : What is drawn.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> feature = next(each for each in mmc.FEATURES if each.name == "tempo")
    >>> data = {"4QAED": mmc.load_dataset("4qaed").summary().by_mood("tempo")}
    >>> mmc.plot(feature, data).data.columns[:2].tolist()
    ['dataset', 'mood']
    >>> mmc.plot(feature, data, "violin").alt.startswith("Violin plots of Tempo (BPM) by mood.")
    True
    """
    if kind not in KINDS:
        raise UnknownName(f"There is no plot {kind!r}; expected {listed(KINDS, 'or')}.")
    return KINDS[kind](feature, data, look)
