"""Small changes of clean images that keep their class: mirror, shift, noise."""

import numpy as np

from .catalogue import TrainingParams
from .metrics import FloatArray

#: Largest change of the contrast, and of the brightness as a share of the range of the images.
_CONTRAST, _BRIGHTNESS = 0.3, 0.15


def augment(images: FloatArray, rng: np.random.Generator, *, params: TrainingParams) -> FloatArray:
    """The images, each changed by a chance of its own.

    Args:
        images: ``(n, height, width, channels)``, as the model takes them; stays as it is.
        rng: Where the chance comes from.
        params: ``flip``, ``shift`` in pixels, ``noise`` as a share of the range of the images.

    Returns:
        The same shape.
    """
    changed = _flipped(images, rng) if params.flip else images
    if params.shift:
        changed = _shifted(changed, rng, params.shift)
    if params.noise:
        changed = _with_noise(changed, rng, params.noise)
    return changed


def relit(images: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The images, each with another contrast and brightness.

    Args:
        images: ``(n, height, width, channels)``, as the model takes them; stays as it is.
        rng: Where the chance comes from.

    Returns:
        The same shape and range.
    """
    low, high = images.min(), images.max()
    contrast, brightness = (
        rng.uniform(-most, most, (len(images), 1, 1, 1)).astype(np.float32)
        for most in (_CONTRAST, _BRIGHTNESS)
    )
    mean = images.mean(axis=(1, 2, 3), keepdims=True)
    changed = mean + (1 + contrast) * (images - mean) + brightness * (high - low)
    return np.asarray(np.clip(changed, low, high), np.float32)


def _flipped(images: FloatArray, rng: np.random.Generator) -> FloatArray:
    mirrored = rng.random(len(images)) < 0.5
    return np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)


def _shifted(images: FloatArray, rng: np.random.Generator, pixels: int) -> FloatArray:
    n, height, width, _ = images.shape
    # The edge is repeated: a black border would be a pattern of its own.
    border = ((0, 0), (pixels, pixels), (pixels, pixels), (0, 0))
    padded = np.pad(images, border, mode="edge")
    top, left = rng.integers(0, 2 * pixels + 1, (2, n))
    rows = (top[:, None] + np.arange(height))[:, :, None]  # (n, height, 1)
    columns = (left[:, None] + np.arange(width))[:, None, :]  # (n, 1, width)
    return np.asarray(padded[np.arange(n)[:, None, None], rows, columns])


def _with_noise(images: FloatArray, rng: np.random.Generator, share: float) -> FloatArray:
    low, high = images.min(), images.max()
    noise = rng.standard_normal(images.shape, np.float32) * np.float32(share * (high - low))
    return np.clip(images + noise, low, high)
