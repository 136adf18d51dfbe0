"""Which clips of a table are looked at: a filter, facets, part of a name, areas of a plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from mmc_core.exploration.expression import Condition, Value, quoted
from mmc_core.language import _
from mmc_core.language.collation import fold
from mmc_core.wording import listed, rounded

GENRES = "genres"  # the one column that holds several values, joined
JOINED_BY = "; "
FOLDED = "folded"  # the column of clips' names as `fold` has them
MOST_CORNERS = 60  # of an area drawn by hand


@dataclass(frozen=True)
class Area:
    """A part of the plane of two columns: a box, by two corners, or a polygon, by three or more.

    Which points are inside a polygon is told by the even-odd rule.
    """

    x: str
    y: str
    corners: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, x: str, y: str, xs: Sequence[float], ys: Sequence[float]) -> Area:
        """As a person drew it, with fewer corners where they are many."""
        step = -(-len(xs) // MOST_CORNERS)
        corners = zip(xs[::step], ys[::step], strict=True)
        return cls(x, y, tuple((float(a), float(b)) for a, b in corners))

    def outline(self) -> list[tuple[float, float]]:
        """All its corners."""
        if len(self.corners) > 2:
            return list(self.corners)
        (x1, y1), (x2, y2) = self.corners
        return [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]

    def condition(self) -> Condition:
        x, y = quoted(self.x), quoted(self.y)
        across, up = np.array(self.corners, dtype=float).T
        box = (across.min(), across.max(), up.min(), up.max())
        inside = Condition(
            f"{x} BETWEEN ? AND ? AND {y} BETWEEN ? AND ?", tuple(float(each) for each in box)
        )
        return inside & self._crossed(x, y) if len(self.corners) > 2 else inside

    def _crossed(self, x: str, y: str) -> Condition:
        """A line from the point to the right meets an odd number of edges."""
        edges, parameters = [], list[float]()
        for (x1, y1), (x2, y2) in zip(self.corners, self.corners[1:] + self.corners[:1]):  # noqa: B905
            if y1 != y2:
                edges.append(f"(({y} < ?) <> ({y} < ?) AND {x} < ? + ({y} - ?) * ?)::INTEGER")
                parameters += [y1, y2, x1, y1, (x2 - x1) / (y2 - y1)]
        return Condition(f"({' + '.join(edges) or '0'}) % 2 = 1", tuple(parameters))

    def text(self, labels: Mapping[str, str]) -> str:
        """In words: the ranges of its columns."""
        return listed(
            _(
                "{title} {low} to {high}",
                title=labels[name],
                low=rounded(values.min()),
                high=rounded(values.max()),
            )
            for name, values in zip((self.x, self.y), np.array(self.corners).T, strict=True)
        )


@dataclass(frozen=True)
class Query:
    """Which clips: those of which all of it is true.

    Attributes:
        filter: what `expression.parse` gives.
        name: a part of the clip's name, without regard to case and accents.
        facets: values of columns; a clip has one of each column's. None of them: any.
        areas: parts of planes.
    """

    filter: Condition | None = None
    name: str = ""
    facets: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    areas: Sequence[Area] = ()

    @property
    def is_everything(self) -> bool:
        return not (self.filter or self.name or any(self.facets.values()) or self.areas)

    def condition(self) -> Condition:
        parts = [area.condition() for area in self.areas]
        parts += [_among(column, values) for column, values in self.facets.items() if values]
        if self.filter:
            parts.append(self.filter)
        if self.name:
            parts.append(Condition(f"contains({FOLDED}, ?)", (fold(self.name),)))
        return reduce(Condition.__and__, parts, Condition())


def _among(column: str, values: Sequence[Value]) -> Condition:
    marks = ", ".join("?" * len(values))
    if column == GENRES:
        return Condition(
            f"list_has_any(string_split({GENRES}, '{JOINED_BY}'), [{marks}])", tuple(values)
        )
    return Condition(f"{quoted(column)} IN ({marks})", tuple(values))
