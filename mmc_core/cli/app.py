"""`mmc app`: the pages, in a browser."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import click


@click.command("app", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.option("--port", default=8501, type=click.IntRange(1, 65_535), show_default=True)
@click.option("--network", is_flag=True, help="Serve other machines of the network too.")
@click.pass_context
def app_command(context: click.Context, port: int, network: bool) -> None:
    """Open the pages in a browser, on http://localhost:8501. Ctrl-C ends it.

    Options that are not listed here are Streamlit's, such as --server.headless false.
    """
    from mmc_core.settings import PROJECT

    if find_spec("streamlit") is None:  # told before a process is started
        raise ModuleNotFoundError("No module named 'streamlit'", name="streamlit")
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py")]
    served = ["--server.address", "0.0.0.0"] if network else []  # noqa: S104 - as was asked
    try:
        done = subprocess.run([*command, "--server.port", str(port), *served, *context.args])
    except KeyboardInterrupt:
        return
    sys.exit(done.returncode)
