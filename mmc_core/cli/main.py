"""The command line. Commands import what they need when called, so that --help is instant."""

from __future__ import annotations

from io import StringIO
from typing import Any

import click

from mmc_core import __version__
from mmc_core.cli.app import app_command
from mmc_core.cli.comparison import compare_command
from mmc_core.cli.corrections import corrections_group
from mmc_core.cli.datasets import datasets_group
from mmc_core.cli.explanation import explain_command
from mmc_core.cli.exploration import explore_group
from mmc_core.cli.learning import evaluate_command, train_command
from mmc_core.cli.library import library_group
from mmc_core.cli.models import models_group
from mmc_core.cli.output import echo, end_in_order, open_streams
from mmc_core.cli.prediction import extract_command, predict_command
from mmc_core.cli.reports import report_command
from mmc_core.cli.studies import moved_command, study_group
from mmc_core.errors import MMCError, describe_os_error
from mmc_core.settings import cache_dir

# What `pip install mmc` leaves out, and the extra that brings it.
EXTRAS = {
    **dict.fromkeys(("streamlit", "plotly", "matplotlib", "seaborn"), "app"),
    **dict.fromkeys(("tensorflow", "keras", "tf2onnx"), "train"),
    "librosa": "librosa",
    "mutagen": "library",
    **dict.fromkeys(("dask", "distributed", "cryptography", "fsspec", "s3fs"), "cluster"),
}


class Group(click.Group):
    """Commands whose errors are sentences, not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        open_streams()
        end_in_order()
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            text = StringIO()
            error.show(text)
            echo(text.getvalue(), nl=False, err=True)
            ctx.exit(error.exit_code)
        except MMCError as error:
            echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)
        except ModuleNotFoundError as error:
            extra = EXTRAS.get((error.name or "").partition(".")[0])
            if extra is None:
                raise
            echo(
                f"Error: {error.name} is not installed, and this command needs it. Install it "
                f'with: pip install "mmc[{extra}]"',
                err=True,
            )
            ctx.exit(2)
        except BrokenPipeError:  # whoever read has seen enough
            raise
        except OSError as error:
            where = f"Written are {cache_dir()} (MMC_CACHE) and what the command names."
            where = "Check the path and the space left." if error.filename else where
            echo(f"Error: {describe_os_error(error)}. {where}", err=True)
            ctx.exit(1)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mmc")
def main() -> None:
    """Music Mood Classification: datasets, features, training and prediction.

    Exit codes: 0 all well, 1 some file failed, 2 wrong use.
    """


for command in (
    datasets_group,
    extract_command,
    predict_command,
    corrections_group,
    explain_command,
    library_group,
    models_group,
    train_command,
    evaluate_command,
    compare_command,
    explore_group,
    study_group,
    report_command,
    app_command,
    moved_command("results", "results"),
):
    main.add_command(command)
