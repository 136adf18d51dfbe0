"""What the two kinds of network share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

import pandas as pd
from pydantic import Field, model_validator

from mmc_core._typing import Floats, Ints
from mmc_core.features.images import IMAGES
from mmc_core.language import _
from mmc_core.learning.inputs import Clips
from mmc_core.learning.kinds.base import (
    MOST_SEED,
    Count,
    Learner,
    Positive,
    Setting,
    Share,
    answers,
)
from mmc_core.learning.splits import Fold

MOST_EPOCHS = 500


class Network(Learner):
    """A network and how it is trained.

    With `patience` 0 it is trained for all of `epochs`. Otherwise it stops once the loss on an
    inner fold of the training clips has not improved for so many epochs, and goes back to its
    best. `members` networks, each stopped on an inner fold of its own, give their mean.
    """

    PACKAGES: ClassVar[tuple[str, ...]] = ("tensorflow", "keras", "numpy")
    TRAINS_BY_EPOCHS: ClassVar[bool] = True

    input: str
    dense: Annotated[list[Count], Field(min_length=1)]
    dropout: Share
    l2: Annotated[float, Field(ge=0)] = 0.0
    learning_rate: Positive
    batch_size: Count
    epochs: Count
    patience: Annotated[int, Field(ge=0)] = 0
    members: Annotated[int, Field(gt=0, le=5)] = 1
    # Of training clips only:
    copies: list[Literal["noise", "shift"]] = []  # the original's: more clips, made from audio
    mixup: Annotated[float, Field(ge=0, le=10)] = 0.0  # alpha of its beta distribution

    @model_validator(mode="after")
    def _several_need_folds(self) -> Network:
        if self.members > 1 and not self.patience:
            raise ValueError(
                f"members is {self.members} with patience 0; expected a patience above 0, since "
                "each member stops on an inner fold of its own"
            )
        return self

    @property
    def inputs(self) -> list[str]:
        return [self.input]

    @property
    def needs_audio(self) -> bool:
        return self.input in IMAGES or bool(self.copies)

    @property
    def learns_from_copies(self) -> bool:
        return bool(self.copies)

    @property
    def training_note(self) -> str:
        return _("Trains {n} networks.", n=self.members) if self.members > 1 else ""

    def settings(self) -> list[Setting]:
        return [
            Setting(
                "epochs", _("Epochs at most") if self.patience else _("Epochs"), 1, MOST_EPOCHS
            ),
            Setting("dropout", _("Dropout"), 0.0, 0.9, step=0.1, format="%.2f"),
            Setting("learning_rate", _("Learning rate"), 1e-6, 0.1, step=1e-5, format="%.6f"),
            Setting("seed", _("Seed"), 0, MOST_SEED),
            Setting("l2", _("L2 penalty"), 0.0, 1.0, step=0.001, format="%.4f"),
            Setting("batch_size", _("Batch size"), 1, 1024),
        ]

    def answer_fold(
        self, clips: Clips, fold: Fold, *, seed: int, copied: Ints | None = None
    ) -> pd.DataFrame:
        from mmc_core.learning.networks import fit, learn

        model, loss = learn.learned(self, clips, fold.train, seed=seed, copied=copied)
        p = fit.predict(model, clips.x[fold.test])
        del model
        fit.release()
        return answers(p, loss=loss)

    @staticmethod
    def limit_threads() -> None:
        from mmc_core.learning.networks.fit import on_one_thread

        on_one_thread()

    @abstractmethod
    def convolve(self, x: Any, training: Floats) -> Any:
        """Return the scaling and convolutions of a Keras input, up to the dense layers.

        Args:
            training: the training clips' inputs, on which the scaling is fitted.
        """

    def vary(self, x: Any, row_means: Any, seeds: Sequence[Any]) -> Any:
        """Return a batch of training inputs with the random changes of this kind."""
        return x
