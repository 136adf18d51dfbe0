"""The files of a dataset: where they come with the project, where they are made, its sounds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mmc_core import settings
from mmc_core.audio.folders import find_audio
from mmc_core.errors import DatasetError
from mmc_core.settings import cache_dir, made_data_dir


class DatasetFiles:
    """The paths of a dataset's files, by its id, and of its clips' sounds."""

    id: str
    title: str

    @property
    def folder(self) -> Path:
        """Where its summary and all beside it are written."""
        return made_data_dir() / self.id

    def file(self, name: str) -> Path:
        """One of its files: as made on this machine, else as it comes with the project."""
        made, shipped = self.folder / name, settings.DATA / self.id / name
        return shipped if shipped.exists() and not made.exists() else made

    @property
    def summary_path(self) -> Path:
        return self.file("summary.parquet")

    @property
    def table_path(self) -> Path:
        """The table in `data/` where it may be shipped, else the fetched one in the cache."""
        bundled = self.file("features.parquet")
        return bundled if bundled.exists() else cache_dir() / "datasets" / f"{self.id}.parquet"

    @property
    def folds_path(self) -> Path:
        """Which fold of each protocol holds which clip out; see `learning.splits`."""
        return self.file("folds.parquet")

    @property
    def duplicates_path(self) -> Path:
        """Pairs of clips that are one; see `datasets.duplicates`."""
        return self.file("duplicates.csv")

    @property
    def clips_path(self) -> Path:
        """What is known of its clips beside their sound; see `about_clips`."""
        return self.file("clips.parquet")

    @property
    def parts_path(self) -> Path:
        """The side of the dataset's own split that each clip is on, where it comes with one."""
        return self.file("parts.csv")

    @property
    def bundled(self) -> list[str]:
        """Which of "summary" and "table" come with the project."""
        names = {"summary": "summary.parquet", "table": "features.parquet"}
        return [what for what, name in names.items() if (settings.DATA / self.id / name).exists()]

    def sound_files(self, index: pd.DataFrame, folder: Path) -> dict[str, Path]:
        """Find a sound file of each clip's name, anywhere in a folder.

        Raises:
            DatasetError: if some are not there.
        """
        found = find_audio([folder])
        paths = {path.stem: path for path in found.files}
        if missing := sorted(set(index["clip"]) - set(paths)):
            raise DatasetError(
                f"{len(missing)} of {len(index)} clips of {self.title} are not in {folder}, for "
                f"example {missing[:3]}; expected one file per clip, named after it."
                + "".join(f" {left_out}" for left_out in found.left_out)
            )
        return {clip: paths[clip] for clip in index["clip"]}
