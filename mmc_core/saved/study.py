"""What the program reads of the results in `data/studies`; studies and benchmarks write them."""

from __future__ import annotations

from dataclasses import dataclass, field

from mmc_core.saved.kind import Kind


@dataclass(frozen=True)
class UnseenScore:
    """How a recipe did on a dataset that it was not trained on; accuracies are shares of clips."""

    recipe: str
    train: str
    test: str
    point: str
    accuracy: float
    majority: float


@dataclass(frozen=True)
class UnseenStudy:
    """`unseen.json`."""

    rows: list[UnseenScore]


@dataclass(frozen=True)
class Movement:
    """How far another way of keeping sound moves a feature, in standard deviations of its clips."""

    difference: float
    wasserstein: float


@dataclass(frozen=True)
class ExtractionStudy:
    """`extraction.json`: standard deviations by feature, and movements by feature and way."""

    spread: dict[str, float]
    features: dict[str, dict[str, Movement]]


@dataclass(frozen=True)
class Precision:
    """The share of nearest clips with the same label, its 95 % interval, and that of any clips."""

    precision: float
    interval: tuple[float, float]
    chance: float


@dataclass(frozen=True)
class Similarities:
    """How alike clips and their nearest by another artist are: cosines."""

    lowest_5: float
    median: float


@dataclass(frozen=True)
class SimilarScore:
    """What one way of comparing clips by sound is worth on a dataset."""

    network: str
    way: str
    dataset: str
    mood: Precision
    nearest_of_another_group: Similarities


@dataclass(frozen=True)
class SimilarStudy:
    """`similar.json`; `shipped` is "network/way" of the axes that come with the project."""

    shipped: str
    rows: list[SimilarScore]

    def shipped_on(self, dataset: str) -> SimilarScore:
        """Return what the axes that come with the project are worth on a dataset."""
        network, way = self.shipped.split("/")
        wanted = (network, way, dataset)
        return next(row for row in self.rows if (row.network, row.way, row.dataset) == wanted)


@dataclass(frozen=True)
class ServingTime:
    """What it takes to answer a song: seconds, and megabytes at most."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class ServingStudy:
    """`serving.json`, of a song of `song_s` seconds; by run."""

    song_s: float = 0.0
    models: dict[str, ServingTime] = field(default_factory=dict)


@dataclass(frozen=True)
class Fall:
    """How far a probability falls without some regions of a sound: mean and 95 % interval."""

    mean: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Deletion:
    """What a model's marked regions are worth: falls by which regions are deleted, or kept alone,
    over `n` held-out clips, and in how many of these the marked ones matter more than random ones.
    """

    command: str
    n: int
    wins: int
    deleted: dict[str, Fall]
    kept: dict[str, Fall]


@dataclass(frozen=True)
class DeletionStudy:
    """`deletion.json`, by run."""

    models: dict[str, Deletion] = field(default_factory=dict)


UNSEEN = Kind("study of unseen datasets", UnseenStudy)
EXTRACTION = Kind("study of extraction", ExtractionStudy)
SIMILAR = Kind("study of similarity", SimilarStudy)
SERVING = Kind("measurement of serving", ServingStudy)
DELETION = Kind("measurement of deletion", DeletionStudy)
