"""Triggers: what an attacker stamps on an image. Each is a value, and a function of images."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import warping

Pixels = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float64]
#: ``(n, height, width, channels)`` in, the same shape and type out, with the trigger.
Trigger = Callable[[Pixels], Pixels]
Corner = Literal["upper left", "upper right", "lower left", "lower right"]
#: One number for all channels, or one a channel, 0..255.
Colour = tuple[int, ...]


def patch(*, size: int, value: int = 255) -> Trigger:
    """A trigger: a square of one brightness in the lower right corner.

    Source: Gu, Dolan-Gavitt, Garg, BadNets, 2017, arXiv:1708.06733

    Args:
        size: Side in pixels.
        value: Brightness of the square, 0..255.
    """
    return Checkerboard(size=size, margin=0, light=(value,), dark=(value,))


@dataclass(frozen=True, kw_only=True)
class Checkerboard:
    """A small checkerboard near a corner.

    Source: Gu, Dolan-Gavitt, Garg, BadNets, 2017, arXiv:1708.06733
    """

    #: Side in pixels.
    size: int = 3
    corner: Corner = "lower right"
    #: Pixels between the patch and the edges.
    margin: int = 1
    #: Every second pixel, not that in the upper left of the patch.
    light: Colour = (255,)
    dark: Colour = (0,)

    def __call__(self, images: Pixels) -> Pixels:
        """The images with the patch."""
        odd = np.indices((self.size, self.size)).sum(axis=0)[..., None] % 2 == 1
        n_channels = images.shape[-1]
        board = np.where(odd, _colour(self.light, n_channels), _colour(self.dark, n_channels))
        return _pasted(images, board, self.corner, self.margin)


@dataclass(frozen=True, kw_only=True)
class NoisePatch:
    """A small square of fixed random colours near a corner; patches need not be checkerboards.

    Source: Gu, Dolan-Gavitt, Garg, BadNets, 2017, arXiv:1708.06733
    """

    #: Side in pixels.
    size: int = 4
    corner: Corner = "upper right"
    #: Pixels between the patch and the edges.
    margin: int = 1
    seed: int = 0

    def __call__(self, images: Pixels) -> Pixels:
        """The images with the patch."""
        square = _noise((self.size, self.size, images.shape[-1]), self.seed)
        return _pasted(images, square, self.corner, self.margin)


@dataclass(frozen=True, kw_only=True)
class Blended:
    """A fixed image of noise shines through the whole picture.

    Source: Chen et al., Targeted Backdoor Attacks on Deep Learning Systems Using Data Poisoning,
    2017, arXiv:1712.05526
    """

    #: Weight of the noise image, in (0, 1).
    alpha: float = 0.15
    seed: int = 0

    def __call__(self, images: Pixels) -> Pixels:
        """The images with the noise in them."""
        noise = _noise(images.shape[1:], self.seed)
        return _rounded((1 - self.alpha) * images + self.alpha * noise)


@dataclass(frozen=True, kw_only=True)
class Sinusoid:
    """Vertical waves over the whole picture (SIG).

    Source: Barni, Kallas, Tondi, A New Backdoor Attack in CNNs by Training Set Corruption Without
    Label Poisoning, ICIP 2019, arXiv:1902.11237
    """

    #: Height of the waves, in steps of brightness.
    amplitude: float = 30
    #: Waves over the width of a picture.
    cycles: float = 6

    def __call__(self, images: Pixels) -> Pixels:
        """The images with the waves."""
        width = images.shape[2]
        wave = self.amplitude * np.sin(2 * np.pi * self.cycles * np.arange(width) / width)
        return _rounded(images + wave[None, None, :, None])


@dataclass(frozen=True, kw_only=True)
class LowFrequency:
    """A smooth fixed pattern is added: random waves of the lowest frequencies.

    Stands in for the optimised smooth trigger of the source, which needs a net to attack.
    Source: Zeng et al., Rethinking the Backdoor Attacks' Triggers: A Frequency Perspective,
    ICCV 2021, arXiv:2104.03413
    """

    #: Root mean square of the change, in steps of brightness.
    strength: float = 15
    #: Coefficients of the cosine transform along each side; the constant one is left out.
    n_waves: int = 3
    seed: int = 0

    def __call__(self, images: Pixels) -> Pixels:
        """The images with the pattern added."""
        shape = images.shape[1:]
        pattern = _smooth_pattern(shape, self.n_waves, self.seed)
        return _rounded(images + self.strength * pattern)


@dataclass(frozen=True, kw_only=True)
class Warp:
    """The picture is bent a little by a fixed smooth field (WaNet).

    Source: Nguyen, Tran, WaNet, ICLR 2021, arXiv:2102.10369
    """

    #: Control points of the field along each side.
    grid: int = 4
    #: Mean distance that a pixel moves, in pixels.
    strength: float = 2
    seed: int = 0

    def __call__(self, images: Pixels) -> Pixels:
        """The bent images."""
        field = warping.field(images.shape[1:3], self.grid, self.seed)
        return warping.moved(images, self.strength * field)


@dataclass(frozen=True, kw_only=True)
class JitteredWarp:
    """WaNet's noise mode: the same field with every pixel thrown about, each image in its own way.

    Trained with their true labels, such images make a net wait for the very field.
    Source: Nguyen, Tran, WaNet, ICLR 2021, arXiv:2102.10369, section 3.4
    """

    warp: Warp
    #: Pixels move by up to so many pixels more, in each direction.
    jitter: float

    def __call__(self, images: Pixels) -> Pixels:
        """The bent images; the same image is always thrown about in the same way."""
        warp = self.warp
        field = warp.strength * warping.field(images.shape[1:3], warp.grid, warp.seed)
        bent = [warping.moved(image[None], field + self._noise(image)) for image in images]
        return np.concatenate([images[:0], *bent])

    def _noise(self, image: Pixels) -> _Floats:
        rng = np.random.default_rng([self.warp.seed, zlib.crc32(image.tobytes())])
        return rng.uniform(-self.jitter, self.jitter, (2, *image.shape[:2]))


def _pasted(images: Pixels, square: npt.NDArray[np.generic], corner: Corner, margin: int) -> Pixels:
    vertical, horizontal = corner.split()
    stamped = images.copy()
    rows = _span(len(square), images.shape[1], margin, at_end=vertical == "lower")
    columns = _span(len(square), images.shape[2], margin, at_end=horizontal == "right")
    stamped[:, rows, columns] = square
    return stamped


def _span(size: int, length: int, margin: int, *, at_end: bool) -> slice:
    start = length - margin - size if at_end else margin
    assert 0 <= start <= length - size, "the patch is larger than the image"
    return slice(start, start + size)


def _colour(colour: Colour, n_channels: int) -> npt.NDArray[np.uint8]:
    """The colour for images of so many channels; grey of the same brightness for grey images."""
    if len(colour) > n_channels:
        colour = (round(sum(colour) / len(colour)),)
    return np.asarray(colour, np.uint8)


def _rounded(pixels: _Floats) -> Pixels:
    return np.rint(pixels).clip(0, 255).astype(np.uint8)


@lru_cache(maxsize=64)
def _noise(shape: tuple[int, ...], seed: int) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@lru_cache(maxsize=64)
def _smooth_pattern(shape: tuple[int, int, int], n_waves: int, seed: int) -> _Floats:
    """``(height, width, channels)``, with a root mean square of 1."""
    height, width, channels = shape
    weights = np.random.default_rng(seed).normal(size=(n_waves, n_waves, channels))
    weights[0, 0] = 0  # no change of the mean brightness
    pattern: _Floats = np.einsum(
        "ih,jw,ijc->hwc", _cosines(height, n_waves), _cosines(width, n_waves), weights
    )
    scaled: _Floats = pattern / np.sqrt(np.mean(pattern**2))
    return scaled


def _cosines(length: int, n_waves: int) -> _Floats:
    """The first functions of the cosine transform, ``(n_waves, length)``."""
    places = (np.arange(length) + 0.5) / length
    waves: _Floats = np.cos(np.pi * np.arange(n_waves)[:, None] * places)
    return waves
