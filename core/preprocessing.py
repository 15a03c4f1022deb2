"""How stored pixels, 0 to 255, become what a model was trained on."""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import errors


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """Subtract a mean and divide by a scale, in float32."""

    name: str
    #: One number for all channels, or one a channel, in the order after reversing.
    mean: tuple[float, ...]
    #: As `mean`; never 0.
    std: tuple[float, ...]
    #: Whether red, green, blue become blue, green, red first.
    reverse_channels: bool = False

    def apply(self, images: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Images as the model takes them.

        Args:
            images: ``(…, height, width, channels)``, any integer or float type.

        Returns:
            float32 of the same shape; a new array unless nothing had to change.

        Raises:
            WrongImageShape: It is made for another number of channels.
        """
        if not self.fits(images.shape):
            raise self._misfit(images.shape[-1])
        ordered = images[..., ::-1] if self.reverse_channels else images
        pixels: npt.NDArray[np.float32] = ordered.astype(np.float32, copy=False)
        # Steps that would change nothing are left out: "/255" stays one plain division.
        if any(self.mean):
            pixels = pixels - np.array(self.mean, np.float32)
        if any(part != 1 for part in self.std):
            pixels = np.divide(pixels, np.array(self.std, np.float32))
        return pixels

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether images of that shape, channels last, can go through it."""
        return self._n_channels in (1, shape[-1])

    @property
    def _n_channels(self) -> int:
        return max(len(self.mean), len(self.std))

    def _misfit(self, received: int) -> errors.WrongImageShape:
        return errors.WrongImageShape(
            f"preprocessing {self.name!r} is for images of {self._n_channels} channels, "
            f"and these have {received}; choose another preprocessing",
            field="preprocessing", expected=self._n_channels, received=received,
        )  # fmt: skip


PREPROCESSINGS: Mapping[str, Preprocessing] = types.MappingProxyType(
    {
        preprocessing.name: preprocessing
        for preprocessing in (
            Preprocessing(name="none", mean=(0.0,), std=(1.0,)),
            Preprocessing(name="/255", mean=(0.0,), std=(255.0,)),
            Preprocessing(name="[-1,1]", mean=(127.5,), std=(127.5,)),
            # Means of the ImageNet training images. Caffe's models (VGG, the first ResNet) take
            # blue first and no division; https://github.com/BVLC/caffe, models/bvlc_reference.
            Preprocessing(
                name="imagenet-caffe",
                mean=(103.939, 116.779, 123.68),
                std=(1.0, 1.0, 1.0),
                reverse_channels=True,
            ),
            # torchvision's models: (0.485, 0.456, 0.406) and (0.229, 0.224, 0.225), times 255.
            Preprocessing(
                name="imagenet-torch",
                mean=(123.675, 116.28, 103.53),
                std=(58.395, 57.12, 57.375),
            ),
        )
    }
)


def named(name: str) -> Preprocessing:
    """The preprocessing of that name.

    Raises:
        InvalidParams: There is none of that name.
    """
    if name not in PREPROCESSINGS:
        raise errors.InvalidParams(
            f"there is no preprocessing {name!r}; there are {', '.join(PREPROCESSINGS)}",
            field="preprocessing", received=name, expected=list(PREPROCESSINGS),
        )  # fmt: skip
    return PREPROCESSINGS[name]
