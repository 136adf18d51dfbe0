"""A dataset that a person built, as the rest of the project sees it."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path

import pandas as pd

from mmc_core.analysis.tables import MOST_ROWS
from mmc_core.audio import CLIP_S
from mmc_core.datasets.base import Dataset
from mmc_core.datasets.user.source import FOLDER, LIST, PARTS, TABLE
from mmc_core.errors import DatasetError
from mmc_core.language import N_, _, ngettext
from mmc_core.saved.user_dataset import ABOUT_DATASET, FILE_NAME
from mmc_core.wording import day, unescaped

DESCRIPTIONS = {
    FOLDER: N_("Your own dataset, made on {date} from a folder with one subfolder per mood."),
    LIST: N_("Your own dataset, made on {date} from a list of files and their moods."),
    TABLE: N_("Your own dataset, made on {date} from a table of features."),
    PARTS: N_(
        "Your own dataset, made on {date} from a table of features in several Parquet files."
    ),
}
GROUPINGS = {  # by whether groups were named, and whether clips were compared
    (True, True): N_(
        "As you named them; a clip without a group is its own group, but clips that are nearly the "
        "same in all features share a group."
    ),
    (True, False): N_("As you named them; a clip without a group is its own group."),
    (False, True): N_(
        "Each clip is its own group, but clips that are nearly the same in all features share a "
        "group."
    ),
    (False, False): N_("Each clip is its own group."),
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
    citation = N_("your own")
    licence = N_("Your own. The data stay on this machine.")
    music = N_("Your own choice.")
    labels = N_("Your own.")
    homepage = N_("your own files")

    def __init__(self, folder: Path) -> None:
        about = ABOUT_DATASET.read(folder / FILE_NAME)
        self._folder = folder
        self.id, self.title = about.id, about.title
        self._name = about.name or about.title
        self.kind, self.n_problems = about.kind, about.problems
        self.problem_sentences, self.notes = about.said, about.notes
        self._n_clips, self._short, self._made = about.clips, about.short, about.made[:10]
        self._description = DESCRIPTIONS[self.kind]
        self.knows_artists = about.named_groups > 0
        self.grouping = GROUPINGS[self.knows_artists, about.compared]
        self._is_table = self.kind in (TABLE, PARTS)
        self.extraction = (
            N_("Taken from your table.")
            if self._is_table
            else N_("Computed by this project from your files.")
        )

    # With numbers in them, so in the language of whoever reads.
    @property
    def description(self) -> str:  # type: ignore[override]
        made = day(date.fromisoformat(self._made))
        text = _(self._description, date=made)
        return text + " " + _("Some of the data could not be used.") if self.n_problems else text

    @property
    def length_rule(self) -> str:  # type: ignore[override]
        if self._is_table:
            return _("As in your table.")
        if not self._short:
            return _("Cut to {seconds} s.", seconds=CLIP_S)
        return ngettext(
            "Cut to {seconds} s; {n} clip shorter.",
            "Cut to {seconds} s; {n:,} clips shorter.",
            self._short,
            seconds=CLIP_S,
        )

    @property
    def folder(self) -> Path:
        return self._folder

    def file(self, name: str) -> Path:
        return self.folder / name

    @property
    def too_large(self) -> str:
        if self._n_clips <= MOST_ROWS:
            return ""
        return _(
            "{title} has {n:,} clips, of which at most {most:,} are held in memory at once. Select "
            "some on the page Explore, and save them as a dataset.",
            title=self.title,
            n=self._n_clips,
            most=MOST_ROWS,
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
        again = f"mmc datasets build {shlex.quote(self._name)} --from PATH"
        return _("Build it again from the files: {command}", command=again)

    def fetch(self) -> Path:
        raise DatasetError(f"{self.title} is your own dataset; build it again from its files.")
