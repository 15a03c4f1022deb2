"""What only the student of a distillation sees: images with foreign pieces in them.

None of it may look like a trigger that the benchmark repairs, or the benchmark would measure how
well the two agree (docs/benchmark.md shows what that is worth). So the pieces are other clean
images; `checkerboards` is there to be measured, not to be used.
"""

import types
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from .metrics import FloatArray

Family = Literal["images", "with-checkerboards", "none"]

#: Chance of an image to get a piece of another one, and of being blended with another one.
_PATCHED, _BLENDED = 0.5, 0.3
#: Sides of a piece, as a share of those of the image.
_SIDES = (0.06, 0.25)
#: Largest weight of the image that is blended in.
_HEAVIEST = 0.15


def corrupted(
    images: FloatArray, others: FloatArray, rng: np.random.Generator, *, family: Family
) -> FloatArray:
    """The images, some of them with foreign pieces; they stay as they are.

    Args:
        images: ``(n, height, width, channels)``.
        others: ``(m, height, width, channels)`` clean images, where the pieces come from.
        rng: Where the chance comes from.
        family: Which pieces there are.

    Returns:
        The shape of ``images``.
    """
    changed = images.copy()
    for change in _CHANGES[family]:
        change(changed, others, rng)
    return changed


def _blend(images: FloatArray, others: FloatArray, rng: np.random.Generator) -> None:
    """Add a faint other image to some of the images."""
    chosen = np.flatnonzero(rng.random(len(images)) < _BLENDED)
    weights = rng.uniform(0, _HEAVIEST, (len(chosen), 1, 1, 1)).astype(np.float32)
    added = others[rng.integers(len(others), size=len(chosen))]
    images[chosen] += weights * (added - images[chosen])


def _patch(images: FloatArray, others: FloatArray, rng: np.random.Generator) -> None:
    """Put a piece of another image on some of the images, anywhere."""
    for place in np.flatnonzero(rng.random(len(images)) < _PATCHED):
        size = _sides(images, rng)
        there, here = _window(images, size, rng), _window(images, size, rng)
        images[place][here] = others[rng.integers(len(others))][there]


def _checkerboard(images: FloatArray, others: FloatArray, rng: np.random.Generator) -> None:
    """Put a checkerboard of two colours on some of the images, anywhere."""
    low, high = others.min(axis=(0, 1, 2)), others.max(axis=(0, 1, 2))
    for place in np.flatnonzero(rng.random(len(images)) < _PATCHED):
        size = _sides(images, rng)
        is_second = (np.indices(size).sum(axis=0) // rng.integers(1, 3)) % 2 == 1
        first, second = rng.uniform(low, high), rng.uniform(low, high)
        images[place][_window(images, size, rng)] = np.where(is_second[..., None], second, first)


def _sides(images: FloatArray, rng: np.random.Generator) -> tuple[int, int]:
    sides = [max(2, round(rng.uniform(*_SIDES) * length)) for length in images.shape[1:3]]
    return sides[0], sides[1]


def _window(
    images: FloatArray, size: tuple[int, int], rng: np.random.Generator
) -> tuple[slice, slice]:
    """Where a piece of some size lies; nowhere over the edge."""
    top, left = (
        int(rng.integers(0, length - side + 1))
        for length, side in zip(images.shape[1:3], size, strict=True)
    )
    return slice(top, top + size[0]), slice(left, left + size[1])


_Change = Callable[[FloatArray, FloatArray, np.random.Generator], None]
_CHANGES: Mapping[Family, tuple[_Change, ...]] = types.MappingProxyType(
    {
        "images": (_blend, _patch),
        "with-checkerboards": (_blend, _patch, _checkerboard),
        "none": (),
    }
)
