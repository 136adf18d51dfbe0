"""Kept results as the documentation's tables, so that no number is written by hand.

`python -m studies results --into FILE` puts each table between its markers in a Markdown file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

import pandas as pd

from mmc_core import datasets, runs
from mmc_core.analysis.statistics import holm
from mmc_core.comparison import conclusions, single_features, store
from mmc_core.errors import RunError
from mmc_core.features.titles import input_title
from mmc_core.learning import recipes, scores
from mmc_core.learning.splits import Protocol
from mmc_core.moods import NAMES
from mmc_core.runs.cards import command
from mmc_core.saved import study_files
from mmc_core.saved.scores import Baselines
from mmc_core.wording import p_number, p_value, percent
from studies import spread
from studies.evaluations import evaluations, find, minus_the_best, place

# What was set out to be reached: in words, the accuracy, and the run that should.
GOALS = (
    ("4QAED, 1D CNN, published", 0.61, "4qaed-cnn1d-bagged-published-10"),
    ("4QAED, vote of 2D CNNs, grouped", 0.60, "4qaed-cnn2d-pooled-vote-grouped-5"),
    ("the same, higher goal", 0.66, "4qaed-cnn2d-pooled-vote-grouped-5"),
    ("Turkish, one model or several, published", 0.85, "turkish-ensemble-published-10"),
    ("the same, one model", 0.85, "turkish-extra-trees-wide-published-10"),
)
MISSING = "Not evaluated on the current folds.\n"
# What `best` is without the AudioSet network, and with it.
DEFAULTS = ("probe-musicnn", "probe-both")
# Each against the original's own network, on the same folds.
STUDY = (
    "cnn1d-2blocks",
    "cnn1d-l2",
    "cnn1d-dropout",
    "cnn1d-small",
    "cnn1d-timbre",
    "cnn1d-bagged",
)


def inputs_of(run: runs.Run) -> str:
    """What a run learns from, in words."""
    kinds = recipes.parse(run.info.recipe).inputs
    return ", ".join(map(input_title, kinds))


def main_table() -> str:
    """Every evaluation: what, how, how good, beside what costs nothing."""
    head = (
        "| dataset | system | inputs | protocol | n | accuracy (95 %) | macro-F1 "
        "| majority | shuffled | mood of the group |\n|---|---|---|---|---|---|---|---|---|---|\n"
    )
    rows = []
    for run in evaluations():
        baselines = run.scores.baselines
        rows.append(
            f"| {datasets.title_of(run.dataset)} | {run.title} | {inputs_of(run)} "
            f"| {_folds(run)} | {run.scores.n} | {_accuracy(run)} "
            f"| {run.scores.macro_f1:.3f} | {baselines.majority:.3f} "
            f"| {baselines['shuffled_labels']:.3f} | {_group_majority(baselines)} |\n"
        )
    return head + "".join(rows)


def best_table() -> str:
    """The best system of each kind on each dataset, artists or songs kept apart."""
    grouped = [run for run in evaluations() if run.info.protocol.name == "grouped"]
    best: dict[tuple[str, str], runs.Run] = {}
    for run in sorted(grouped, key=lambda run: -run.scores.accuracy):
        best.setdefault((run.dataset, _kind(run)), run)
    head = (
        "| dataset | kind | best system | clips | folds | accuracy (95 %) | majority |\n"
        "|---|---|---|---|---|---|---|\n"
    )
    rows = [
        f"| {datasets.title_of(dataset)} | {kind} | {run.title} | {run.scores.n} "
        f"| {_folds(run).removeprefix('grouped, ')} | {_accuracy(run)} "
        f"| {run.scores.baselines.majority:.3f} |\n"
        for (dataset, kind), run in sorted(best.items(), key=lambda item: place(item[1]))
    ]
    return head + "".join(rows)


def _kind(run: runs.Run) -> str:
    return recipes.parse(run.info.recipe).DESCRIPTION


def _folds(run: runs.Run) -> str:
    protocol = run.info.protocol
    times = f", {protocol.repeats} x {protocol.folds}" if protocol.folds > 1 else ""
    return f"{protocol.name}{times}"


def _accuracy(run: runs.Run) -> str:
    low, high = run.scores.interval
    return f"**{run.scores.accuracy:.3f}** ({low:.3f} to {high:.3f})"


def _group_majority(baselines: Baselines) -> str:
    if baselines.group_look_up is None:
        return "no group in training"
    return f"{baselines.group_look_up:.3f} of {100 * baselines.group_look_up_share:.0f} %"


def goals_table() -> str:
    """What was to be reached, and what was, to the digit that tells."""
    rows = []
    finished = {run.name: run for run in evaluations()}
    for what, goal, name in GOALS:
        if not (run := finished.get(name)):
            rows.append(f"| {what} | {goal:.2f} | not evaluated on the current folds | | |\n")
            continue
        accuracy, (low, high) = run.scores.accuracy, run.scores.interval
        rows.append(
            f"| {what} | {goal:.2f} | **{accuracy:.4f}** ({low:.3f} to {high:.3f}) "
            f"| {'yes' if accuracy >= goal else 'no'} | {run.title} |\n"
        )
    head = "| | goal | accuracy (95 %) | reached | by |\n|---|---|---|---|---|\n"
    return head + "".join(rows)


def study_table() -> str:
    """The overfitting study: each variant minus the original's network, on the same folds."""
    of = {name: find(name, Protocol("grouped", 10)) for name in ("cnn1d", *STUDY)}
    base = of.pop("cnn1d")
    if not base:
        return MISSING
    differences = [
        (run, scores.compare(run.predictions(), base.predictions())) for run in of.values() if run
    ]
    adjusted = holm([difference["p"] for _, difference in differences])
    rows = "".join(
        f"| {run.title} | {run.scores.accuracy:.3f} | {run.scores.nll:.2f} "
        f"| {run.scores.ece:.3f} | {_signed(difference)} | {p_number(p)} |\n"
        for (run, difference), p in zip(differences, adjusted, strict=True)
    )
    first = (
        f"| {base.title} | {base.scores.accuracy:.3f} | {base.scores.nll:.2f} "
        f"| {base.scores.ece:.3f} | | |\n"
    )
    return (
        "| network | accuracy | NLL | calibration error | accuracy minus the original's (95 %) "
        "| p (Holm) |\n|---|---|---|---|---|---|\n" + first + rows
    )


def size_table() -> str:
    """The resizing experiment, on the same folds."""
    whole, small = (find(name, Protocol("grouped", 5)) for name in ("cnn2d-mel", "cnn2d-mel-64"))
    if not whole or not small:
        return MISSING
    difference = scores.compare(whole.predictions(), small.predictions())
    rows = "".join(
        f"| {' x '.join(map(str, run.info.recipe['size']))} | {run.scores.accuracy:.3f} "
        f"| {run.scores.nll:.2f} |\n"
        for run in (whole, small)
    )
    return (
        "| mel spectrogram | accuracy | NLL |\n|---|---|---|\n"
        + rows
        + f"\nDifference: {_signed(difference)}, p {p_number(difference['p'])}.\n"
    )


def leak_table() -> str:
    """What copies of test clips in training are worth."""
    study = study_files.load(study_files.LEAK)
    head = "| split | test clips | " + " | ".join(study["arms"].values()) + " |\n"
    head += "|---" * (2 + len(study["arms"])) + "|\n"
    rows = "".join(
        f"| {split['split']} | {split['n_test']} | "
        + " | ".join(f"{split['accuracy'][arm]:.3f}" for arm in study["arms"])
        + " |\n"
        for split in study["splits"]
    )
    differences = "".join(
        f"- {name.replace('_', ' ').replace(' - ', ' minus ')}: {_signed(difference, 'mean')}, "
        f"p {p_number(difference['p'])}\n"
        for name, difference in study["differences"].items()
    )
    return head + rows + "\n" + differences


def spread_text() -> str:
    """How far 40 test clips can be from the truth."""
    study = study_files.load(study_files.SPREAD)
    low, high = study["middle_95"]
    # What rounds to the figure that was reported counts as it.
    as_reported = max(a for a in study["accuracies"] if a <= study["original"] + 0.005)
    below = sum(accuracy < study["original"] for accuracy in study["accuracies"])
    return (
        f"Over {len(study['accuracies'])} random test sets of {study['n_test']} clips, "
        f"{recipes.load(spread.RECIPE).title.lower()} scored {study['mean']:.3f} on "
        f"average, with a standard deviation of {study['sd']:.3f}: from {study['lowest']:.3f} to "
        f"{study['highest']:.3f}, 95 % of them within {low:.3f} and {high:.3f}. "
        f"{percent(study['share_at_or_below_the_originals'])} of them scored {as_reported:.3f} or "
        f"less, which rounds to the {study['original']:.2f} that the original reported, and "
        f"{percent(below / len(study['accuracies']))} less than {study['original']:.2f}.\n"
    )


def unseen_table() -> str:
    """What probes know of a dataset that they never heard."""
    study = study_files.load(study_files.UNSEEN)
    head = (
        "| learned on | tested on | system | border between moods | n | accuracy (95 %) "
        "| majority | arousal AUC | valence AUC |\n|---|---|---|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {datasets.title_of(row['train'])} | {datasets.title_of(row['test'])} "
        f"| {recipes.load(row['recipe']).title} | {study['points'][row['point']]} | {row['n']} "
        f"| **{row['accuracy']:.3f}** ({row['interval'][0]:.3f} to {row['interval'][1]:.3f}) "
        f"| {row['majority']:.3f} | {row['arousal_auc']:.3f} | {row['valence_auc']:.3f} |\n"
        for row in study["rows"]
    )


def default_text() -> str:
    """Return the accuracy of the default model with each of its networks, at home and elsewhere."""
    bundled, improved = (find(name, Protocol("grouped", 10)) for name in DEFAULTS)
    if not bundled or not improved:
        return MISSING
    others = [run for run in evaluations() if place(run)[:-1] == place(improved)[:-1]]
    (gain,) = [row for row in minus_the_best(others) if row.run.name == bundled.name]
    low, high = gain.interval
    more = f"{-gain.difference:+.3f} ({-high:+.3f} to {-low:+.3f}), {p_value(gain.p)}"
    chance = "" if gain.p < single_features.ALPHA else ": it may be chance"
    probes = {run.info.recipe["name"] for run in (bundled, improved)}
    elsewhere = [
        row
        for row in study_files.load(study_files.UNSEEN)["rows"]
        if row["recipe"] in probes and row["point"] == "as_learned"
    ]
    accuracies = [row["accuracy"] for row in elsewhere]
    majorities = [row["majority"] for row in elsewhere]
    held_out = f"{improved.scores.n} held-out clips of {datasets.title_of(improved.dataset)}"
    return (
        f"- As installed, on MusiCNN alone: {_accuracy(bundled)} of {held_out}.\n"
        f"- With the AudioSet network, after `mmc models fetch audioset`: {_accuracy(improved)}. "
        f"The difference is {more}{chance}.\n"
        "- On a dataset that it did not learn from: trained on 4QAED or EMOPIA and tested on the "
        f"other, such a classifier is right on {min(accuracies):.2f} to {max(accuracies):.2f} of "
        f"the clips. Guessing the commonest mood is right on {min(majorities):.2f} to "
        f"{max(majorities):.2f}.\n"
        f"- It abstains where it cannot rule out any of the four moods: on {_all_moods(improved)} "
        "answers for held-out clips.\n"
    )


def _all_moods(run: runs.Run) -> str:
    """Return how many of a run's prediction sets hold all moods, and of how many."""
    sizes = run.predictions()["set_size"]
    return f"{(sizes == len(NAMES)).sum()} of {len(sizes):,}"


def confidence_table() -> str:
    """Return how far the probabilities and the prediction sets of probes can be believed."""
    head = (
        "| dataset | system | protocol | calibration error | coverage of the 90 % sets "
        "| least of a mood | moods in a set | right on the surest 80 % | held all four moods |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
    )
    rows = []
    for run in evaluations():
        predictions = run.predictions()
        if "in_set" not in predictions:
            continue
        by_mood = predictions.groupby("mood")["in_set"].mean()
        rows.append(
            f"| {datasets.title_of(run.dataset)} | {run.title} | {_folds(run)} "
            f"| {run.scores.ece:.3f} | {predictions['in_set'].mean():.3f} "
            f"| {by_mood.min():.3f} ({by_mood.idxmin()}) | {predictions['set_size'].mean():.2f} "
            f"| {run.scores.accuracy_at_80_coverage:.3f} "
            f"| {_all_moods(run)} |\n"
        )
    return head + "".join(rows)


def duplicates_table() -> str:
    """Pairs of clips of the Turkish table that are one."""
    duplicates = pd.read_csv(datasets.get("turkish").duplicates_path)
    by_reason = duplicates["why"].value_counts(sort=False)
    counts = ", ".join(f"{n} with {why}" for why, n in by_reason.items())
    rows = "".join(
        f"| {clip} | {other} | {mood} | {distance:.2f} | {why} |\n"
        for clip, other, mood, _, distance, why in duplicates.itertuples(index=False)
    )
    head = "| clip | other | mood | distance | why |\n|---|---|---|---|---|\n"
    return f"{len(duplicates)} pairs: {counts}.\n\n{head}{rows}"


def comparisons_table() -> str:
    """Return each system minus the best of its dataset and folds, over the folds of both."""
    rows = []
    for _, tied in groupby(evaluations(), key=lambda run: place(run)[:-1]):
        for row in minus_the_best(list(tied)):
            protocol = row.best.info.protocol
            low, high = row.interval
            rows.append(
                f"| {datasets.title_of(row.best.dataset)} | {protocol.name}, "
                f"{protocol.folds} folds | {row.run.title} | {row.best.title} | {row.folds} "
                f"| {row.difference:+.3f} ({low:+.3f} to {high:+.3f}) | {p_number(row.p)} |\n"
            )
    head = "| dataset | protocol | system | minus the best | common folds | difference (95 %) "
    return head + "| p (Holm) |\n|---|---|---|---|---|---|---|\n" + "".join(rows)


def comparison() -> str:
    """The answer of the comparison of all datasets of the project.

    Raises:
        RunError: if it is not kept of the datasets as they are.
    """
    saved = store.load(list(datasets.DATASETS))
    if saved is None:
        made_by = store.command(list(datasets.DATASETS))
        raise RunError(f"There is no comparison of the datasets as they are; make it: {made_by}")
    return "\n\n".join(conclusions.answer(saved)) + f"\n\nMade by `{saved.command}`.\n"


def commands() -> str:
    """What made every evaluation."""
    return "```\n" + "".join(f"{command(run)}\n" for run in evaluations()) + "```\n"


BLOCKS: dict[str, Callable[[], str]] = {
    "results": main_table,
    "goals": goals_table,
    "best": best_table,
    "default": default_text,
    "overfitting": study_table,
    "resizing": size_table,
    "leak": leak_table,
    "spread": spread_text,
    "comparisons": comparisons_table,
    "unseen": unseen_table,
    "confidence": confidence_table,
    "duplicates": duplicates_table,
    "comparison": comparison,
    "commands": commands,
}
MARKED = re.compile(r"(<!-- results: (\w+)[^>]*-->\n).*?(<!-- end -->)", re.DOTALL)


def put_into(text: str) -> str:
    """A Markdown text with every table between its markers made anew.

    Raises:
        RunError: if a marker names a table that there is none of.
    """

    def fresh(marked: re.Match[str]) -> str:
        if marked[2] not in BLOCKS:
            raise RunError(f"There is no table {marked[2]!r}; expected one of {', '.join(BLOCKS)}.")
        return f"{marked[1]}\n{BLOCKS[marked[2]]()}\n{marked[3]}"

    return MARKED.sub(fresh, text)


def _signed(difference: dict[str, Any], key: str = "difference") -> str:
    low, high = difference["interval"]
    return f"{difference[key]:+.3f} ({low:+.3f} to {high:+.3f})"
