"""Object storage of its own for a test: a server of Amazon's interface on this machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

BUCKET = "songs-of-a-test"


@contextmanager
def served() -> Iterator[str]:
    """The address of an empty folder; the environment says where it is, to processes too."""
    from fsspec.core import url_to_fs
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "any")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "any")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        url_to_fs(f"s3://{BUCKET}")[0].mkdir(BUCKET)
        try:
            yield f"s3://{BUCKET}"
        finally:
            server.stop()
