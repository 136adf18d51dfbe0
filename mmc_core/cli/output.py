"""What every command prints with: one JSON document, progress."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

import click


def print_json(content: Any) -> None:
    click.echo(json.dumps(content, indent=2, allow_nan=False))


class Progress:
    """A count on standard error, rewritten in place where that is a terminal."""

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def __enter__(self) -> Progress:
        return self

    def __call__(self, done: int, total: int, logs: dict[str, float] | None = None) -> None:
        if not sys.stderr.isatty():
            if os.environ.get("MMC_PROGRESS") == "lines":  # a page reads them
                click.echo(f"{done} of {total}", err=True)
            return
        detail = "".join(f"  {name} {value:.3f}" for name, value in (logs or {}).items())
        click.echo(f"\r{done} of {total} {self.unit}{detail}\033[K", nl=False, err=True)

    def __exit__(self, *_: object) -> None:
        if sys.stderr.isatty():
            click.echo(err=True)


def quiet_tensorflow() -> None:
    """TensorFlow's notes on the machine are not what was asked for."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
