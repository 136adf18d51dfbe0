"""Files that are fetched: from the mirror, from the cache, never another than was asked for."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mmc_core.datasets import downloads
from mmc_core.datasets.downloads import Download
from mmc_core.errors import DatasetError

CONTENT = b"a table"
DOWNLOAD = Download(
    "http://127.0.0.1:9/t.csv", hashlib.sha256(CONTENT).hexdigest(), "some/where/t.csv"
)


@pytest.fixture
def mirrored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mirror" / DOWNLOAD.mirror
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    monkeypatch.setenv("MMC_DATA_MIRROR", str(tmp_path / "mirror"))
    return path


def test_the_mirror_is_used(mirrored: Path) -> None:
    assert downloads.fetch(DOWNLOAD) == mirrored


def test_another_file_is_refused(mirrored: Path) -> None:
    mirrored.write_bytes(CONTENT + b"more")
    with pytest.raises(DatasetError, match=r"SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}"):
        downloads.fetch(DOWNLOAD)


class Half(BaseHTTPRequestHandler):
    """A server that promises all of a file, and sends half."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2])

    def log_message(self, *_: object) -> None:
        pass


def test_one_that_breaks_off_is_said_and_leaves_nothing(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    with HTTPServer(("127.0.0.1", 0), Half) as server:
        Thread(target=server.handle_request, daemon=True).start()
        broken = replace(DOWNLOAD, url=f"http://127.0.0.1:{server.server_port}/t.csv")
        with pytest.raises(DatasetError, match="try again"):
            downloads.fetch(broken)
    assert not [path for path in own_cache.rglob("*") if path.is_file()]


def test_what_was_downloaded_before_is_used(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    path = own_cache / "downloads" / "t.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    assert downloads.fetch(DOWNLOAD) == path


def test_no_connection_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    with pytest.raises(DatasetError, match=r"Check the connection.*as some/where/t\.csv"):
        downloads.fetch(DOWNLOAD)
