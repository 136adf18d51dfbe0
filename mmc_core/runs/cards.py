"""A model's card, written from its run: what it is, how good, and what it is not for."""

from __future__ import annotations

import json
import shlex

from mmc_core import datasets
from mmc_core.audio import CLIP_S
from mmc_core.datasets import Dataset
from mmc_core.features.titles import input_title
from mmc_core.language import _
from mmc_core.learning import recipes
from mmc_core.learning.splits import HOLD_OUT
from mmc_core.runs import Run
from mmc_core.wording import listed, percent, rendered

SHARE_ALIKE = "CC BY-NC-SA"
NETWORKS = {  # pretrained: their training data, and the terms of their weights
    "musicnn": "MusiCNN was trained on the Million Song Dataset; its weights are under ISC.",
    "audioset": "The AudioSet network (EfficientAT mn04_as) was trained on AudioSet; its weights "
    "are under the MIT licence.",
}
COMBINED = {
    "vote": "The answer is the mood with the highest mean probability",
    "mean": "The answer is the mean of their probabilities",
    "best": "The answer is that of the member with the lowest validation loss",
}


def accuracy_sentence(run: Run) -> str:
    """How often a run was right on held-out clips, and what guessing would give."""
    scores = run.scores
    low, high = scores.interval
    return _(
        "Accuracy on {n} held-out clips: {accuracy} (95 % interval {low:.0f} to {high}). Guessing "
        "the commonest mood: {guessing}.",
        n=scores.n,
        accuracy=percent(scores.accuracy),
        low=100 * low,
        high=percent(high),
        guessing=percent(scores.baselines.majority),
    )


def command(run: Run) -> str:
    """What makes such a run again."""
    recipe = run.info.recipe
    usual = recipes.load(recipe["name"]).model_dump()
    changed = {key: value for key, value in recipe.items() if value != usual.get(key)}
    settings = "".join(
        f" --set {shlex.quote(f'{key}={_toml(value)}')}" for key, value in changed.items()
    )
    if run.is_training:
        return f"mmc train {recipe['name']}{settings}"
    protocol = run.info.protocol
    folds = f" --folds {protocol.folds}" if protocol.folds not in (1, 10) else ""
    repeats = f" --repeats {protocol.repeats}" if protocol.repeats > 1 else ""
    named = f"{recipe['name']}{settings} --protocol {protocol.name}"
    return f"mmc evaluate {named}{folds}{repeats}"


def _toml(value: object) -> str:
    """A setting's value as `--set` takes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {json.dumps(each)}" for key, each in value.items()) + "}"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def model_card(run: Run) -> str:
    """Markdown, of a finished training."""
    return rendered(
        __package__,
        "card.md",
        run=run,
        scores=run.scores,
        learned=list(training_clips(run).items()),
        what=_what(run),
        sources=learned_from(run),
        protocol=sentence(run),
        seed=run.info.recipe["seed"],
        networks=[NETWORKS[name] for name in run.networks],
        terms=terms(run),
        command=command(run),
        versions=run.info.versions,
    )


def source_ids(run: Run) -> list[str]:
    """Return the ids of all datasets whose clips a run learned from, its own first."""
    return list(dict.fromkeys([run.dataset, *run.info.recipe.get("sources", [])]))


def learned_from(run: Run) -> str:
    """Return the titles of the datasets whose clips a run learned from, as a list in words."""
    return listed(map(datasets.title_of, source_ids(run)))


def n_learned(run: Run) -> int:
    """Return how many clips of its own dataset a run's served model learned from: all, or those
    that its one split did not hold out.
    """
    held_out = run.scores.n if run.info.protocol.name == HOLD_OUT else 0
    return run.info.data.n - held_out


def training_clips(run: Run) -> dict[Dataset, int]:
    """Return how many clips of each dataset a run's served model learned from."""
    own, *others = map(datasets.get, source_ids(run))
    return {own: n_learned(run), **{each: sum(each.clips().values()) for each in others}}


def terms(run: Run) -> str:
    """Return the terms under which a model may be used, which its training data decide."""
    share_alike = [each.title for each in training_clips(run) if SHARE_ALIKE in each.licence]
    if not share_alike:
        return "The model is under the project's licence."
    holds = "holds embeddings of clips" if run.networks else "was trained on clips"
    return (
        f"The model {holds} of {listed(share_alike)}, so it is under {SHARE_ALIKE} 4.0 too: name "
        "the authors, no commercial use, share alike."
    )


def sentence(run: Run) -> str:
    """The protocol by which a run was scored, in words."""
    return run.protocol.sentence()


def _what(run: Run) -> str:
    kind = run.info.recipe["kind"]
    if members := run.members():
        return f"It combines {listed([member.name for member in members])}. {COMBINED[kind]}."
    if run.networks:
        heard = listed([input_title(name) for name in run.networks])
        return (
            f"Input: music of any length, as an embedding by {heard}. Output: calibrated "
            "probabilities of the four moods."
        )
    if run.info.parameters is None:
        return "It was trained for its scores only and cannot predict songs."
    takes = f"the {input_title(run.input)}" + ("" if run.input == "features" else " image")
    return (
        f"Input: {takes} of {CLIP_S} s of music, scaled inside the network. Output: probabilities "
        f"of the four moods. {run.info.parameters:,} parameters."
    )
