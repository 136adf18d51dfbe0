"""Music mood classification: audio -> features -> table -> (figures | training) -> prediction.

>>> import mmc_core as mmc
>>> sorted(mmc.predict(mmc.sample("joplin-entertainer")).probabilities)
['angry', 'happy', 'relaxed', 'sad']

What is named here is the public API; it is loaded when it is asked for. `__init__.pyi` lists it.
"""

import warnings
from importlib import import_module

import lazy_loader

__version__ = "0.1.0"

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
_PLOTS = ("boxplot", "histogram", "violin", "ridgeline", "ecdf")  # functions, before `plot`


def __getattr__(name: str) -> object:
    if name not in _PLOTS:
        return _load(name)
    warnings.warn(
        f'mmc.{name}(...) will go (docs/interfaces.md says when): use mmc.plot(..., "{name}").',
        DeprecationWarning,
        stacklevel=2,
    )
    return import_module("mmc_core.figures.plots").KINDS[name]
