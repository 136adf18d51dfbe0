"""Sound files in object storage, by fsspec: which there are, and each on disk while it is read.

Keys, regions and addresses are fsspec's and the storage's own settings.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mmc_core.audio.decode import check_size
from mmc_core.audio.folders import AUDIO_SUFFIXES, is_passed_over
from mmc_core.errors import AudioError, MMCError, StorageError
from mmc_core.files import REMOTE
from mmc_core.settings import Limits, command_line_limits
from mmc_core.wording import shown


@dataclass(frozen=True, order=True)
class RemoteFile:
    """A file in object storage as a listing has it; `version` changes with its content."""

    url: str
    size: int
    version: str

    @property
    def name(self) -> str:
        return PurePosixPath(self.url).name

    def __str__(self) -> str:
        return self.url


Source = Path | RemoteFile


def filesystem(url: str) -> tuple[Any, str]:
    """Of fsspec, and the path in it."""
    import s3fs  # noqa: F401 - where it is not installed, that is told by its name
    from fsspec.core import url_to_fs

    fs, path = url_to_fs(url, use_listings_cache=False)
    return fs, path.rstrip("/")


@contextmanager
def telling(url: str, kind: type[MMCError] = StorageError) -> Iterator[None]:
    """What goes wrong with object storage in a block, as a sentence."""
    from botocore.exceptions import BotoCoreError

    try:
        yield
    except (OSError, BotoCoreError) as error:
        raise kind(
            f"{shown(url, 200)} could not be used: {error}. Check the address, and the settings of "
            "the storage, such as AWS_ENDPOINT_URL and the keys."
        ) from error


def search_remote(url: str) -> list[RemoteFile]:
    """Sound files under an address, sorted; a file that is named itself, whatever it is called.

    Raises:
        StorageError: if there is none, or it cannot be searched.
    """
    fs, root = filesystem(url)
    with telling(url):
        listed = fs.find(root, detail=True)
    files = [
        RemoteFile(f"{REMOTE}{path}", int(info["size"]), str(info["ETag"]))
        for path, info in listed.items()
        if path == root or _is_sound(PurePosixPath(path).relative_to(root))
    ]
    if not files:
        raise StorageError(
            f"There is no sound file in {url}; expected the address of one, or of a folder."
        )
    return sorted(files)


def _is_sound(path: PurePosixPath) -> bool:
    return path.suffix.lower() in AUDIO_SUFFIXES and not any(map(is_passed_over, path.parts))


@contextmanager
def on_disk(source: Source, limits: Limits | None = None) -> Iterator[Path]:
    """A path to read a file from; that of a remote one is gone after the block.

    Raises:
        AudioError: if it cannot be fetched, or is larger than is accepted.
    """
    if isinstance(source, Path):
        yield source
        return
    check_size(source.size, shown(source.name), limits or command_line_limits())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / source.name[-60:]  # by which errors name it
        fs, key = filesystem(source.url)
        with telling(source.url, AudioError):
            fs.get_file(key, str(path))
        yield path
