"""What there is beside the answer, one part at a time: a part is worked out once it is opened."""

from __future__ import annotations

from collections.abc import Sequence

from mmc_core.language import N_
from mmc_core.runs import Run
from mmc_core.ui.common import address, choices
from mmc_core.ui.predict import among, downloads, features, models, reasons, similar, trust
from mmc_core.ui.predict.visit import Result, Visit

TITLES = {
    "why": N_("Why this answer"),
    "reliable": N_("How reliable"),
    "models": N_("Other models"),
    "similar": N_("Similar clips"),
    "features": N_("Features"),
    "files": N_("Downloads"),
}


def keep_address() -> None:
    """Keep what the address names until there is an answer to draw it of."""
    address.one("view", list(TITLES), "why")


def draw_more(here: Visit, chosen: Result, run: Run, every: Sequence[Result]) -> None:
    """Draw the part that is open.

    Args:
        here: whose visit it is.
        chosen: the result that is looked at.
        run: the model that gave it.
        every: all results of the visit.
    """
    match choices.choose_view(TITLES, "why"):
        case "why":
            reasons.draw_reasons(here, chosen, run)
        case "reliable":
            trust.draw_trust(chosen.prediction, run, similar.learned_from(here, chosen, run))
        case "models":
            models.draw_models(here, chosen)
        case "similar":
            similar.draw_similar(here, chosen)
        case "features":
            among.draw_boxes(chosen.prediction, run)
            features.draw_features(chosen.prediction, run)
        case _:
            downloads.draw_downloads(every, chosen.prediction)
