"""Where commands work: the option --scheduler, and files that may lie in object storage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mmc_core.files import is_remote
from mmc_core.workers.cluster import EXPECTED, is_scheduler


class Place(click.Path):
    """A path, or the address of a file or folder in object storage, as text."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if is_remote(str(value)) else super().convert(value, param, ctx)


class OutFile(click.Path):
    """A file to write, whose name has one of some endings, in upper or lower case."""

    def __init__(self, *endings: str) -> None:
        super().__init__(path_type=Path)
        self.endings = endings

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(str(super().convert(value, param, ctx)))
        if path.suffix.lower() not in self.endings or path.is_dir():
            self.fail(f"{path} should be a file name ending in {' or '.join(self.endings)}")
        return path


def _scheduler(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Any:
    if value is not None and not is_scheduler(value):
        raise click.BadParameter(f"got {value!r}; expected {EXPECTED}")
    return value


SCHEDULER = click.option(
    "--scheduler",
    metavar="local|tcp://HOST:PORT",
    callback=_scheduler,
    help="Work on a Dask cluster instead of this machine; local starts one of --jobs workers.",
)
