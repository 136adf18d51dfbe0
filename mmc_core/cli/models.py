"""`mmc models`: the models that can predict, and the pretrained networks to download."""

from __future__ import annotations

from dataclasses import asdict

import click

from mmc_core.cli.output import echo, print_json
from mmc_core.cli.studies import moved_command


@click.group("models")
def models_group() -> None:
    """List models; download a pretrained network."""


@models_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_command(as_json: bool) -> None:
    """List the models that `predict` can use, with their accuracy."""
    from mmc_core.runs.models import list_models

    models = list_models()
    if as_json:
        print_json([asdict(model) for model in models])
        return
    for model in models:
        low, high = model.confidence_interval
        known_as = ", ".join(model.aliases)
        echo(
            f"{model.name}" + (f" ({known_as})" if known_as else "") + f": {model.title}, "
            f"{model.dataset}; accuracy {100 * model.accuracy:.0f} % on {model.n} held-out clips "
            f"({100 * low:.0f} to {100 * high:.0f} %)"
        )


@models_group.command("fetch")
@click.argument("name", metavar="audioset")
def fetch_command(name: str) -> None:
    """Download a pretrained network and check its hash. MMC_DATA_MIRROR is used where it is set.

    audioset: EfficientAT mn04_as, 4 MB, MIT licence. `best` listens with it beside MusiCNN, and
    recognises sounds that are no music.
    """
    from mmc_core.runs.weights import fetch_model

    fetch_model(name)
    echo(f"The network {name} is installed. `best` uses it from now on.")


models_group.add_command(moved_command("models axes", "axes"))
