"""What models hear, in words: the features, an image, a pretrained network's embedding."""

from __future__ import annotations

from mmc_core.features.embeddings import NETWORKS
from mmc_core.features.images import IMAGES
from mmc_core.language import N_

FEATURES = "features"


def input_title(kind: str) -> str:
    """In words, what "features", a kind of image or a pretrained network stands for, to be
    translated where it is shown.
    """
    if kind == FEATURES:
        return N_("57 features")
    return str(IMAGES[kind].title if kind in IMAGES else NETWORKS[kind].TITLE)
