"""Triggers of one kind, one for each of some classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics import FloatArray, IntArray
from ..results import TriggerKind
from .ranges import PixelRange


@dataclass(frozen=True, kw_only=True, eq=False)
class Triggers:
    """Triggers of one kind, one for each of some classes, in the order of `labels`."""

    kind: TriggerKind
    #: ``(n_triggers,)``.
    labels: IntArray
    #: ``(n_triggers, height, width, 1)`` in [0, 1]; ``None`` where the pattern is added.
    masks: FloatArray | None
    #: ``(n_triggers, height, width, channels)``: pixels as the model takes them, or what is
    #: added to such.
    patterns: FloatArray
    pixels: PixelRange

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def sizes(self) -> FloatArray:
        """``(n_triggers,)``: how large they are.

        Of patches the sum of the mask, in pixels; of additive triggers the L2 norm with pixels
        from 0 to 1.
        """
        if self.masks is not None:
            return np.asarray(self.masks.sum(axis=(1, 2, 3)), np.float32)
        scaled = self.patterns / self.pixels.width
        return np.asarray(np.sqrt((scaled**2).sum(axis=(1, 2, 3))), np.float32)

    def stamped(
        self,
        images: FloatArray,
        index: int,
        *,
        strength: float = 1.0,
        shift: tuple[int, int] = (0, 0),
    ) -> FloatArray:
        """Copies of the images with one of the triggers.

        Args:
            images: ``(n, height, width, channels)``, as the model takes them; stay as they are.
            index: Place of the trigger in `labels`.
            strength: Its mask, or what is added, is multiplied with this.
            shift: Moves the trigger down and right by so many pixels; what leaves the image is
                lost.
        """
        pattern = _shifted(self.patterns[index], shift)
        if self.masks is None:
            added = images + np.float32(strength) * pattern
            return np.asarray(np.clip(added, self.pixels.low, self.pixels.high))
        mask = np.float32(strength) * _shifted(self.masks[index], shift)
        return np.asarray(images + mask * (pattern - images))

    def only(self, labels: Sequence[int]) -> "Triggers":
        """Those of some of the classes, in that order; each must be among them."""
        places = [int(np.flatnonzero(self.labels == label)[0]) for label in labels]
        return Triggers(
            kind=self.kind,
            labels=self.labels[places],
            masks=None if self.masks is None else self.masks[places],
            patterns=self.patterns[places],
            pixels=self.pixels,
        )


def _shifted(image: FloatArray, shift: tuple[int, int]) -> FloatArray:
    """The image moved, with zeros where nothing came in."""
    if shift == (0, 0):
        return image
    moved = np.zeros_like(image)
    (top, bottom), (left, right) = (
        (max(by, 0), length + min(by, 0)) for by, length in zip(shift, image.shape, strict=False)
    )
    down, across = shift
    moved[top:bottom, left:right] = image[
        top - down : bottom - down, left - across : right - across
    ]
    return moved
