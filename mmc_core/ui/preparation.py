"""What a new server loads while its first visitor looks at the first page: the code of the others,
and a process that answers songs.
"""

from __future__ import annotations

import logging
import pkgutil
from functools import cache
from importlib import import_module
from threading import Timer

import mmc_core.ui
from mmc_core.errors import MMCError
from mmc_core.settings import page_processes

AFTER_S = 1.0  # until the first page is drawn
SLOW = "sklearn.discriminant_analysis"  # a second; the planes of Compare and Explore import it


@cache
def begin() -> None:
    """Prepare what is not loaded yet, in the background; once in a server.

    Nothing is prepared where songs are analysed in the server itself, to which memory matters more.
    """
    if page_processes():
        timer = Timer(AFTER_S, _prepare)
        timer.daemon = True
        timer.start()


def _prepare() -> None:
    from mmc_core import runs  # none of which the first page waits for
    from mmc_core.jobs import song_pool

    try:
        song_pool.shared().warm_up(runs.find("best"))
    except MMCError:  # no model, say: the page tells of it
        logging.getLogger(__name__).info("No process is prepared", exc_info=True)
    for module in pkgutil.walk_packages(mmc_core.ui.__path__, "mmc_core.ui."):
        import_module(module.name)
    import_module(SLOW)
