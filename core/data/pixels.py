"""What pixel values may be, and the smallest type that holds them all."""

import numpy as np
import numpy.typing as npt

from .. import errors
from .images import ImageArray


def refuse_not_finite(images: ImageArray, *, first: int, name: str) -> None:
    """Raise where a pixel is NaN or infinite.

    Args:
        images: ``(n, …)``, any integer or float type.
        first: Index of the first of them in the set, for the message.
        name: What to call the set in the message.

    Raises:
        InvalidDataset: A pixel is NaN or infinite.
    """
    if images.dtype.kind != "f":
        return
    # One sum tells almost always, at the speed of memory; very large numbers may overflow it.
    wide = np.promote_types(images.dtype, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(images.sum(dtype=wide)):
            return
    finite = np.isfinite(images).all(axis=tuple(range(1, images.ndim)))
    if not finite.all():
        index = first + int(np.argmin(finite))
        raise errors.InvalidDataset(
            f"{name}: image {index} has a pixel that is NaN or infinite; "
            "pixels must be finite numbers",
            place=f"image {index}", expected="finite numbers", received="NaN or infinite",
        )  # fmt: skip


def as_bytes(images: ImageArray) -> npt.NDArray[np.uint8] | None:
    """The same images as uint8, or ``None`` where a value is not a whole number in 0..255."""
    if images.dtype == np.uint8:
        return images
    with np.errstate(invalid="ignore"):
        small = images.astype(np.uint8)
    return small if bool((small == images).all()) else None


def as_floats(images: ImageArray, *, first: int, name: str) -> npt.NDArray[np.float32]:
    """The same images as float32, to its precision.

    Raises:
        InvalidDataset: A pixel is NaN, infinite, or too large for float32.
    """
    with np.errstate(over="ignore"):
        floats = images.astype(np.float32)
    refuse_not_finite(floats, first=first, name=name)
    return floats


def contiguous(images: ImageArray) -> ImageArray:
    """The same images, channels last in memory too."""
    if images.flags.c_contiguous:
        return images
    packed = np.empty(images.shape, images.dtype)
    # Channel by channel: three times as fast as letting numpy walk runs of three pixels.
    for channel in range(images.shape[-1]):
        packed[..., channel] = images[..., channel]
    return packed
