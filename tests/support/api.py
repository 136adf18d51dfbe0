"""The public API by subject: `docs/api.md`, and the reference of the documentation's site.

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
SUBJECTS = {
    "Moods": ["MOODS", "Mood", "arousal_valence"],
    "Prediction": ["predict", "Prediction", "Window", "Moment", "Song", "song_features", "similar"],
    "Sound and features": [
        *("load_audio", "Audio", "SR", "list_samples", "sample", "extract_features"),
        *("FEATURES", "Feature", "CLIP_S", "Spectra"),
    ],
    "Datasets and tables": [
        *("list_datasets", "load_dataset", "Dataset", "build_dataset", "UserDataset", "datasets"),
        *("read_table", "write_table", "Summary", "Distribution", "separate", "Separation"),
    ],
    "Comparison": ["compare", "Comparison"],
    "Training and evaluation": [
        *("train", "evaluate", "Protocol", "load_run", "Run"),
        *("list_models", "Model", "fetch_model"),
    ],
    "Figures": ["plot", "Figure"],
    "Errors": ["MMCError", "AudioError", "DatasetError", "RecipeError", "RunError", "UnknownName"],
}


def text() -> str:
    """The page."""
    tables = [
        f"\n## {subject}\n\n| name | |\n|---|---|\n"
        + "".join(f"| `mmc.{name}` | {_line(name)} |\n" for name in names)
        for subject, names in SUBJECTS.items()
    ]
    return (
        "# Public API\n\n"
        "`import mmc_core as mmc` takes a hundredth of a second; what a name needs is loaded when "
        "it is\nasked for. `help(mmc.predict)` shows parameters, units, errors and an example. "
        "Written by\n`python -m tests.support.api`.\n" + "".join(tables)
    )


def write_reference(folder: Path) -> None:
    """A page a subject, of directives that Sphinx fills from the docstrings, and their index."""
    files = {subject: subject.lower().replace(" ", "-") for subject in SUBJECTS}
    pages = {
        files[subject]: [_title(subject), *map(_directive, names)]
        for subject, names in SUBJECTS.items()
    }
    contents = "".join(f"   {file}\n" for file in files.values())
    pages["index"] = [_title("Python reference"), f".. toctree::\n   :maxdepth: 2\n\n{contents}"]
    folder.mkdir(parents=True, exist_ok=True)
    for file, blocks in pages.items():
        path, text = folder / f"{file}.rst", "\n".join(blocks)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def home(name: str) -> str:
    """Where a public name is defined."""
    thing = getattr(mmc_core, name)
    return f"{thing.__module__}.{thing.__qualname__}"


def _title(text: str) -> str:
    return f"{text}\n{'=' * len(text)}\n"


def _directive(name: str) -> str:
    if name in CONSTANTS:
        kind = "module" if name == "datasets" else "data"
        line = CONSTANTS[name].replace("`", "``")
        return f".. py:{kind}:: mmc_core.{name}\n\n{'' if kind == 'module' else '   '}{line}\n"
    if not inspect.isclass(getattr(mmc_core, name)):
        return f".. autofunction:: mmc_core.{name}\n"
    return f".. autoclass:: mmc_core.{name}\n   :members:\n"


def _line(name: str) -> str:
    if name in CONSTANTS:
        return CONSTANTS[name]
    paragraph = (inspect.getdoc(getattr(mmc_core, name)) or "").split("\n\n")[0]
    return " ".join(paragraph.split()).replace("|", "\\|")


if __name__ == "__main__":
    Path(PATH).write_text(text(), encoding="utf-8")
