"""Under the answer for a song: which mood the visitor hears."""

from __future__ import annotations

from mmc_core.ui.common import correct
from mmc_core.ui.predict.visit import Result, Visit


def draw_correction(here: Visit, result: Result) -> None:
    """Draw what corrects the answer for a visitor's song."""
    hashes = here.worker.hashes(result.song.sha256) if result.song else []
    correct.draw_correction(
        result.song, result.prediction, hashes, key=result.id, pool=here.worker.pool
    )
