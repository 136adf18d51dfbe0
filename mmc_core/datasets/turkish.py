"""The Turkish Music Emotion dataset, as the original system's table of 57 features."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mmc_core.analysis.tables import write_table
from mmc_core.audio import CLIP_S
from mmc_core.datasets import downloads
from mmc_core.datasets.base import Dataset
from mmc_core.datasets.downloads import Download
from mmc_core.datasets.duplicates import groups
from mmc_core.errors import DatasetError
from mmc_core.features.schema import ORIGINAL_57


class Turkish(Dataset):
    id = "turkish"
    title = "Turkish Music Emotion"
    description = (
        "400 clips of Turkish music with and without vocals, 100 for each mood. Only the 57 "
        "features that the original system extracted are available here, not the audio."
    )
    music = "Turkish folk, art and popular music, and music from television series."
    labels = "By listeners, 100 clips for each of the four moods."
    grouping = (
        "Clips that are nearly the same in all features, or whose file names differ only in word "
        "order or number. Artists are not known, so an artist may be in both training and test."
    )
    knows_artists = False
    length_rule = f"All clips cut to {CLIP_S} s by the original system."
    extraction = (
        "Features computed by the original system, with another version of librosa and from other "
        "files. This project's features of the same song may differ slightly."
    )
    citation = (
        "M. B. Er, I. B. Aydilek: Music emotion recognition by using chroma spectrogram and deep "
        "visual features. International Journal of Computational Intelligence Systems 12(2), "
        "2019. doi:10.2991/ijcis.d.191216.001. Features: the Music Mood Classification System, "
        "github.com/Jessica0410/Music-Mood-Classification"
    )
    licence = "Cite both sources. The feature table is not included; it is downloaded on request."
    homepage = "https://www.kaggle.com/datasets/blaler/turkish-music-emotion-dataset"
    download = Download(
        url=(
            "https://raw.githubusercontent.com/Jessica0410/Music-Mood-Classification/"
            "a7803884a196ad25455a680e2e12f1277116040d/mmc/templates/data/Features_extra.xlsx"
        ),
        sha256="fc6dcd680915994839e8c7094dcfc8868c52cfe5b6e55b76c3ea119bcac18a0f",
        mirror="turkish/Features_extra.xlsx",
    )
    original_test_share = 0.1

    def fetch(self) -> Path:
        path = self.table_path
        write_table(read_features(downloads.fetch(self.download)), path)
        return path


def read_features(workbook: Path) -> pd.DataFrame:
    """The workbook as a feature table, with groups of near-duplicates."""
    sheet = pd.read_excel(workbook).rename(columns={"roll_off_var": "rolloff_var"})
    if missing := sorted({"file", "mood", *ORIGINAL_57} - set(sheet.columns)):
        raise DatasetError(f"{workbook.name} lacks the columns {missing}.")
    clips = [Path(str(file)).stem for file in sheet["file"]]
    table = pd.DataFrame({"clip": clips, "mood": sheet["mood"], "group": "", "duration_s": CLIP_S})
    table = pd.concat([table, sheet[list(ORIGINAL_57)]], axis=1)
    return table.assign(group=groups(table))
