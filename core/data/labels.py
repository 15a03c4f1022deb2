"""Labels as they come in files: checked once, then plain int64."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .. import errors
from .images import LabelArray


def checked(stored: npt.NDArray[Any], *, n_images: int, key: str, name: str) -> LabelArray:
    """Labels as ``(n_images,)`` int64, 0 or more.

    Args:
        stored: ``(n,)`` or ``(n, 1)``; floats are fine as long as they are whole numbers.
        n_images: How many there must be.
        key: What the array is called in the file.
        name: What to call the set in messages.

    Raises:
        InvalidDataset: The shape or the number of the labels is wrong.
        LabelOutOfRange: A label is negative, fractional, NaN or absurdly large.
    """
    flat = _flat(stored, key=key, name=name)
    if len(flat) != n_images:
        raise errors.InvalidDataset(
            f"{name}: there are {n_images} images and {len(flat)} labels in {key!r}; "
            "there must be one label an image",
            place=key, expected=n_images, received=len(flat),
        )  # fmt: skip
    if flat.dtype.kind not in "iuf":
        raise errors.LabelOutOfRange(
            f"{name}: labels in {key!r} must be numbers, not {flat.dtype}",
            place=key, expected="integers", received=str(flat.dtype),
        )  # fmt: skip
    # NaN fails every comparison, so it is refused here too.
    good = (flat >= 0) & (flat < 2**31) & (np.floor(flat) == flat)
    if not good.all():
        raise _bad_label(flat, int(np.argmin(good)), key=key, name=name)
    return flat.astype(np.int64)


def _flat(stored: npt.NDArray[Any], *, key: str, name: str) -> npt.NDArray[Any]:
    if stored.ndim == 1:
        return stored
    if stored.ndim == 2 and stored.shape[1] == 1:
        return stored[:, 0]
    hint = "; one-hot labels: store their argmax over the last axis" if stored.ndim == 2 else ""
    raise errors.InvalidDataset(
        f"{name}: labels in {key!r} must be of shape (n,) or (n, 1), not {stored.shape}{hint}",
        place=key, expected="(n,) or (n, 1)", received=list(stored.shape),
    )  # fmt: skip


def _bad_label(
    flat: npt.NDArray[Any], index: int, *, key: str, name: str
) -> errors.LabelOutOfRange:
    return errors.LabelOutOfRange(
        f"{name}: label {flat[index]} of image {index} in {key!r} is not a class; "
        "labels must be whole numbers, 0 or more",
        place=f"{key}[{index}]", expected="a whole number, 0 or more", received=str(flat[index]),
    )  # fmt: skip
