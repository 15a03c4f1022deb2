"""What a file of images holds, before its labels are checked."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import errors
from .images import Source

TRUE_LABELS = "true_label"

#: Names of the images and of their labels, in the order in which they are looked for.
_KEYS = (("data", "label"), ("images", "labels"), ("x", "y"))

#: No file may unpack to more than this.
MAX_UNPACKED_BYTES = 64 * 2**30
#: Pictures do not shrink to less than a two-hundredth; what does is a bomb …
_MAX_RATIO = 200
#: … unless it is small, such as a million labels that are all 0.
_FREE_BYTES = 64 * 2**20


@dataclass(frozen=True, kw_only=True, eq=False)
class Contents:
    """Images, and labels as they are stored."""

    source: Source
    #: What the labels are called in the file.
    label_key: str
    #: ``None`` where they were not asked for.
    labels: npt.NDArray[Any] | None
    true_labels: npt.NDArray[Any] | None = None
    class_names: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Keys:
    """What the arrays of a file are called."""

    images: str
    labels: str | None
    true_labels: str | None


def find_keys(present: Collection[str], *, labelled: bool, name: str) -> Keys:
    """Which arrays of a file are its images and labels.

    Args:
        present: Names of all arrays.
        labelled: Whether labels are needed; otherwise they are left alone.
        name: What to call the set in messages.

    Raises:
        NotADataset: The names that are looked for are not there.
    """
    for images, labels in _KEYS:
        if images in present and not labelled:
            return Keys(images, None, None)
        if images in present and labels in present:
            return Keys(images, labels, TRUE_LABELS if TRUE_LABELS in present else None)
    wanted = "'data' and 'label'" if labelled else "'data'"
    listed = ", ".join(repr(key) for key in sorted(present)[:8]) or "nothing"
    raise errors.NotADataset(
        f"{name}: a data set must hold {wanted}; this file holds {listed}",
        expected=["data", "label"] if labelled else ["data"], received=sorted(present)[:8],
    )  # fmt: skip


def refuse_bomb(*, unpacked_bytes: int, stored_bytes: int, what: str) -> None:
    """Raise where an array declares far more than the file can hold.

    Raises:
        TooLarge: It unpacks to more than is allowed, or from almost nothing.
    """
    if unpacked_bytes > MAX_UNPACKED_BYTES:
        raise errors.TooLarge(
            f"{what} unpacks to {unpacked_bytes / 2**30:.0f} GiB; "
            f"the limit is {MAX_UNPACKED_BYTES / 2**30:.0f} GiB",
            expected=MAX_UNPACKED_BYTES, received=unpacked_bytes,
        )  # fmt: skip
    if unpacked_bytes > max(_FREE_BYTES, _MAX_RATIO * stored_bytes):
        raise errors.TooLarge(
            f"{what} unpacks from {stored_bytes} to {unpacked_bytes} bytes; "
            f"more than {_MAX_RATIO} times its size is taken for a decompression bomb",
            expected=_MAX_RATIO * stored_bytes, received=unpacked_bytes,
        )  # fmt: skip


def refuse_dtype(dtype: np.dtype[Any], *, what: str) -> None:
    """Raise where an array is not of plain integers or floats.

    Raises:
        UnsafeFile: It holds pickled objects.
        InvalidDataset: It holds text, complex numbers, records, ….
    """
    if dtype.hasobject:
        raise errors.UnsafeFile(
            f"{what} holds Python objects, which are never unpacked; store plain numbers",
            expected="integers or floats", received=str(dtype),
        )  # fmt: skip
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise errors.InvalidDataset(
            f"{what} must hold integers or floats of at most 64 bits, not {dtype}",
            expected="integers or floats", received=str(dtype),
        )  # fmt: skip


def n_bytes(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    """Size of an array in memory, in whole numbers that cannot overflow."""
    size = dtype.itemsize
    for length in shape:
        size *= length
    return size
