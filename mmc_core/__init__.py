"""Music mood classification: audio -> features -> table -> (figures | training) -> prediction.

>>> import mmc_core as mmc
>>> sorted(mmc.predict(mmc.sample("joplin-entertainer")).probabilities)
['angry', 'happy', 'relaxed', 'sad']

What is named here is the public API; it is loaded when it is asked for. `__init__.pyi` lists it.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
