"""Training recipes, one small TOML file each, and the registry of their kinds."""

from __future__ import annotations

from mmc_core.learning.kinds.base import Learner
from mmc_core.learning.kinds.classifier import Classifier
from mmc_core.learning.kinds.cnn1d import CNN1D
from mmc_core.learning.kinds.cnn2d import CNN2D
from mmc_core.learning.kinds.combination import Combination
from mmc_core.learning.kinds.network import Network
from mmc_core.learning.kinds.probe import Probe
from mmc_core.learning.recipe_files import FOLDER, KINDS, kinds_by_name, load, names, parse

__all__ = [
    "CNN1D",
    "CNN2D",
    "FOLDER",
    "KINDS",
    "AnyRecipe",
    "Classifier",
    "Combination",
    "Network",
    "Probe",
    "kinds_by_name",
    "load",
    "names",
    "parse",
]

AnyRecipe = Learner

# A new kind is added here; the order is that of lists of runs.
KINDS[:] = [CNN1D, CNN2D, Combination, Classifier, Probe]
