"""Images as a model takes them, and the values that their pixels can have."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..data import LabelledImages
from ..metrics import FloatArray
from ..preprocessing import Preprocessing

#: So many images tell whether pixels that are stored as floats go up to 1 or to 255.
_SAMPLE = 64


@dataclass(frozen=True, kw_only=True, eq=False)
class PixelRange:
    """Smallest and largest value of each channel, after the preprocessing."""

    #: ``(channels,)``.
    low: FloatArray
    #: ``(channels,)``; above `low` everywhere.
    high: FloatArray

    @property
    def width(self) -> FloatArray:
        """``(channels,)``: from black to white."""
        return self.high - self.low

    def to_units(self, images: FloatArray) -> FloatArray:
        """Images with black at 0 and white at 1."""
        return (images - self.low) / self.width

    def from_units(self, images: FloatArray) -> FloatArray:
        """Images as the model takes them, of images from 0 to 1."""
        return images * self.width + self.low


@dataclass(frozen=True, kw_only=True, eq=False)
class ScaledImages:
    """Images as a model takes them, whatever their classes."""

    #: ``(n_images, height, width, channels)``.
    images: FloatArray
    pixels: PixelRange

    def __len__(self) -> int:
        return len(self.images)


def scaled(images: LabelledImages, preprocessing: Preprocessing) -> ScaledImages:
    """All of the images, in memory, as the model takes them.

    Args:
        images: As `pixel_range` takes them.
        preprocessing: How stored pixels become what the model takes.
    """
    return ScaledImages(
        images=preprocessing.apply(images.at(np.arange(len(images)))),
        pixels=pixel_range(images, preprocessing),
    )


def pixel_range(images: LabelledImages, preprocessing: Preprocessing) -> PixelRange:
    """The range of pixels that images like these can have.

    Args:
        images: Stored as bytes, or as floats from 0 to 1 or 0 to 255; of others their own range
            counts.
        preprocessing: How stored pixels become what the model takes.
    """
    ends = np.array(_stored_ends(images), np.float32)
    pixels = np.broadcast_to(ends[:, None, None, None], (2, 1, 1, images.shape[-1]))
    first, second = preprocessing.apply(np.ascontiguousarray(pixels)).reshape(2, -1)
    return PixelRange(low=np.minimum(first, second), high=np.maximum(first, second))


def _stored_ends(images: LabelledImages) -> tuple[float, float]:
    if images.dtype == np.uint8:
        return 0.0, 255.0
    sample: npt.NDArray[np.generic] = images.at(images.evenly_spaced(_SAMPLE))
    lowest, highest = float(np.min(sample)), float(np.max(sample))
    if lowest >= 0 and highest <= 1:
        return 0.0, 1.0
    if lowest >= 0 and highest <= 255:
        return 0.0, 255.0
    return lowest, highest
