"""What a dataset is to the rest of the project."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from html import escape
from pathlib import Path

import pandas as pd

from mmc_core import files
from mmc_core._typing import Objects, Progress
from mmc_core.analysis import effects, tables
from mmc_core.analysis.description import Description
from mmc_core.analysis.summaries import Summary, counted
from mmc_core.audio.folders import search
from mmc_core.datasets import duplicates
from mmc_core.datasets.downloads import Download
from mmc_core.datasets.files import DatasetFiles
from mmc_core.errors import DatasetError
from mmc_core.features.extract import READING, extract_files
from mmc_core.language import _
from mmc_core.moods import MOODS
from mmc_core.settings import cache_dir, data_mirror
from mmc_core.wording import rendered

NOTHING_KNOWN = pd.DataFrame({"clip": [], "name": []}, dtype=object).set_index("clip")


class Dataset(DatasetFiles, ABC):
    """Labelled clips with groups that must stay on one side of any split.

    A dataset is a subclass in a file of its own: its texts in the order below, then the methods in
    which it differs (`audio`, `fetch`, `build`), then what reads its files. An object of it in
    `registry.DATASETS` is all that pages, commands and tests need. See `docs/add_a_dataset.md`.

    Attributes
    ----------
    id : str
        Short name, in commands, addresses and folders: small letters, digits and hyphens.
    title : str
        Name as people write it.
    description : str
        What it is, how large, what is particular about it.
    music : str
        Which music it has.
    labels : str
        Who said which mood a clip has, and how.
    grouping : str
        What a group is: the artist, say, or the song.
    knows_artists : bool
        Whether clips of one artist, or of one song, are known to belong together.
    length_rule : str
        Which clips are too short, and how long those are that stay.
    extraction : str
        From which sound the features were computed, and by what.
    citation : str
        The paper, with its DOI.
    licence : str
        What may be done with it.
    homepage : str
        Where its files are had.
    download : Download, optional
        The table itself, where it is public and may not be shipped.
    original_test_share : float
        Share of the clips that the original system held out.
    embedded : mapping of str to Path
        By network, embeddings that it brings itself (.npy), a row a clip of its table.

    Examples
    --------
    >>> from mmc_core import datasets
    >>> dataset = datasets.load_dataset("emopia")
    >>> dataset.title, dataset.bundled
    ('EMOPIA', ['summary', 'table'])
    """

    id: str
    title: str
    description: str
    music: str
    labels: str
    grouping: str
    knows_artists: bool = True
    length_rule: str
    extraction: str
    citation: str
    licence: str
    homepage: str
    download: Download | None = None
    original_test_share: float = 0.2

    @property
    def embedded(self) -> Mapping[str, Path]:
        return {}

    def __repr__(self) -> str:
        try:
            return f"{self.title}: {counted(self.clips())}"
        except (DatasetError, OSError):  # it is not whole, which is told where it is read
            return f"{self.title}: no summary that can be read"

    def _repr_html_(self) -> str:
        """What a notebook shows: clips by mood, and groups where the table is on this machine."""
        try:
            clips, groups = self.clips(), dict[str, int]()
            if self.has_table() and not self.too_large:
                counts = self.table().groupby("mood")["group"].nunique()
                groups = {str(mood): int(n) for mood, n in counts.items()}
        except (DatasetError, OSError):
            return f"<p>{escape(repr(self))}</p>"
        return rendered(
            __package__,
            "dataset.html",
            **{"dataset": self, "clips": clips, "groups": groups, "moods": MOODS},
        )

    def audio(self) -> dict[str, Path]:
        """Sound files by clip, where they are on this machine: in `MMC_DATA_MIRROR`."""
        folder = self.audio_folder(None)
        sounds = search(folder).files if folder and folder.is_dir() else []
        return {path.stem: path for path in sounds}

    def audio_of(self, table: pd.DataFrame) -> list[Path]:
        """The sound file of each clip of a table.

        Raises:
            DatasetError: if one is not on this machine.
        """
        paths = self.audio()
        if missing := [clip for clip in table["clip"] if clip not in paths]:
            raise DatasetError(
                f"This needs the audio of {self.title}: got {len(paths)} sound files, but none for "
                f"{len(missing)} of its {len(table)} clips, such as {missing[0]!r}. "
                f"{self.audio_advice}"
            )
        return [paths[clip] for clip in table["clip"]]

    def audio_folder(self, audio: Path | None) -> Path | None:
        """The folder to build from: as named by hand, else that of `MMC_DATA_MIRROR`."""
        return audio or ((mirror / self.id) if (mirror := data_mirror()) else None)

    @property
    def audio_advice(self) -> str:
        """What to do where sound files are missing."""
        return _(
            "Put the files, each named after its clip, into the subfolder {dataset} of the folder "
            "that MMC_DATA_MIRROR names. Source: {address}",
            **{"dataset": self.id, "address": self.homepage},
        )

    # ---- what is read of it -----------------------------------------------------------------

    @property
    def too_large(self) -> str:
        """Why its table is not read into memory; "" where it is."""
        return ""

    def has_table(self) -> bool:
        """Whether its table is on this machine."""
        return self.table_path.exists()

    def table(self) -> pd.DataFrame:
        """The feature table.

        Returns
        -------
        DataFrame
            A row a clip: `clip` (its name, each once), `mood`, `group`, `duration_s` in seconds,
            then a column a feature, in the schema's order.

        Raises
        ------
        DatasetError
            If it is not on this machine yet, or too large for memory.

        Examples
        --------
        >>> from mmc_core import datasets
        >>> table = datasets.load_dataset("4qaed").table()
        >>> list(table.columns[:4]), "tempo" in table
        (['clip', 'mood', 'group', 'duration_s'], True)
        """
        if not self.has_table():
            how = f"fetch {self.id}" if self.download else f"build {self.id} --audio DIR"
            raise DatasetError(
                f"The feature table of {self.title} is not on this machine. "
                f"Get it with: mmc datasets {how}"
            )
        if self.too_large:
            raise DatasetError(self.too_large)
        return tables.read_table(self.table_path)

    def summary(self) -> Summary:
        """How each feature is distributed by mood; always there.

        Returns
        -------
        Summary
            A distribution for each feature and mood: quantiles, histogram, density.

        Examples
        --------
        >>> from mmc_core import datasets
        >>> tempo = datasets.load_dataset("4qaed").summary()["tempo", "happy"]
        >>> tempo.n
        223
        """
        return Summary.read(self.summary_path)

    def separation(self) -> effects.Separations:
        """How well each feature separates the moods; always there."""
        return effects.read(self.file("separation.parquet"))

    def correlations(self) -> pd.DataFrame:
        """Rank correlations of features; always there. See `effects.correlations`."""
        return pd.read_parquet(self.file("correlations.parquet"))

    def clips(self) -> dict[str, int]:
        """Number of clips by mood, after the length rule.

        Returns
        -------
        dict of str to int
            The moods it has, in the order of `moods.NAMES`.

        Examples
        --------
        >>> from mmc_core import datasets
        >>> datasets.load_dataset("turkish").clips()
        {'happy': 100, 'angry': 100, 'sad': 100, 'relaxed': 100}
        """
        return self.summary().clips

    def about_clips(self) -> pd.DataFrame:
        """What is known of its clips beside their sound.

        Returns
        -------
        DataFrame
            By `clip`: its `name` to read, then what the dataset tells besides, such as `artist`,
            `title` and `genres`. Without rows where a clip has no name but its own.

        Examples
        --------
        >>> from mmc_core import datasets
        >>> datasets.load_dataset("4qaed").about_clips().loc["MT0000004637", "name"]
        'Charlie Poole: Bulldog Down in Sunny Tennessee'
        """
        if not self.clips_path.exists():
            return NOTHING_KNOWN
        return pd.read_parquet(self.clips_path).set_index("clip")

    def web_address(self, clip: str) -> str | None:
        """Return where a clip's song can be found on the web, if the clip's name tells that.

        Parameters
        ----------
        clip : str
            Name of the clip.

        Returns
        -------
        str or None
            Address of a page.

        Examples
        --------
        >>> from mmc_core import datasets
        >>> datasets.load_dataset("emopia").web_address("Q1_0vLPYiPN7qY_0")
        'https://www.youtube.com/watch?v=0vLPYiPN7qY'
        """
        return None

    def official_part(self, table: pd.DataFrame) -> Objects | None:
        """Each row's part of the dataset's own split ("train", "test", "" for neither), if any."""
        if not self.parts_path.exists():
            return None
        parts = pd.read_csv(self.parts_path, dtype=str, keep_default_na=False)
        part = parts.set_index("clip")["part"].reindex(table["clip"]).fillna("")
        return part.replace("validation", "train").to_numpy(dtype=object)

    def duplicates(self) -> pd.DataFrame:
        """Pairs of clips that are one, and why; see `datasets.duplicates`."""
        return duplicates.pairs(self.table())

    def fetch(self) -> Path:
        """Download what may be downloaded and make the table of it.

        Returns
        -------
        Path
            The table's.

        Raises
        ------
        DatasetError
            If there is nothing to download, or it is not what it should be.

        Examples
        --------
        >>> from mmc_core import datasets
        >>> datasets.load_dataset("turkish").fetch()  # doctest: +SKIP
        """
        raise DatasetError(
            f"{self.title} cannot be downloaded by this program: {self.licence} "
            f"Its feature table comes with the project; audio: {self.homepage}"
        )

    def build(self, audio: Path | None, progress: Progress) -> pd.DataFrame:
        """Make the table from audio.

        Parameters
        ----------
        audio : Path or None
            The folder of its files; that of `MMC_DATA_MIRROR` by default.
        progress : callable
            Called with the number of steps done, and of how many.

        Returns
        -------
        DataFrame
            What `table` gives, once it is written.

        Raises
        ------
        DatasetError
            If this dataset has no audio, or files are missing or unusable.

        Examples
        --------
        >>> from mmc_core import datasets
        >>> datasets.load_dataset("4qaed").build(Path("clips"), print)  # doctest: +SKIP
        """
        raise DatasetError(f"{self.title} has no audio to build from; use `datasets fetch`.")

    def describe_clips(self, audio: Path | None) -> pd.DataFrame:
        """What `about_clips` gives, made from the files that the dataset was released with.

        Args:
            audio: the folder of them; that of `MMC_DATA_MIRROR` by default.

        Raises:
            DatasetError: if they are not there.
        """
        return NOTHING_KNOWN

    def extract(
        self, index: pd.DataFrame, paths: Mapping[str, Path], progress: Progress
    ) -> pd.DataFrame:
        """The columns of `index`, `duration_s` and all features of each clip's file; resumable.

        Args:
            index: `clip`, `mood` and `group`, a row a clip.
            paths: a sound file for every clip.
            progress: called with the files done, of how many.

        Raises:
            DatasetError: if a file cannot be used.
        """
        clips = [paths[clip] for clip in index["clip"]]
        journal = cache_dir() / "build" / f"{self.id}.jsonl"
        features = pd.DataFrame(extract_files(clips, journal=journal, progress=progress))
        if len(errors := features["error"].dropna()):
            raise DatasetError(f"{len(errors)} clips cannot be used: {' '.join(errors[:3])}")
        return pd.concat([index, features.drop(columns=["path", "error", *READING])], axis=1)

    def write_table(self, table: pd.DataFrame) -> None:
        """Write the table to where `table_path` looks for it."""
        shipped = "table" in self.bundled
        tables.write_table(table, self.folder / "features.parquet" if shipped else self.table_path)

    def write_summary(self, table: pd.DataFrame) -> None:
        """Keep all that pages draw of a table without it."""
        Description.of(table).write(self.folder)

    def write_clips(self, about: pd.DataFrame) -> None:
        """Keep what `describe_clips` gave for `about_clips`."""
        if len(about):
            files.write_parquet(about.reset_index(), self.folder / self.clips_path.name)

    def write_parts(self, table: pd.DataFrame) -> None:
        """Keep a table's `part` for `official_part`, of the clips that have one."""
        files.write_csv(table.loc[table["part"] != "", ["clip", "part"]], self.folder / "parts.csv")
