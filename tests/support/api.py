"""Write `docs/api.md`: every public name with the first line of its docstring.

python -m tests.support.api
"""

from __future__ import annotations

import inspect
from pathlib import Path

import mmc_core
from mmc_core.settings import PROJECT

PATH = PROJECT / "docs" / "api.md"
CONSTANTS = {
    "CLIP_S": "Seconds that one row of a feature table describes: 25.5.",
    "FEATURES": "Every feature, as `Feature`, in the order of a table's columns.",
    "MOODS": "The four moods, as `Mood`, in the order in which they are shown everywhere.",
    "SR": "Samples a second of all loaded sound: 22 050.",
    "datasets": "Labelled clips: `datasets.DATASETS` has those of the project by id.",
}


def text() -> str:
    """The page."""
    rows = [f"| `{name}` | {_line(name)} |\n" for name in sorted(mmc_core.__all__, key=str.lower)]
    return (
        "# Public API\n\n"
        "`import mmc_core as mmc` takes a hundredth of a second; what a name needs is loaded when "
        "it is\nasked for. `help(mmc.predict)` shows parameters, units, errors and an example. "
        "Written by\n`python -m tests.support.api`.\n\n| name | |\n|---|---|\n" + "".join(rows)
    )


def _line(name: str) -> str:
    if name in CONSTANTS:
        return CONSTANTS[name]
    paragraph = (inspect.getdoc(getattr(mmc_core, name)) or "").split("\n\n")[0]
    return " ".join(paragraph.split()).replace("|", "\\|")


if __name__ == "__main__":
    Path(PATH).write_text(text(), encoding="utf-8")
