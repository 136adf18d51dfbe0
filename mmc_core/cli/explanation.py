"""`mmc explain`: why a model answers as it does for a song."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mmc_core.cli.output import Progress, echo, print_json
from mmc_core.wording import escaped, printable, visible

if TYPE_CHECKING:
    from mmc_core.prediction.contributions import Contributions
    from mmc_core.prediction.occlusion import Occlusion

LISTED = 5  # regions


@click.command("explain")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--model",
    default="best",
    metavar="best|quick|1|RUN",
    help="A model on embeddings or on the features.",
)
@click.option(
    "--start",
    "start_s",
    type=click.FloatRange(min=0),
    help="Of a model on embeddings: where the ten seconds begin that are explained. By default "
    "where the model is surest.",
)
@click.option(
    "--sound",
    type=click.Path(path_type=Path, file_okay=False),
    help="Of a model on embeddings: folder for three WAV files: the ten seconds as they are, with "
    "only the regions that drove the answer, and without them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def explain_command(
    file: Path, model: str, start_s: float | None, sound: Path | None, as_json: bool
) -> None:
    """Explain the predicted mood of a file: what kinds of features contributed to it, or which
    regions of time and frequency it depends on. It describes the model, not the music.
    """
    from mmc_core import runs
    from mmc_core.audio import open_audio
    from mmc_core.moods import NAMES
    from mmc_core.prediction.contributions import contributions, takes_features
    from mmc_core.prediction.occlusion import EXCERPT_S, latest_excerpt, occlude, surest_excerpt
    from mmc_core.prediction.song import predict

    run = runs.find(model)
    if not (run.networks or takes_features(run)):
        raise click.BadParameter(
            f"{run.name} is a model on images; expected one on embeddings or on the features.",
            param_hint="--model",
        )
    audio = open_audio(file)
    prediction = predict(audio, run, features=False)
    shares = prediction.probabilities or {}
    mood = max(NAMES, key=shares.__getitem__)
    with Progress("answers") as progress:
        if run.networks:
            if start_s is None:
                start_s = surest_excerpt(prediction, mood)
            start_s = min(start_s, latest_excerpt(prediction))
            regions = occlude(run, audio.cut(start_s, EXCERPT_S), mood, start_s, progress)
            paths = _written(regions, file.stem, sound) if sound else {}
            content, lines = _regions_json(regions, paths), _region_lines(regions, paths)
        else:
            made = contributions(run, prediction, mood, progress)
            content = {"groups": made.by_group, "usual": made.usual, "answer": made.probability}
            lines = _contribution_lines(made)
    if as_json:
        print_json({"file": escaped(str(file)), "model": run.name, "mood": mood, **content})
        return
    echo(f"{printable(str(file))}: {mood} {100 * shares[mood]:.0f} %")
    for line in lines:
        echo(f"  {line}")


def _contribution_lines(made: Contributions) -> list[str]:
    rows = sorted(made.by_group.items(), key=lambda item: -abs(item[1]))
    return [
        f"{'usual answer':20}{100 * made.usual:6.1f} %       (mean of {made.n_background} clips "
        "that the model learned from)",
        *(f"{group:20}{100 * value:+6.1f} points" for group, value in rows),
        f"{'answer':20}{100 * made.probability:6.1f} %",
    ]


def _region_lines(made: Occlusion, files: dict[str, str]) -> list[str]:
    p = {kind: f"{100 * share:.0f} %" for kind, share in made.probabilities.items()}
    end_s = made.start_s + made.grid.duration_s
    return [
        f"From {made.start_s:.1f} to {end_s:.1f} s: {p['original']}. With only the "
        f"{int(made.top.sum())} regions that drove the answer: {p['only']}; without them: "
        f"{p['without']}.",
        *(
            f"{each.start_s:7.1f} to {each.end_s:7.1f} s, {each.low_hz:5.0f} to "
            f"{each.high_hz:5.0f} Hz: without it {-100 * each.effect:+5.1f} points"
            for each in made.regions[:LISTED]
        ),
        *map(visible, files.values()),
    ]


def _regions_json(made: Occlusion, files: dict[str, str]) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "start_s": made.start_s,
        "end_s": made.start_s + made.grid.duration_s,
        "probabilities": made.probabilities,
        "regions": [asdict(region) for region in made.regions],
        "sounds": files,
    }


def _written(made: Occlusion, stem: str, folder: Path) -> dict[str, str]:
    """Paths of the three sounds, by the keys of `SOUNDS`."""
    from mmc_core import files
    from mmc_core.audio.wav import wav_files

    paths = {}
    for kind, content in wav_files(made.sounds).items():
        path = folder / f"{stem}-{kind}.wav"
        with files.replacing(path) as part:
            part.write_bytes(content)
        paths[kind] = escaped(str(path))
    return paths
