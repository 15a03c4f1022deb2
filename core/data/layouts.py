"""Which axis of an array holds the channels."""

from typing import Literal

from .. import errors
from .images import ImageArray

#: What a caller may declare; ``auto`` takes the shorter of the two axes for the channels.
Layout = Literal["auto", "NCHW", "NHWC"]

LAYOUTS: tuple[Layout, ...] = ("auto", "NCHW", "NHWC")


def found(shape: tuple[int, ...], declared: Layout, *, name: str) -> str:
    """The layout of an array: ``NCHW``, ``NHWC``, or ``NHW`` for grayscale without channel axis.

    Args:
        shape: Of the whole array, as stored.
        declared: What the caller says.
        name: What to call the set in messages.

    Raises:
        InvalidDataset: The array is not a stack of images, or could be read either way.
        InvalidParams: There is no such layout.
    """
    if declared not in LAYOUTS:
        raise errors.InvalidParams(
            f"there is no layout {declared!r}; there are {', '.join(LAYOUTS)}",
            field="layout", received=declared, expected=list(LAYOUTS),
        )  # fmt: skip
    if len(shape) == 3:
        return "NHW"
    if len(shape) != 4:
        raise _not_images(shape, name)
    return declared if declared != "auto" else _by_shorter_axis(shape, name)


def image_shape(shape: tuple[int, ...], layout: str) -> tuple[int, int, int, int]:
    """``(n_images, height, width, channels)`` of an array stored in a layout."""
    if layout == "NHW":
        return (shape[0], shape[1], shape[2], 1)
    n, *rest = shape
    height, width, channels = (rest[1], rest[2], rest[0]) if layout == "NCHW" else rest
    return (n, height, width, channels)


def channels_last(images: ImageArray, layout: str) -> ImageArray:
    """The same pixels as ``(n_images, height, width, channels)``; a view, nothing is copied."""
    if layout == "NHW":
        return images[..., None]
    return images.transpose(0, 2, 3, 1) if layout == "NCHW" else images


def _by_shorter_axis(shape: tuple[int, ...], name: str) -> str:
    if shape[1] == shape[3]:
        raise errors.InvalidDataset(
            f"{name}: images of shape {shape[1:]} could be channels first or channels last; "
            "say which, layout NCHW or NHWC",
            field="layout", received=list(shape), expected=["NCHW", "NHWC"],
        )  # fmt: skip
    return "NCHW" if shape[1] < shape[3] else "NHWC"


def _not_images(shape: tuple[int, ...], name: str) -> errors.InvalidDataset:
    return errors.InvalidDataset(
        f"{name}: images must be an array of 4 axes, (n, channels, height, width) or "
        f"(n, height, width, channels), or of 3 for grayscale, not of shape {shape}",
        expected="3 or 4 axes", received=list(shape),
    )  # fmt: skip
