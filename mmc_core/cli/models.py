"""`mmc models`: what can predict, and the pretrained networks that are fetched."""

from __future__ import annotations

from dataclasses import asdict

import click

from mmc_core.cli.output import echo, print_json


@click.group("models")
def models_group() -> None:
    """The models that there are; a pretrained network that is fetched."""


@models_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_command(as_json: bool) -> None:
    """The models that `predict` can use here, and how good each is."""
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
            f"{model.dataset}; {model.accuracy:.0%} of {model.n} held-out clips right "
            f"({low:.0%} to {high:.0%})"
        )


@models_group.command("fetch")
@click.argument("name", metavar="audioset")
def fetch_command(name: str) -> None:
    """Download a pretrained network by its hash; from MMC_DATA_MIRROR where that is set.

    audioset: EfficientAT mn04_as, 4 MB, MIT licence. `best` is better with it, and tells music from
    other sounds.
    """
    from mmc_core.runs.weights import fetch_model

    fetch_model(name)
    echo(f"The network {name} is on this machine. `best` listens with it from now on.")
