"""Pretrained networks that are fetched, not shipped: downloaded by hash, converted once to ONNX."""

from __future__ import annotations

from mmc_core.datasets.downloads import Download, fetch
from mmc_core.errors import UnknownName
from mmc_core.features.embeddings import NETWORKS, audioset, is_here

AUDIOSET = Download(
    url="https://github.com/fschmid56/EfficientAT/releases/download/v0.0.1/mn04_as_mAP_432.pt",
    sha256="899a8c6217063f6941793102a2780b3dd788ab11fce468d9cf5f0577c453321c",
    mirror="efficientat/mn04_as_mAP_432.pt",
)


def fetch_model(name: str) -> None:
    """Fetch a pretrained network that does not come with the project.

    Parameters
    ----------
    name : str
        "audioset": EfficientAT mn04_as, 4 MB, MIT licence, from its authors' release.

    Raises
    ------
    UnknownName
        If there is no such network.
    DatasetError
        If it cannot be downloaded, or has another hash than it should.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> mmc.fetch_model("audioset")  # doctest: +SKIP
    """
    if name not in NETWORKS:
        raise UnknownName(f"There is no network {name!r} to fetch; expected 'audioset'.")
    if not is_here(name):
        from mmc_core.features.embeddings.efficientat import convert

        convert(fetch(AUDIOSET), audioset.path())
