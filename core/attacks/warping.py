"""Smooth fields of movement, and images that are moved along them."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage

_Floats = npt.NDArray[np.float64]


@lru_cache(maxsize=64)
def field(shape: tuple[int, int], grid: int, seed: int) -> _Floats:
    """Where each pixel goes: random at the points of a coarse grid, smooth between them.

    Args:
        shape: Height and width of the images.
        grid: Points along each side.
        seed: The same seed gives the same field.

    Returns:
        ``(2, height, width)``, down and right; the mean movement is one pixel.
    """
    points = np.random.default_rng(seed).uniform(-1, 1, (2, grid, grid))
    places = np.meshgrid(*(np.linspace(0, grid - 1, side) for side in shape), indexing="ij")
    smooth = np.stack([ndimage.map_coordinates(part, places, mode="nearest") for part in points])
    scaled: _Floats = smooth / np.hypot(*smooth).mean()
    return scaled


def moved(images: npt.NDArray[np.uint8], movement: _Floats) -> npt.NDArray[np.uint8]:
    """Images whose pixels come from elsewhere, interpolated linearly; edges go on outside.

    Args:
        images: ``(n, height, width, channels)``.
        movement: ``(2, height, width)``, in pixels, from where a pixel is taken.
    """
    height, width = images.shape[1:3]
    rows, columns = np.indices((height, width)) + movement
    rows, columns = rows.clip(0, height - 1), columns.clip(0, width - 1)
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    bottom, beside = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    upper = images[:, top, left] * (1 - right) + images[:, top, beside] * right
    lower = images[:, bottom, left] * (1 - right) + images[:, bottom, beside] * right
    mixed: npt.NDArray[np.uint8] = np.rint(upper * (1 - down) + lower * down).astype(np.uint8)
    return mixed
