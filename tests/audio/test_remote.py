"""Sound files in object storage, of a server on this machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pandas as pd
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from click.testing import CliRunner

from mmc_core.audio import remote
from mmc_core.cli.main import main
from mmc_core.errors import AudioError, StorageError, TooLarge
from mmc_core.settings import Limits
from tests.support.library import write_songs
from tests.support.storage import served


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.fixture
def folder(bucket: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Three songs, one of them deep, among what is no song, in a folder for each test."""
    url = f"{bucket}/{request.node.name}"
    fs, root = remote.filesystem(url)
    for path in write_songs(tmp_path / "songs", 3):
        fs.put_file(
            str(path),
            f"{root}/deep/{path.name}" if path.suffix == ".ogg" else f"{root}/{path.name}",
        )
    for name in ("._song.mp3", "__MACOSX/._song.mp3", "notes.txt"):
        fs.pipe_file(f"{root}/{name}", b"not looked at")
    return url


def test_a_folder_is_searched_and_a_file_taken_as_named(folder: str) -> None:
    names = [file.url.removeprefix(folder) for file in remote.search_remote(f"{folder}/").files]
    assert names == ["/deep/song 002.ogg", "/song 000.wav", "/song 001.flac"]
    (text,) = remote.search_remote(f"{folder}/notes.txt").files
    assert (text.name, text.size) == ("notes.txt", 13)


def test_names_are_passed_over_as_on_a_disk(folder: str) -> None:
    fs, root = remote.filesystem(folder)
    for name in (".38 Calibre/...Once.mp3", "@Recycle/old/a.mp3", "@Recycle/b.mp3", ".git/HEAD"):
        fs.pipe_file(f"{root}/{name}", b"any")
    found = remote.search_remote(folder)
    names = [file.url.removeprefix(folder) for file in found.files]
    assert names == ["/.38 Calibre/...Once.mp3", "/deep/song 002.ogg", *names[2:]]
    assert [line.partition(": by its name")[0] for line in found.left_out] == [f"{folder}/@Recycle"]


def test_a_file_that_changed_has_another_version(folder: str) -> None:
    before = remote.search_remote(f"{folder}/notes.txt").files
    fs, root = remote.filesystem(folder)
    fs.pipe_file(f"{root}/notes.txt", b"not looked AT")
    (after,) = remote.search_remote(f"{folder}/notes.txt").files
    assert [after.size] == [file.size for file in before]
    assert [after.version] != [file.version for file in before]


def test_a_file_is_on_disk_while_it_is_read(folder: str) -> None:
    (file,) = remote.search_remote(f"{folder}/notes.txt").files
    with remote.on_disk(file) as path:
        assert path.read_bytes() == b"not looked at"
    assert not path.exists()
    assert not path.parent.exists()


def test_a_file_is_refused_before_it_is_fetched(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = remote.search_remote(f"{folder}/notes.txt").files
    monkeypatch.setattr(tempfile, "TemporaryDirectory", None)
    with pytest.raises(TooLarge), remote.on_disk(file, Limits(12, 60)):
        pass


def test_what_is_not_there(bucket: str) -> None:
    gone = remote.RemoteFile(f"{bucket}/gone.mp3", 5, "any")
    with pytest.raises(AudioError, match=r"gone\.mp3 could not be used"), remote.on_disk(gone):
        pass
    with pytest.raises(StorageError, match="no sound file in"):
        remote.search_remote(f"{bucket}/nothing")


@pytest.mark.parametrize(
    "error",
    [
        aiohttp.ClientPayloadError("Response payload is not completed"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:9"),
        ClientError({"Error": {"Code": "503"}}, "GetObject"),
        TimeoutError("no answer"),
        PermissionError("Forbidden"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_ends_a_storage_is_a_sentence(error: Exception) -> None:
    with (
        pytest.raises(
            AudioError, match=r"^s3://b/song\.mp3 could not be used: .*Check the address"
        ),
        remote.telling("s3://b/song.mp3", AudioError),
    ):
        raise error


def test_extract_is_as_from_a_disk(folder: str, tmp_path: Path, one_process: None) -> None:
    """From and to object storage, twice: the second time nothing is left to do."""
    out = f"{folder}-table"
    command = ["extract", folder, "--out", out, "--part-rows", "2"]
    for _ in range(2):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 0, result.output
        assert f"3 of 3 files: {out}" in result.stderr
    fs, root = remote.filesystem(out)
    assert [path.removeprefix(root) for path in fs.ls(root, detail=False)] == [
        "/part-000000.parquet",
        "/part-000001.parquet",
    ]
    table = pd.read_parquet(out)
    result = CliRunner().invoke(
        main, ["extract", str(tmp_path), "--out", str(tmp_path / "t.parquet")]
    )
    assert result.exit_code == 0, result.output
    local = pd.read_parquet(tmp_path / "t.parquet")
    for each in (table, local):
        each["path"] = [Path(path).name for path in each["path"]]
        each[["error", "note"]] = each[["error", "note"]].fillna("")
    expected = local.set_index("path").loc[table["path"]].reset_index()
    pd.testing.assert_frame_equal(table, expected, check_dtype=False)
