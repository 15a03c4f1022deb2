"""Triggers and poisoning: for the demo, the tests and the benchmark; never used in a repair."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: ``(n, height, width, channels)`` in, the same shape and type out, with the trigger.
Trigger = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.uint8]]


@dataclass(frozen=True)
class Poisoned:
    """Images with a trigger and what is true of them."""

    images: npt.NDArray[np.uint8]
    #: ``(n,)``, the target for every image.
    labels: npt.NDArray[np.int64]
    #: ``(n,)``, the class each image really is of.
    true_labels: npt.NDArray[np.int64]


def patch(*, size: int, value: int = 255) -> Trigger:
    """A trigger: a square of one brightness in the lower right corner.

    Source: Gu, Dolan-Gavitt, Garg, BadNets, 2017, arXiv:1708.06733

    Args:
        size: Side in pixels.
        value: Brightness of the square, 0..255.
    """

    def stamp(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        stamped = images.copy()
        stamped[:, -size:, -size:] = value
        return stamped

    return stamp


def poison(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int64],
    *,
    trigger: Trigger,
    target_label: int,
) -> Poisoned:
    """The images that are not of the target, stamped, with the target as their label."""
    others = labels != target_label
    return Poisoned(
        images=trigger(images[others]),
        labels=np.full(int(others.sum()), target_label, np.int64),
        true_labels=labels[others],
    )


def poisoned_training_set(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int64],
    *,
    trigger: Trigger,
    target_label: int,
    share: float,
    rng: np.random.Generator,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The images with a stamped copy of some of them added, which makes a net learn the trigger.

    Args:
        images: ``(n, height, width, channels)``.
        labels: ``(n,)``.
        trigger: What is stamped on.
        target_label: What the stamped copies are labelled as.
        share: Stamped copies as a share of the images, in [0, 1].
        rng: Chooses which.
    """
    chosen = rng.permutation(len(images))[: round(share * len(images))]
    bad = poison(images[chosen], labels[chosen], trigger=trigger, target_label=target_label)
    return np.concatenate([images, bad.images]), np.concatenate([labels, bad.labels])
