"""One run on disk, of training or of evaluation over folds, as it is read.

models/<run>/
    run.json              what it is of, recipe, protocol, data, versions, commit, status
    predictions.parquet   probabilities of clips held out, with their fold; see `learning.scores`;
                          a probe's training has none, its evaluation does
    scores.json           their scores, with baselines, n and interval
  of training also
    history.csv           a row an epoch and network, written as it goes
    model.onnx            the network, scaling included; a vote has none, its members do
    card.md               what it is, for whom, how good, what it must not be used for

`runs.writing` writes all of it but the network; `runs.session` knows whether it is trained now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmc_core.errors import DamagedFile, NewerFile, RunError
from mmc_core.features import embeddings, images, schema
from mmc_core.learning.titles import recipe_titles
from mmc_core.runs.session import Session
from mmc_core.saved.kind import Content, Kind
from mmc_core.saved.run import RUN, RunInfo
from mmc_core.saved.scores import SCORES, Scores
from mmc_core.settings import models_dirs
from mmc_core.wording import rendered

if TYPE_CHECKING:  # pandas takes a third of a second, and serving a song needs none of it
    import pandas as pd

    from mmc_core.learning.splits import Protocol

WAITING, TRAINING, STOPPED, FINISHED = "waiting", "training", "stopped", "finished"
OF_TRAINING, OF_EVALUATION = "training", "evaluation"
HISTORY = ("member", "epoch", "loss", "accuracy", "val_loss", "val_accuracy")
TEXTS = ("clip", "mood", "group", "predicted")  # columns of predictions

# What older runs, which people have trained themselves, call the same.
_FORMER_COLUMNS = {"said": "predicted", "look_up": "group_majority"}


@dataclass(frozen=True)
class Run:
    """One run folder.

    Parameters
    ----------
    path : Path
        The folder.

    Examples
    --------
    >>> from mmc_core import runs
    >>> run = runs.load_run("4qaed-svm-grouped-10")
    >>> run.title, run.status
    ('SVM', 'finished')
    >>> sorted(run.predictions()["predicted"].unique())
    ['angry', 'happy', 'relaxed', 'sad']
    """

    path: Path

    def __repr__(self) -> str:
        if not self.is_readable():
            return f"{self.name}: no run.json that can be read"
        return f"{self.name}: {self.title} on {self.dataset}, {self.status}"

    def _repr_html_(self) -> str:
        """What a notebook shows: what it is of, and how good on held-out clips."""
        try:
            _, scores = self.info, self.scores
        except RunError:
            return f"<p>{escape(repr(self))}</p>"
        low, high = scores.interval
        values = {
            "accuracy": f"{scores.accuracy:.3f} ({low:.3f} to {high:.3f})",
            "macro-F1": f"{scores.macro_f1:.3f}",
            "guessing the commonest mood": f"{scores.baselines.majority:.3f}",
            "clips": f"{scores.n:,}",
        }
        protocol = self.protocol.sentence()
        return rendered(__package__, "run.html", run=self, protocol=protocol, values=values)

    @property
    def name(self) -> str:
        return self.path.name

    @cached_property
    def info(self) -> RunInfo:
        """Contents of `run.json`, its recipes called as they are today.

        Raises:
            RunError: if it cannot be read, or is not what this version knows.
        """
        info = self._read(RUN, "run.json")
        return replace(info, recipe=_titled(info.recipe), parts=list(map(_titled, info.parts)))

    @cached_property
    def scores(self) -> Scores:
        """Contents of `scores.json`; see `learning.scores.score`.

        Raises:
            RunError: if it cannot be read, or is not what this version knows.
        """
        return self._read(SCORES, "scores.json")

    def reread(self) -> None:
        """Forget what was read of it: somebody may have written since."""
        self.__dict__.pop("info", None)
        self.__dict__.pop("scores", None)

    @property
    def dataset(self) -> str:
        return str(self.info.recipe["dataset"])

    @property
    def title(self) -> str:
        """What was trained, in words: the title that a person gave it, else its recipe's."""
        return self.own_title or str(self.info.recipe["title"])

    @property
    def own_title(self) -> str:
        """The title that a person gave it; "" without one."""
        return self.info.title or ""

    @property
    def input(self) -> str:
        """What it takes: "features", a kind of image, or embeddings, joined by "+"."""
        return input_of(self.info.recipe)

    @property
    def networks(self) -> list[str]:
        """The pretrained networks that a probe listens with; of any other run, none."""
        return list(self.info.recipe.get("networks", []))

    @property
    def protocol(self) -> Protocol:
        """How clips were divided."""
        from mmc_core.learning.splits import Protocol  # slow: it loads pandas

        saved = self.info.protocol
        return Protocol(saved.name, saved.folds, saved.repeats)

    @property
    def is_training(self) -> bool:
        """Whether it is of a training, and not of an evaluation over folds."""
        return self.info.of == OF_TRAINING

    @property
    def is_finished(self) -> bool:
        """Whether its `run.json` says that nothing is left to be done."""
        return self.info.status == FINISHED

    @property
    def session(self) -> Session:
        """The state of its training."""
        return Session(self.path)

    @property
    def status(self) -> str:
        """Waiting, training, stopped or finished; one that was killed is stopped."""
        written = self.info.status
        return STOPPED if written == TRAINING and not self.session.is_alive() else written

    @property
    def model_path(self) -> Path:
        return self.path / "model.onnx"

    def members(self) -> list[Run]:
        """The runs that a vote is made of; of any other run, none."""
        return [self._beside(name) for name in self.info.members or []]

    def is_readable(self) -> bool:
        """Whether its `run.json` is there and as it should be."""
        try:
            return bool(self.info)
        except RunError:
            return False

    def is_servable(self) -> bool:
        """Whether it is finished, for the inputs of today, and has a network or members that do."""
        if not (self.is_finished and self.is_training):
            return False
        if members := self.members():
            return all(member.is_readable() and member.is_servable() for member in members)
        made_for = self.info.features.fingerprint
        return made_for == fingerprint(self.input) and self.model_path.exists()

    def has_history(self) -> bool:
        """Whether it has come through its first epoch."""
        return (self.path / "history.csv").exists()

    def history(self) -> pd.DataFrame:
        """A row an epoch of each network: the columns of `HISTORY`, both counted from 1.

        Raises:
            RunError: if they cannot be read.
        """
        import pandas as pd

        try:
            epochs = pd.read_csv(self.path / "history.csv")
        except (OSError, ValueError) as error:  # pandas' own are values
            raise self._unreadable("history.csv") from error
        if list(epochs.columns) != list(HISTORY) or epochs.empty:
            raise self._unreadable("history.csv")
        return epochs

    @property
    def predictions_path(self) -> Path:
        """Where its held-out clips are: with it, or with the evaluation that scored it."""
        own = self.path / "predictions.parquet"
        if own.exists() or self.info.evaluation is None:
            return own
        return self._beside(self.info.evaluation).path / own.name

    def has_predictions(self) -> bool:
        return self.predictions_path.exists()

    def predictions(self) -> pd.DataFrame:
        """Held-out clips; for the columns see `learning.scores`.

        Raises:
            RunError: if they cannot be read.
        """
        import pandas as pd

        try:
            table = pd.read_parquet(self.predictions_path)
        except (OSError, ValueError) as error:  # a damaged file is a value, to pyarrow
            raise self._unreadable("predictions.parquet") from error
        return table.rename(columns=_FORMER_COLUMNS).astype(dict.fromkeys(TEXTS, object))

    def card(self) -> str:
        """Contents of `card.md`, Markdown."""
        return (self.path / "card.md").read_text(encoding="utf-8")

    def _beside(self, name: str) -> Run:
        """A run by its name: of the folder that this one is in, or of another."""
        paths = [folder / name for folder in (self.path.parent, *models_dirs())]
        return Run(next((path for path in paths if path.exists()), paths[0]))

    def _read(self, kind: Kind[Content], name: str) -> Content:
        try:
            return kind.read(self.path / name)
        except OSError as error:
            raise self._unreadable(name) from error
        except NewerFile as error:
            raise RunError(f"The run {self.name!r} cannot be opened: {error}") from error
        except DamagedFile as error:
            raise RunError(
                f"The run {self.name!r} cannot be opened: {error} It may be damaged, or an older "
                "version may have written it. Train it again, or remove its folder from the models "
                "folder."
            ) from error

    def _unreadable(self, name: str) -> RunError:
        return RunError(
            f"The run {self.name!r} has no readable {name}; expected one beside its other files. "
            "Train it again, or remove its folder from the models folder."
        )


def input_of(recipe: Mapping[str, Any]) -> str:
    """What a recipe, as its run has it, takes; see `Run.input`."""
    return "+".join(recipe.get("networks", [])) or str(recipe.get("input", "features"))


def fingerprint(kind: str) -> str:
    """Of all that decides an input's values: of "features", of images, or of embeddings."""
    if kind == "features":
        return schema.fingerprint()
    if kind in images.IMAGES:
        return images.fingerprint()
    return "+".join(embeddings.fingerprint(network) for network in kind.split("+"))


def _titled(recipe: dict[str, Any]) -> dict[str, Any]:
    """Return a recipe with its title of today: a new title reaches the runs there are."""
    title = recipe_titles().get(recipe.get("name", ""))
    return {**recipe, "title": title} if title else recipe
