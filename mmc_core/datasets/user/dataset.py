"""A dataset that a person built, as the rest of the project sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from mmc_core.analysis.tables import MOST_ROWS
from mmc_core.audio import CLIP_S
from mmc_core.datasets.base import Dataset
from mmc_core.datasets.user.source import FOLDER, LIST, PARTS, TABLE
from mmc_core.errors import DatasetError
from mmc_core.wording import unescaped

SOURCES = {
    FOLDER: "a folder with one subfolder per mood",
    LIST: "a list of files and their moods",
    TABLE: "a table of features",
    PARTS: "a table of features in several Parquet files",
}


class UserDataset(Dataset):
    """A dataset that a person built on this machine; `build_dataset` makes one.

    Parameters
    ----------
    folder : Path
        Where it is.

    Attributes
    ----------
    kind : str
        What it was made from: `FOLDER`, `LIST`, `TABLE` or `PARTS`.
    n_problems : int
        Number of rows, files and columns that could not be used.
    problem_sentences : list of str
        The first of them in words; all are in `problems_path`.
    notes : list of str
        What to know of the others: how a file was read, folders that are reached twice.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> dataset = mmc.build_dataset("songs/", "My songs")  # doctest: +SKIP
    >>> dataset.problem_sentences  # doctest: +SKIP
    []
    """

    _n_clips = 0
    citation = "your own"
    licence = "Your own. The data stay on this machine."

    def __init__(self, folder: Path) -> None:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        self._folder = folder
        self.id, self.title = str(about["id"]), str(about["title"])
        self.kind, self.n_problems = str(about["kind"]), int(about["problems"])
        self.problem_sentences = [str(sentence) for sentence in about["said"]]
        self.notes = [str(sentence) for sentence in about.get("notes", ())]
        self._n_clips = int(about["clips"])
        short, named = int(about["short"]), int(about["named_groups"])
        left_out = ". Some of the data could not be used." if self.n_problems else "."
        self.description = (
            f"Your own dataset, made on {str(about['made'])[:10]} from "
            f"{SOURCES[self.kind]}{left_out}"
        )
        self.music = "Your own choice."
        self.labels = "Your own."
        self.grouping = (
            "As you named them; a clip without a group is its own group"
            if named
            else "Each clip is its own group"
        )
        together = ", but clips that are nearly the same in all features share a group."
        self.grouping += together if about["compared"] else "."
        self.length_rule = (
            "As in your table."
            if self.kind in (TABLE, PARTS)
            else f"Cut to {CLIP_S} s" + (f"; {_clips(short)} shorter." if short else ".")
        )
        self.extraction = (
            "Taken from your table."
            if self.kind in (TABLE, PARTS)
            else "Computed by this project from your files."
        )
        self.homepage = "your own files"

    @property
    def folder(self) -> Path:
        return self._folder

    def file(self, name: str) -> Path:
        return self.folder / name

    @property
    def too_large(self) -> str:
        if self._n_clips <= MOST_ROWS:
            return ""
        return (
            f"{self.title} has {self._n_clips:,} clips, of which at most {MOST_ROWS:,} are held in "
            "memory at once. Select some on the page Explore, and save them as a dataset."
        )

    @property
    def table_path(self) -> Path:
        return self.folder / "features.parquet"

    @property
    def problems_path(self) -> Path:
        """CSV of `where`, `got`, `problem`; always there."""
        return self.folder / "problems.csv"

    @property
    def audio_path(self) -> Path:
        """CSV of `clip` and `path` (escaped), where the files are known."""
        return self.folder / "audio.csv"

    @property
    def bundled(self) -> list[str]:
        return []

    def audio(self) -> dict[str, Path]:
        """Sound files by clip, where they were when it was built and still are."""
        path = self.audio_path
        if not path.exists():
            return {}
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        sounds = zip(table["clip"], map(Path, map(unescaped, table["path"])), strict=True)
        return {clip: sound for clip, sound in sounds if sound.exists()}

    @property
    def audio_advice(self) -> str:
        again = f"python -m mmc_core datasets build {self.id} --from PATH"
        return f"Build it again from the files: {again}"

    def fetch(self) -> Path:
        raise DatasetError(f"{self.title} is your own dataset; build it again from its files.")


def _clips(n: int) -> str:
    return "1 clip" if n == 1 else f"{n:,} clips"
