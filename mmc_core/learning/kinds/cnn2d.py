"""The kind of a 2D network on images of the sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from mmc_core._typing import Floats
from mmc_core.datasets import Dataset
from mmc_core.language import N_
from mmc_core.learning.inputs import Clips, images
from mmc_core.learning.kinds.base import Count, Share, Size
from mmc_core.learning.kinds.network import Network


class CNN2D(Network):
    """Convolutions over an image of the sound."""

    TITLE: ClassVar[str] = N_("2D CNN")
    KEY: ClassVar[str] = "cnn2d"
    DESCRIPTION: ClassVar[str] = "2D network on images"

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

    def load_clips(self, dataset: Dataset) -> Clips:
        table = dataset.table()
        x, *copies = (
            images(dataset, table, self.input, self.size, copy) for copy in ["", *self.copies]
        )
        return Clips(table, x, copies)

    def convolve(self, x: Any, training: Floats) -> Any:
        from mmc_core.learning.networks.build import image_block

        return image_block(self, x, training)

    def vary(self, x: Any, row_means: Any, seeds: Sequence[Any]) -> Any:
        from mmc_core.learning.networks.augment import vary_images

        return vary_images(self, x, row_means, seeds)

    @staticmethod
    def describe_layers(recipe: Mapping[str, Any]) -> str:
        dense = ",".join(map(str, recipe["dense"]))
        return f"Conv2D {','.join(map(str, recipe['filters']))} + Dense {dense}"
