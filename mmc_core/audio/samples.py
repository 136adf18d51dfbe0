"""The sample songs that come with the project; see `data/samples/README.md`."""

from __future__ import annotations

from pathlib import Path

from mmc_core.errors import UnknownName
from mmc_core.settings import DATA


def list_samples() -> list[str]:
    """Names of the sample songs.

    Returns
    -------
    list of str
        In alphabetic order; each is known to `sample`.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> mmc.list_samples()[0]
    'bach-prelude-c'
    """
    return sorted(path.stem for path in (DATA / "samples").glob("*.ogg"))


def sample(name: str) -> Path:
    """The file of a sample song.

    Parameters
    ----------
    name : str
        One of `list_samples`.

    Returns
    -------
    Path
        An Ogg Vorbis file of about a minute, CC0.

    Raises
    ------
    UnknownName
        If there is none of that name.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> mmc.load_audio(mmc.sample("joplin-entertainer")).duration_s > 50
    True
    """
    path = DATA / "samples" / f"{name}.ogg"
    if name not in list_samples():
        raise UnknownName(
            f"There is no sample {name!r}; expected one of {', '.join(list_samples())}."
        )
    return path
