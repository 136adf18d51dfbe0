"""A model's card, written from its run: what it is, how good, and what it is not for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mmc_core import datasets, recipes
from mmc_core.runs import Run


def accuracy_sentence(run: Run) -> str:
    """How often a run's network was right on clips it had never met."""
    scores = run.scores
    low, high = scores["interval"]
    return (
        f"Right on {scores['accuracy']:.0%} of {scores['n']} clips it had never met "
        f"(95 % interval {low:.0%} to {high:.0%}); always answering the commonest mood would be "
        f"right on {scores['baselines']['majority']:.0%}."
    )


def command(recipe: dict[str, Any]) -> str:
    """What trains such a run again."""
    usual = asdict(recipes.load(recipe["name"]))
    changed = {key: value for key, value in recipe.items() if value != usual[key]}
    settings = "".join(f" --set {key}={value}".replace(", ", ",") for key, value in changed.items())
    return f"python -m mmc_core train {recipe['name']}{settings}"


def model_card(run: Run) -> str:
    """Markdown."""
    info, scores, recipe = run.info, run.scores, run.info["recipe"]
    dataset = datasets.get(run.dataset)
    low, high = scores["interval"]
    baselines = scores["baselines"]
    f1 = "".join(f"| F1, {mood} | {value:.3f} |\n" for mood, value in scores["f1"].items())
    return f"""# {run.name}

A 1D convolutional network of the original system's design ({info["parameters"]:,} parameters),
trained on {
        dataset.title
    }. It takes the 57 features of 25.5 s of music and gives the probabilities of four
moods. Scaling is inside the network.

## How good it is
Protocol: {scores["protocol"]}. Seed {recipe["seed"]}; trained on {info["data"]["n_train"]} clips,
validated on {info["data"]["n_validation"]}, tested on {info["data"]["n_test"]} clips of
{scores["n_groups"]} groups.

| on the test clips | |
|---|---|
| accuracy | **{scores["accuracy"]:.3f}** ({low:.3f} to {high:.3f}; {scores["interval_method"]}) |
| macro-F1 | {scores["macro_f1"]:.3f} |
{f1}| arousal, valence accuracy | {scores["arousal_accuracy"]:.3f}, {
        scores["valence_accuracy"]:.3f} |
| baseline: commonest mood | {baselines["majority"]:.3f} |
| baseline: extra trees on shuffled labels, mean of ten | {baselines["shuffled_labels"]:.3f} |
| for reference: extra trees, untuned | {scores["references"]["extra_trees"]:.3f} |
| NLL, Brier, calibration error | {scores["nll"]:.3f}, {scores["brier"]:.3f}, {scores["ece"]:.3f} |
| accuracy on the surest 80 % | {scores["accuracy_at_80_coverage"]:.3f} |

One split of this size says little about a difference of a few points.

## For what, and for what not
For teaching, demonstration and exploring a music library. Its probabilities are not calibrated:
trained for all of {recipe["epochs"]} epochs, it is surer than it is right. Mood is a listener's
judgement; music unlike its training clips is judged by what happens to be similar.
Not for decisions about people.

## Data and terms
{dataset.description} Labels: {dataset.labels} Groups: {dataset.grouping}
{dataset.extraction}
Cite: {dataset.citation}
Terms of the data: {dataset.licence} The network's weights are under the project's licence.

Made by `{command(recipe)}`; {
        ", ".join(f"{name} {number}" for name, number in info["versions"].items())
    }.
"""
