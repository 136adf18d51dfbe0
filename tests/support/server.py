"""Run the app in another process, started as on a server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmc_core.settings import PROJECT

PATIENCE_S = 120  # for machines under load

# Sign-in for people of a school; what is in braces is filled in.
SECRETS = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "{cookie}"
client_id = "mmc"
client_secret = "{client}"
server_metadata_url = "{provider}/.well-known/openid-configuration"

[mmc]
allowed = ["@school.example"]
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def serving(
    folder: Path, *, script: str = "app.py", port: int | None = None, **environment: str
) -> Iterator[tuple[str, Path]]:
    """Yield the address and the log of the app, or of a script, while it runs.

    The log must have no error in the end.
    """
    port = port or free_port()
    log = folder / "app.log"
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    folders = ("cache", "corrections", "judgements")
    own = {f"MMC_{name.upper()}": str(folder / name) for name in folders}
    everything = {**os.environ, **own, **environment}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=everything, stdout=output, stderr=subprocess.STDOUT
        )
    address = f"http://localhost:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=5)
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, log.read_text()
                time.sleep(0.25)
        else:
            raise TimeoutError(f"the app does not answer at {address}: {log.read_text()}")
        yield address, log
        lines = log.read_text().lower().splitlines()
        written = "\n".join(line for line in lines if "authlib" not in line)  # of its own parts
        for trouble in ("traceback", "error", "deprecat"):
            assert trouble not in written, log.read_text()
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
