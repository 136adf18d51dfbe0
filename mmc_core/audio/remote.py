"""Sound files in object storage, by fsspec: which there are, and each on disk while it is read.

Keys, regions and addresses are fsspec's and the storage's own settings.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from mmc_core.audio.decode import check_size
from mmc_core.audio.folders import BY_NAME, has_sound_name, is_passed_over
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


@dataclass(frozen=True)
class FoundRemote:
    """Sound files of a listing, sorted, and a sentence for each that was passed over."""

    files: list[RemoteFile]
    left_out: list[str] = field(default_factory=list)


def filesystem(url: str) -> tuple[Any, str]:
    """Of fsspec, and the path in it."""
    import s3fs  # noqa: F401 - where it is not installed, that is told by its name
    from fsspec.core import url_to_fs

    fs, path = url_to_fs(url, use_listings_cache=False)
    return fs, path.rstrip("/")


@contextmanager
def telling(url: str, kind: type[MMCError] = StorageError) -> Iterator[None]:
    """Raise a sentence in place of what the libraries raise in a block that uses object storage."""
    from aiohttp import ClientError as TransferError
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (OSError, BotoCoreError, ClientError, TransferError) as error:
        raise kind(
            f"{shown(url, 200)} could not be used: {error}. Check the address, and the settings of "
            "the storage, such as AWS_ENDPOINT_URL and the keys."
        ) from error


def search_remote(url: str) -> FoundRemote:
    """Search an address for sound files; a file that is named itself is taken whatever its name.

    Raises:
        StorageError: if there is none, or it cannot be searched.
    """
    fs, root = filesystem(url)
    with telling(url):
        listed = fs.find(root, detail=True)
    files, passed_over = list[RemoteFile](), set[str]()
    for path, info in listed.items():
        below = PurePosixPath(path).relative_to(root) if path != root else PurePosixPath()
        above = [each for each in (*reversed(below.parents), below) if is_passed_over(each.name)]
        if path != root and not has_sound_name(below):
            continue
        if above:
            if not below.name.startswith("._"):
                passed_over.add(f"{REMOTE}{root}/{above[0]}")
            continue
        files.append(RemoteFile(f"{REMOTE}{path}", int(info["size"]), str(info["ETag"])))
    left_out = [f"{shown(place, 200)}: {BY_NAME}" for place in sorted(passed_over)]
    if not files:
        sentence = f"There is no sound file in {url}; expected the address of one, or of a folder."
        raise StorageError(" ".join([sentence, *left_out]))
    return FoundRemote(sorted(files), left_out)


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
