"""The kind of a 1D network on the 57 features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from mmc_core._typing import Floats
from mmc_core.datasets import Dataset
from mmc_core.features.schema import BY_NAME, OF_LEVEL, ORIGINAL_57
from mmc_core.language import N_
from mmc_core.learning.inputs import Clips, copied_features, features
from mmc_core.learning.kinds.base import Count
from mmc_core.learning.kinds.network import Network


class CNN1D(Network):
    """Convolutions over the 57 features, as the original had them."""

    TITLE: ClassVar[str] = N_("1D CNN")
    KEY: ClassVar[str] = "cnn1d"
    DESCRIPTION: ClassVar[str] = "1D network on features"
    FORMER: ClassVar[Mapping[str, Any]] = {"level": True}

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

    @property
    def is_offered(self) -> bool:
        return not self.needs_audio

    def load_clips(self, dataset: Dataset) -> Clips:
        table = dataset.table()
        copies = [copied_features(dataset, table, copy) for copy in self.copies]
        return Clips(table, features(table), copies)

    def convolve(self, x: Any, training: Floats) -> Any:
        from mmc_core.learning.networks.build import features_block

        return features_block(self, x, training)

    @staticmethod
    def describe_layers(recipe: Mapping[str, Any]) -> str:
        blocks = zip(recipe["filters"], recipe["kernels"], strict=True)
        dense = ",".join(map(str, recipe["dense"]))
        return f"Conv1D {','.join(f'{f}x{k}' for f, k in blocks)} + Dense {dense}"
