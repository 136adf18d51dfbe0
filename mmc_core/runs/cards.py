"""A model's card, written from its run: what it is, how good, and what it is not for."""

from __future__ import annotations

import json
import shlex

from mmc_core import datasets
from mmc_core.audio import CLIP_S
from mmc_core.features.titles import input_title
from mmc_core.learning import recipes
from mmc_core.learning.splits import HOLD_OUT, Protocol
from mmc_core.runs import OF_TRAINING, Run
from mmc_core.wording import listed, rendered

COMBINED = {
    "vote": "the mood of the highest mean probability is its answer",
    "mean": "the mean of their probabilities is its answer",
    "best": "it is the one of several with the lowest validation loss",
}


def accuracy_sentence(run: Run) -> str:
    """How often a run's network was right on clips it had never met."""
    scores = run.scores
    low, high = scores["interval"]
    return (
        f"Right on {scores['accuracy']:.0%} of {scores['n']} clips it had never met "
        f"(95 % interval {low:.0%} to {high:.0%}); always answering the commonest mood would be "
        f"right on {scores['baselines']['majority']:.0%}."
    )


def command(run: Run) -> str:
    """What makes such a run again."""
    recipe = run.info["recipe"]
    usual = recipes.load(recipe["name"]).model_dump()
    changed = {key: value for key, value in recipe.items() if value != usual.get(key)}
    settings = "".join(
        f" --set {shlex.quote(f'{key}={_toml(value)}')}" for key, value in changed.items()
    )
    if run.info["of"] == OF_TRAINING:
        return f"python -m mmc_core train {recipe['name']}{settings}"
    protocol = run.info["protocol"]
    folds = f" --folds {protocol['folds']}" if protocol["folds"] not in (1, 10) else ""
    repeats = f" --repeats {protocol['repeats']}" if protocol["repeats"] > 1 else ""
    named = f"{recipe['name']}{settings} --protocol {protocol['name']}"
    return f"python -m mmc_core evaluate {named}{folds}{repeats}"


def _toml(value: object) -> str:
    """A setting's value as `--set` takes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {json.dumps(each)}" for key, each in value.items()) + "}"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def model_card(run: Run) -> str:
    """Markdown, of a finished training."""
    info, scores = run.info, run.scores
    return rendered(
        __package__,
        "card.md",
        run=run,
        scores=scores,
        dataset=datasets.get(run.dataset),
        what=_what(run),
        protocol=sentence(run),
        seed=info["recipe"]["seed"],
        n_learned=n_learned(run),
        command=command(run),
        versions=info["versions"],
    )


def learned_from(run: Run) -> str:
    """The datasets whose clips a run learned from, in words."""
    sources = run.info["recipe"].get("sources", [])
    return listed([datasets.title_of(name) for name in dict.fromkeys([run.dataset, *sources])])


def n_learned(run: Run) -> int:
    """Clips that what is served learned from: all, or those that its one split did not hold out."""
    held_out = run.scores["n"] if run.info["protocol"]["name"] == HOLD_OUT else 0
    return int(run.info["data"]["n"] - held_out)


def sentence(run: Run) -> str:
    """The protocol by which a run was scored, in words."""
    return Protocol(**run.info["protocol"]).sentence()


def _what(run: Run) -> str:
    kind = run.info["recipe"]["kind"]
    if members := run.members():
        return (
            f"It has no network of its own: its members answer, and {COMBINED[kind]}. Members: "
            f"{', '.join(member.name for member in members)}."
        )
    if run.networks:
        heard = listed([input_title(name) for name in run.networks])
        return (
            f"It takes the embedding of any length of music by {heard} and gives the calibrated "
            "probabilities of four moods."
        )
    if "parameters" not in run.info:
        return "It is kept for its scores and cannot be served."
    takes = f"the {input_title(run.input)}" + ("" if run.input == "features" else " image")
    return (
        f"It takes {takes} of {CLIP_S} s of music and gives the probabilities of four moods; "
        f"scaling is inside the network. {run.info['parameters']:,} parameters."
    )
