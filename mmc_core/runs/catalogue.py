"""Training runs, ours and the original's, described alike: to be filtered and set side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mmc_core.errors import RunError
from mmc_core.features.embeddings import NETWORKS
from mmc_core.features.images import IMAGES
from mmc_core.language import N_, _
from mmc_core.learning import recipes
from mmc_core.learning.recipes import Combination
from mmc_core.runs import Run
from mmc_core.runs.original import OriginalRun, Say, in_english
from mmc_core.saved.run import Data

FEATURES, SOME_FEATURES, SEVERAL = N_("57 features"), N_("Some features"), N_("Several inputs")
CNN1D, CNN2D, COMBINATION = (kind.TITLE for kind in (recipes.CNN1D, recipes.CNN2D, Combination))
# Each with a key that stays when its title does not.
INPUTS = {
    FEATURES: "features",
    SOME_FEATURES: "some-features",
    **{image.title: name for name, image in IMAGES.items()},
    **{network.TITLE: name for name, network in NETWORKS.items()},
    SEVERAL: "several",
}
ARCHITECTURES = {kind.TITLE: kind.KEY for kind in recipes.KINDS}

# What settings are called: the recipes' fields, and what is listed of a run beside them.
SETTINGS = (
    N_("input"),
    N_("layers"),
    N_("copies"),
    N_("validation clips"),
    N_("clips"),
    N_("kind"),
    N_("seed"),
    N_("dropout"),
    N_("learning rate"),
    N_("batch size"),
    N_("epochs"),
    N_("members"),
    N_("size"),
    N_("shrink"),
    N_("pools"),
    N_("strides"),
    N_("momentum"),
    N_("head"),
    N_("masks"),
    N_("estimator"),
    N_("parameters"),
    N_("networks"),
    N_("landmarks"),
    N_("sources"),
)
# Fields of recipes whose names say too little.
_IN_WORDS = {
    "l2": N_("L2 penalty"),
    "patience": N_("stops after epochs without gain"),
    "mixup": N_("mixing of clips (mixup)"),
    "scaling": N_("scaling of the input"),
    "level": N_("features that depend on loudness"),
    "gain_db": N_("random gain in dB"),
    "low_pass": N_("share of clips without high frequencies"),
    "roll": N_("turned around in time"),
}
_NETWORKS = N_("networks averaged")  # `members`, where it is a number
_VALUES = {
    ("scaling", "min_max"): N_("to 0–1, by minimum and maximum"),
    ("scaling", "ranks"): N_("by ranks"),
    ("scaling", "global"): N_("by one mean and deviation"),
    ("scaling", "rows"): N_("by mean and deviation of each row"),
    ("level", True): N_("used"),
    ("level", False): N_("left out"),
}
_OFF_AT_ZERO = {"l2", "patience", "mixup", "gain_db", "low_pass", "masks"}
# Listed otherwise: by the entry itself, or as one line of layers, input or copies.
_ELSEWHERE = {"name", "title", "dataset", "input", "groups", "copies"}
_LAYERS = {"kind", "filters", "kernels", "dense"}


@dataclass(frozen=True)
class Entry:
    """A run as it is listed, its label in English. `settings` are words, in the language of whoever
    reads but for their names; what is not known is left out.
    """

    label: str
    dataset: str
    input: str
    architecture: str
    settings: Mapping[str, str]
    source: Run | OriginalRun

    @property
    def is_ours(self) -> bool:
        return isinstance(self.source, Run)

    @property
    def shown(self) -> str:
        """Its label in the language of whoever reads."""
        return shown_label(self.source)

    @property
    def key(self) -> str:
        """What an address calls it."""
        return self.source.name if self.is_ours else f"original:{self.source.name}"

    @property
    def has_curves(self) -> bool:
        """Whether it is of a network's training, begun or not."""
        if isinstance(self.source, Run):
            return self.source.is_training and "epochs" in self.settings
        return True


def label(run: Run | OriginalRun, say: Say = in_english) -> str:
    """Its title, of an evaluation with its protocol; its name too where another may be alike.

    In English, so that it can be the option of a widget.
    """
    if isinstance(run, OriginalRun):
        return say(N_("Original system: {title}"), title=run.title(say))
    usual, words = f"{run.dataset}-{run.info.recipe['name']}", say(run.title)
    if not run.is_training:
        protocol = run.protocol
        usual = f"{usual}-{protocol}"
        words = say(
            N_("{title}: {protocol}, {folds} folds")
            if protocol.folds > 1
            else N_("{title}: {protocol} split"),
            title=words,
            protocol=say(protocol.name),
            folds=protocol.folds,
        )
    is_usual = run.name == usual and not run.own_title
    return words if is_usual else f"{words} ({run.name})"


def shown_label(run: Run | OriginalRun) -> str:
    """The same in the language of whoever reads."""
    return label(run, _)


def of_run(run: Run) -> Entry:
    """One of our runs, of training or of evaluation.

    Raises:
        RunError: if its `run.json` lacks what every run has.
    """
    try:
        recipe = run.info.recipe
        kind = recipes.kinds_by_name().get(recipe["kind"], Combination).TITLE
        inputs = SEVERAL if kind == COMBINATION else _input(recipe)
        settings = _settings(recipe) | _clips(run.info.data)
        return Entry(label(run), run.dataset, inputs, kind, settings, run)
    except (KeyError, TypeError) as error:
        raise RunError(
            f"The run.json of {run.name!r} lacks what every run has ({type(error).__name__}: "
            f"{error}). Train it again, or remove its folder from the models folder."
        ) from error


def scored(entries: Iterable[Entry]) -> list[Run]:
    """Our runs that are finished and held clips out, trainings first."""
    ours = [entry.source for entry in entries if isinstance(entry.source, Run)]
    finished = [run for run in ours if run.is_finished and run.has_predictions()]
    return sorted(finished, key=lambda run: not run.is_training)


def evaluations(entries: Iterable[Entry]) -> list[Run]:
    """Our runs over the folds of a protocol, finished or not."""
    ours = [entry.source for entry in entries if isinstance(entry.source, Run)]
    return [run for run in ours if not run.is_training]


def of_original(run: OriginalRun) -> Entry:
    """One of the original system's runs."""
    image = IMAGES[run.input].title if run.input in IMAGES else run.input
    known = {
        "input": _(image),
        "layers": run.architecture,
        "copies": _(run.augmented),
        "dropout": f"{run.dropout:g}",
        "epochs": str(len(run.history)),
        "validation clips": _("random"),
    }
    return Entry(
        label(run),
        run.dataset,
        image if image in INPUTS else SOME_FEATURES,
        CNN1D if run.architecture.startswith("Conv1D") else CNN2D,
        known,
        run,
    )


def differences(entries: Iterable[Entry]) -> pd.DataFrame:
    """The settings that differ: a row a setting, a column a run.

    A setting that a recipe of ours does not have is "–"; one that the original did not tell is
    empty and makes no difference.
    """
    chosen = list(entries)
    names = dict.fromkeys(name for entry in chosen for name in entry.settings)
    rows = {}
    for name in names:
        values = {
            entry.label: entry.settings.get(name, "–" if entry.is_ours else "") for entry in chosen
        }
        if len(set(values.values()) - {""}) > 1:
            rows[name] = values
    return pd.DataFrame.from_dict(rows, orient="index", columns=[e.label for e in chosen])


def _input(recipe: Mapping[str, Any]) -> str:
    if networks := recipe.get("networks"):
        return str(NETWORKS[networks[0]].TITLE) if len(networks) == 1 else SEVERAL
    kind = recipe.get("input", "features")
    if kind in IMAGES:
        return IMAGES[kind].title
    return SOME_FEATURES if recipe.get("groups") else FEATURES


def _settings(recipe: Mapping[str, Any]) -> dict[str, str]:
    settings = {"input": ", ".join(map(_, recipe.get("groups", []))) or _(_input(recipe))}
    kind = recipes.kinds_by_name().get(recipe["kind"], Combination)
    if "filters" in recipe:
        settings["layers"] = kind.describe_layers(recipe)
        settings["copies"] = "+".join(recipe["copies"]) or _("no")
        settings["validation clips"] = _("of other groups")
    elsewhere = _ELSEWHERE | (_LAYERS if "filters" in recipe else set())
    # A run that was made before recipes had this setting was trained as it is usually.
    usual = kind.FORMER
    return settings | {
        _setting(name, value): _value(name, value)
        for name, value in {**usual, **recipe}.items()
        if name not in elsewhere
    }


def _setting(name: str, value: object) -> str:
    """Return what a recipe's field is called, in English."""
    if name == "members" and isinstance(value, int):
        return _NETWORKS
    return _IN_WORDS.get(name, name.replace("_", " "))


def _value(name: str, value: object) -> str:
    if isinstance(value, str | bool) and (name, value) in _VALUES:
        return _(_VALUES[name, value])
    return _("no") if name in _OFF_AT_ZERO and not value else _word(value)


def _clips(data: Data) -> dict[str, str]:
    """Of other clips, moods or groups the same seed makes another validation split."""
    return {"clips": _("{n}, version {hash}", n=data.n, hash=data.sha256[:8])}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_word(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(_word(each) for each in value)
    return str(value)
