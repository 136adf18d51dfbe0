"""What something costs here, beside another way of doing it: printed, and kept for the docs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mmc_core import files


@dataclass(frozen=True)
class Ratio:
    """Two costs of the same thing, measured in one run.

    Parameters
    ----------
    what : str
        What is done.
    ours : float
        What it costs here.
    peer : str
        What it is compared with.
    theirs : float
        What it costs there.
    unit : str
        Of both costs.
    goal : float, optional
        How many times as much the other is to cost at least.
    """

    what: str
    ours: float
    peer: str
    theirs: float
    unit: str
    goal: float | None = None

    @property
    def times(self) -> float:
        """How many times as much the other costs."""
        return self.theirs / self.ours


def keep(
    asked: argparse.Namespace,
    ratios: Sequence[Ratio],
    where: str,
    left_out: Mapping[str, str] | None = None,
) -> None:
    """Print ratios and, with `--keep`, write them into the file as the part of this benchmark.

    Args:
        where: the machine and versions.
        left_out: what was not measured, and why.
    """
    for ratio in ratios:
        print(
            f"{ratio.what}: {ratio.ours:.3g} {ratio.unit}, {ratio.peer}: {ratio.theirs:.3g}, "
            f"{ratio.times:.1f} times as much"
        )
    for what, why in (left_out or {}).items():
        print(f"{what}: left out, {why}")
    print(where)
    if asked.keep is None:
        return
    name = Path(sys.argv[0]).stem
    options = [each for each in sys.argv[1:] if each not in ("--keep", str(asked.keep))]
    kept: dict[str, Any] = read(asked.keep)
    kept[name] = {
        "command": " ".join(["python -m", f"benchmarks.{name}", *options]),
        "machine": where,
        "ratios": [asdict(ratio) for ratio in ratios],
        "left_out": dict(left_out or {}),
    }
    files.write_json(kept, asked.keep)


def read(path: Path) -> dict[str, Any]:
    """What is kept, by benchmark."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return content
