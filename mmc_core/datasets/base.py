"""What a dataset is to the rest of the project."""

from __future__ import annotations

from abc import ABC
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mmc_core._typing import Objects, Progress
from mmc_core.analysis import effects, summaries
from mmc_core.errors import DatasetError
from mmc_core.features.extract import AUDIO_SUFFIXES
from mmc_core.moods import NAMES
from mmc_core.settings import DATA, cache_dir, data_mirror


@dataclass(frozen=True)
class Download:
    """A public file of a dataset. `mirror` is its path under `MMC_DATA_MIRROR`."""

    url: str
    sha256: str
    mirror: str


class Dataset(ABC):
    """Labelled clips with groups that must stay on one side of any split.

    Every dataset says all of these; `tests/test_datasets.py` is their contract.
    """

    id: str
    title: str
    description: str
    music: str
    labels: str
    grouping: str
    length_rule: str
    extraction: str
    citation: str
    licence: str
    homepage: str
    download: Download | None = None
    original_test_share: float = 0.2  # held out by the original system

    @property
    def summary_path(self) -> Path:
        return DATA / self.id / "summary.parquet"

    @property
    def table_path(self) -> Path:
        """The table in `data/` where it may be shipped, else the fetched one in the cache."""
        bundled = DATA / self.id / "features.parquet"
        return bundled if bundled.exists() else cache_dir() / "datasets" / f"{self.id}.parquet"

    @property
    def folds_path(self) -> Path:
        """Which fold of each protocol holds which clip out; see `splits`."""
        return DATA / self.id / "folds.parquet"

    @property
    def duplicates_path(self) -> Path:
        """Pairs of clips that are one; see `datasets.duplicates`."""
        return DATA / self.id / "duplicates.csv"

    @property
    def bundled(self) -> list[str]:
        """Which of "summary" and "table" come with the project."""
        names = {"summary": "summary.parquet", "table": "features.parquet"}
        return [what for what, name in names.items() if (DATA / self.id / name).exists()]

    def audio(self) -> dict[str, Path]:
        """Sound files by clip, where they are on this machine: in `MMC_DATA_MIRROR`."""
        mirror = data_mirror()
        folder = mirror / self.id if mirror else None
        if folder is None or not folder.is_dir():
            return {}
        files = (path for path in folder.rglob("*") if path.suffix.lower() in AUDIO_SUFFIXES)
        return {path.stem: path for path in files}

    @property
    def audio_advice(self) -> str:
        """What to do where sound files are missing."""
        return (
            f"Put them into the folder {self.id} of the folder that MMC_DATA_MIRROR names, each "
            f"called after its clip. Where to get them: {self.homepage}"
        )

    def has_table(self) -> bool:
        return self.table_path.exists()

    def table(self) -> pd.DataFrame:
        """The feature table; see `tables` for its columns.

        Raises:
            DatasetError: if it is not on this machine yet.
        """
        if not self.has_table():
            how = f"fetch {self.id}" if self.download else f"build {self.id} --audio DIR"
            raise DatasetError(
                f"The feature table of {self.title} is not on this machine. "
                f"Get it with: python -m mmc_core datasets {how}"
            )
        return summaries.read_table(self.table_path)

    def official_part(self, table: pd.DataFrame) -> Objects | None:
        """The part of the dataset's own split that each row is in: "train", "test", or "" for
        clips in neither. None where the dataset comes without a split.
        """
        path = self.summary_path.with_name("parts.csv")
        if not path.exists():
            return None
        kept = pd.read_csv(path, dtype=str, keep_default_na=False).set_index("clip")["part"]
        part = kept.reindex(table["clip"]).fillna("").replace("validation", "train")
        return part.to_numpy(dtype=object)

    def keep_parts(self, table: pd.DataFrame) -> None:
        """Keep a table's `part` for `official_part`, of the clips that have one."""
        some = table.loc[table["part"] != "", ["clip", "part"]]
        path = self.summary_path.with_name("parts.csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        some.to_csv(path, index=False, lineterminator="\n")

    def summary(self) -> summaries.Summary:
        """How each feature is distributed by mood; always there."""
        return summaries.read_summary(self.summary_path)

    def separation(self) -> effects.Separations:
        """How well each feature separates the moods; always there."""
        return effects.read(self.summary_path.with_name("separation.parquet"))

    def correlations(self) -> pd.DataFrame:
        """Rank correlations of features; always there. See `effects.correlations`."""
        return pd.read_parquet(self.summary_path.with_name("correlations.parquet"))

    def keep_summary(self, table: pd.DataFrame) -> None:
        """One pass over a table for all that pages draw without it."""
        folder = self.summary_path.parent
        folder.mkdir(parents=True, exist_ok=True)
        summaries.write_summary(summaries.summarise(table), self.summary_path)
        effects.write(effects.separate(table), folder / "separation.parquet")
        related = effects.correlations(table).astype("float32")
        related.to_parquet(folder / "correlations.parquet", compression="zstd")

    def clips(self) -> dict[str, int]:
        """Number of clips by mood, after the length rule."""
        summary = self.summary()
        feature = next(name for name, _ in summary)
        return {mood: summary[feature, mood].n for mood in NAMES if (feature, mood) in summary}

    def fetch(self) -> Path:
        """Download what may be downloaded and make the table of it.

        Returns:
            The table's path.

        Raises:
            DatasetError: if there is nothing to download, or it is not what it should be.
        """
        raise DatasetError(
            f"{self.title} cannot be downloaded by this program: {self.licence} "
            f"Its feature table comes with the project; audio: {self.homepage}"
        )

    def build(self, audio: Path | None, progress: Progress) -> pd.DataFrame:
        """Make the table from audio.

        Raises:
            DatasetError: if this dataset has no audio, or files are missing or unusable.
        """
        raise DatasetError(f"{self.title} has no audio to build from; use `datasets fetch`.")
