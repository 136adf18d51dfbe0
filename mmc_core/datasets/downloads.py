"""Files from the net, or from the folder that `MMC_DATA_MIRROR` names, held to their hashes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mmc_core.errors import DatasetError
from mmc_core.settings import cache_dir, data_mirror


@dataclass(frozen=True)
class Download:
    """A public file.

    Attributes
    ----------
    url : str
        Where it is.
    sha256 : str
        Its hash, 64 hexadecimal digits.
    mirror : str
        Its path in the folder that `MMC_DATA_MIRROR` names.
    """

    url: str
    sha256: str
    mirror: str


def fetch(download: Download) -> Path:
    """The file itself, downloaded where neither the mirror nor the cache has it.

    Parameters
    ----------
    download : Download
        Which file.

    Returns
    -------
    Path
        Where it is on this machine.

    Raises
    ------
    DatasetError
        If it cannot be had, or has another hash than it should.
    """
    import pooch

    mirror = data_mirror()
    local = mirror / download.mirror if mirror else None
    if local and local.exists():
        if (sha256 := pooch.file_hash(str(local))) != download.sha256:
            raise DatasetError(
                f"{local.name} in MMC_DATA_MIRROR has the SHA-256 {sha256}, expected "
                f"{download.sha256}. Replace it, or unset MMC_DATA_MIRROR to download it."
            )
        return local
    try:
        return Path(
            pooch.retrieve(
                download.url,
                known_hash=f"sha256:{download.sha256}",
                path=cache_dir() / "downloads",
                fname=Path(download.mirror).name,
            )
        )
    except (OSError, ValueError) as error:  # requests' errors are OSErrors; a bad hash is a value
        raise DatasetError(
            f"Downloading {download.url} failed ({type(error).__name__}: {error}). Check the "
            f"connection and that {cache_dir()} can be written, and try again, or put the file "
            f"into a folder named by MMC_DATA_MIRROR, as {download.mirror}."
        ) from error
