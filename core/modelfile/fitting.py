"""Whether options fit the shape that a layer is called on; sizes leave out the batch axis."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .description import Shape

_Options = Mapping[str, Any]


def check_rescaling(options: _Options, shape: Shape) -> None:
    """Raises ValueError where scale and offset are not for numbers of this shape."""
    for name in ("scale", "offset"):
        _check_stretches(name, np.shape(options.get(name, 0.0)), (1, *shape))


def check_normalization(options: _Options, shape: Shape) -> None:
    """Raises ValueError where mean and variance are not for numbers of this shape."""
    kept = (shape[axis] for axis in kept_axes(options, len(shape)))
    if ("mean" in options) != ("variance" in options):
        raise ValueError("it has a mean or a variance alone; it needs both, or none")
    # They may be written with the axes along which they are the same.
    with_others = (1, 1, 1, 1, *kept)
    for name in ("mean", "variance"):
        _check_stretches(name, np.shape(options.get(name, 0.0)), with_others)
    if np.min(options.get("variance", 0.0)) < 0:
        raise ValueError("its variance is below 0")


def check_softmax(options: _Options, shape: Shape) -> None:
    """Raises ValueError where the shape lacks the axis."""
    positive_axis(options.get("axis", -1), len(shape))


def check_dropout(options: _Options, shape: Shape) -> None:
    """Raises ValueError where the noise is not for numbers of this shape."""
    noise = options.get("noise_shape") or ()
    if None in noise and len(noise) != len(shape) + 1:
        raise ValueError(f"its noise_shape {noise} does not name the batch and every axis")
    _check_stretches("noise_shape", tuple(size or 1 for size in noise), (1, *shape))


def kept_axes(options: _Options, rank: int) -> list[int]:
    """The axes along which a normalization has numbers of its own, in order."""
    axis = options.get("axis", -1)
    axes = (axis,) if isinstance(axis, int) else axis
    kept = sorted(positive_axis(item, rank) for item in axes)
    if len(set(kept)) < len(kept):
        raise ValueError(f"it names an axis twice: {axis}")
    return kept


def positive_axis(axis: Any, rank: int) -> int:
    """An axis of a tensor without its batch axis, from one that counts it, or from the end."""
    found = axis - 1 if axis > 0 else rank + axis
    if axis == 0 or not 0 <= found < rank:
        raise ValueError(f"it has no axis {axis}")
    return int(found)


def _check_stretches(name: str, own: Shape, shape: Shape) -> None:
    """Raises ValueError where one shape does not stretch to another, or stretches that."""
    pairs = zip(reversed(own), reversed(shape), strict=False)
    if len(own) > len(shape) or any(size not in (1, whole) for size, whole in pairs):
        raise ValueError(f"its {name} has the shape {own}")
