"""Training recipes: one small TOML file each, read and checked here."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from mmc_core.errors import RecipeError, UnknownName
from mmc_core.features.images import IMAGES
from mmc_core.features.schema import BY_NAME, OF_LEVEL, ORIGINAL_57

FOLDER = Path(__file__).parent

Count = Annotated[int, Field(gt=0, le=100_000)]
Share = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Size = Annotated[list[Count], Field(min_length=2, max_length=2)]  # width, height


class Recipe(BaseModel):
    """What every recipe says; all that decides a result, but for the data."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    name: str
    title: str
    dataset: str
    seed: Annotated[int, Field(ge=0, lt=2**32)]

    @property
    def inputs(self) -> list[str]:
        """What is learned from: "features", or kinds of image."""
        return ["features"]

    @property
    def needs_audio(self) -> bool:
        """Whether the feature table is not enough."""
        return False


class Network(Recipe):
    """A network and how it is trained.

    With `patience` 0 it is trained for all of `epochs`. Otherwise it stops once the loss on an
    inner fold of the training clips has not improved for so many epochs, and goes back to its
    best. `members` networks, each stopped on an inner fold of its own, give their mean.
    """

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


class CNN1D(Network):
    """Convolutions over the 57 features, as the original had them."""

    kind: Literal["cnn1d"]
    input: Literal["features"] = "features"
    scaling: Literal["min_max", "ranks"]
    filters: Annotated[list[Count], Field(min_length=1)]
    kernels: Annotated[list[Count], Field(min_length=1)]
    groups: list[str] = []  # feature groups that are used; all where there is none
    level: bool = True  # whether features that a volume knob changes are used

    @model_validator(mode="after")
    def _fits(self) -> CNN1D:
        if len(self.filters) != len(self.kernels):
            raise ValueError(
                f"there are {len(self.filters)} filters and {len(self.kernels)} kernels; expected "
                "as many of one as of the other"
            )
        if 57 >> len(self.filters) == 0:
            raise ValueError(
                f"there are {len(self.filters)} blocks, each halving 57; expected at most 5"
            )
        known = sorted({BY_NAME[name].group for name in ORIGINAL_57})
        if unknown := sorted(set(self.groups) - set(known)):
            raise ValueError(f"groups has {unknown}; expected some of {known}")
        return self

    def feature_names(self) -> list[str]:
        """Those of the 57 features that are used."""
        return [
            name
            for name in ORIGINAL_57
            if (not self.groups or BY_NAME[name].group in self.groups)
            and (self.level or name not in OF_LEVEL)
        ]


class CNN2D(Network):
    """Convolutions over an image of the sound."""

    kind: Literal["cnn2d"]
    input: Literal["spectrogram", "mfcc", "mel"]
    size: Size
    shrink: Size = [1, 1]  # averaged inside the network before the first convolution
    scaling: Literal["global", "rows"]  # one mean and deviation, or one for each row
    filters: Annotated[list[Count], Field(min_length=1)]
    pools: list[Size]
    strides: Count  # of the pools
    momentum: Share = 0.99  # of batch normalisation's running averages
    head: Literal["flatten", "average"]
    gain_db: Annotated[float, Field(ge=0, le=40)] = 0.0  # louder or softer by up to this
    low_pass: Share = 0.0  # of clips: without their upper rows, as of sound of a lower rate
    masks: Annotated[int, Field(ge=0, le=8)] = 0  # bands of rows, and of columns, that are blanked
    roll: bool = False  # turned around in time, by any amount

    @model_validator(mode="after")
    def _fits(self) -> CNN2D:
        if len(self.filters) != len(self.pools):
            raise ValueError(
                f"there are {len(self.filters)} filters and {len(self.pools)} pools; expected as "
                "many of one as of the other"
            )
        if self.gain_db and self.input == "mfcc":
            raise ValueError("gain_db is set for MFCCs; expected an image in decibels")
        if self.low_pass and self.input == "mfcc":
            raise ValueError("low_pass is set for MFCCs; expected an image of frequencies")
        width, height = (side // by for side, by in zip(self.size, self.shrink, strict=True))
        for pool in self.pools:
            width = (width - 2 - pool[0]) // self.strides + 1
            height = (height - 2 - pool[1]) // self.strides + 1
        if min(width, height) < 1:
            raise ValueError(
                f"size {self.size} is used up by {len(self.pools)} blocks; expected a larger "
                "image or fewer blocks"
            )
        return self


class Classifier(Recipe):
    """A scikit-learn classifier on the 57 features."""

    kind: Literal["classifier"]
    estimator: Literal["logistic_regression", "svm", "extra_trees"]
    parameters: dict[str, float | int | str] = {}


class Probe(Recipe):
    """Kernel logistic regression on the embeddings of pretrained networks; see `learning.probes`.

    It learns from the clips of all `sources` that are not its dataset too, the datasets weighing
    alike; it is tested on its dataset alone.
    """

    kind: Literal["probe"]
    networks: Annotated[list[Literal["musicnn", "audioset"]], Field(min_length=1)]
    C: Positive  # of scikit-learn's logistic regression
    gamma: Positive  # of the RBF kernel, on squared distance over the number of responses
    landmarks: Count  # clips that stand for all in the kernel
    sources: list[str] = []
    # Of training clips: other files of the same music.
    copies: list[Literal["degraded", "loud"]] = []

    @property
    def inputs(self) -> list[str]:
        return list(self.networks)

    @property
    def needs_audio(self) -> bool:
        return True


class Combination(Recipe):
    """Several recipes on the same clips. `vote`: each names a mood, and the mood of the highest
    mean probability wins. `mean`: their mean probabilities. `best`: in each fold the member with
    the lowest loss on an inner fold.
    """

    kind: Literal["vote", "mean", "best"]
    members: Annotated[list[str], Field(min_length=2)]  # names of recipes that are none of these

    @property
    def inputs(self) -> list[str]:
        return list(dict.fromkeys(i for member in self.members for i in load(member).inputs))

    @property
    def needs_audio(self) -> bool:
        return any(load(member).needs_audio for member in self.members)


Kind = Annotated[CNN1D | CNN2D | Classifier | Probe | Combination, Field(discriminator="kind")]
_adapter: TypeAdapter[Any] = TypeAdapter(Kind)
AnyRecipe = CNN1D | CNN2D | Classifier | Probe | Combination


@cache
def names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def load(name: str, settings: Sequence[str] = ()) -> AnyRecipe:
    """A recipe by name, with settings such as "epochs=20" put in place.

    Raises:
        UnknownName: if there is no such recipe.
        RecipeError: if there is no such setting, or a value makes no sense.
    """
    if name not in names():
        raise UnknownName(f"There is no recipe {name!r}; expected one of {', '.join(names())}.")
    values = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    usual = parse({"name": name, **values})
    known = sorted(set(type(usual).model_fields) - {"name", "kind", "title"})
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or key not in known:
            raise RecipeError(
                f"The setting {setting!r} is not understood; expected key=value with a key among "
                f"{', '.join(known)}."
            )
        try:
            values[key] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            values[key] = text
    recipe = parse({"name": name, **values}) if settings else usual
    members = recipe.members if isinstance(recipe, Combination) else []
    if nested := [member for member in members if isinstance(load(member), Combination)]:
        raise RecipeError(f"Recipe {name!r}: members has combinations, {nested}.")
    return recipe


def parse(values: dict[str, Any]) -> AnyRecipe:
    """A recipe from what its file, or a run, says.

    Raises:
        RecipeError: if something is missing, unknown or makes no sense.
    """
    try:
        recipe: AnyRecipe = _adapter.validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        problem = first["msg"].removeprefix("Value error, ")
        got = f"{where} is {first['input']!r}: " if where else ""
        raise RecipeError(f"Recipe {values.get('name')!r}: {got}{problem}.") from error
    return recipe
