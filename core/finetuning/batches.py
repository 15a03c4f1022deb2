"""The tune images, a batch at a time, in a new order and augmented."""

import math
from collections.abc import Iterator

import numpy as np

from .. import augmentation
from ..catalogue import TrainingParams
from ..metrics import FloatArray, IntArray
from .values import Validation


def steps_per_epoch(params: TrainingParams, n_images: int) -> int:
    """Batches that one pass over the images takes."""
    return math.ceil(n_images / params.batch_size)


def batches(
    validation: Validation, params: TrainingParams, rng: np.random.Generator
) -> Iterator[tuple[FloatArray, IntArray]]:
    """One pass over the tune images in a new order, augmented: ``(images, labels)`` a step."""
    tune = validation.tune
    order = rng.permutation(len(tune))
    for start in range(0, len(tune), params.batch_size):
        chosen = order[start : start + params.batch_size]
        images = validation.preprocessing.apply(tune.at(chosen))
        yield augmentation.augment(images, rng, params=params), tune.labels[chosen]
