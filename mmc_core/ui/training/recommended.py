"""Why the recommended model of this machine is not the one that is right most often."""

from __future__ import annotations

from mmc_core import runs
from mmc_core.errors import MMCError
from mmc_core.features.embeddings import is_here
from mmc_core.features.titles import input_title
from mmc_core.language import _
from mmc_core.runs import Run, registry
from mmc_core.ui.common import widgets
from mmc_core.wording import listed, percent


def sentence(dataset: str) -> str:
    """Return which model is recommended here and which better one lacks its networks; "" where
    none does, or the models are of another dataset.
    """
    try:
        here, usual = runs.load_run(runs.serving()["best"]), registry.recommended()
        if usual is None or usual.name == here.name or dataset != here.dataset:
            return ""
        return _sentence(here, usual)
    except (KeyError, MMCError):  # nothing is recommended, or it cannot be read
        return ""


def _sentence(here: Run, usual: Run) -> str:
    lacking = [name for name in usual.networks if not is_here(name)]
    return _(
        "On this machine, Predict answers with {here} ({accuracy}). The usual choice, {usual} "
        "({usual_accuracy}), needs what is not on this machine: {networks}.",
        here=widgets.escape_markdown(_(here.title)),
        accuracy=percent(here.scores.accuracy, 1),
        usual=widgets.escape_markdown(_(usual.title)),
        usual_accuracy=percent(usual.scores.accuracy, 1),
        networks=listed(input_title(name) for name in lacking),
    )
