"""The clean images of a repair, split as netmend splits them."""

import numpy as np
import numpy.typing as npt

from core import data, methods, preprocessing


def validation(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.int64],
    *,
    seed: int,
    unlabelled: npt.NDArray[np.uint8] | None = None,
) -> methods.Validation:
    """Four fifths of the images to tune on, the rest to select on.

    Args:
        images: ``(n, height, width, channels)``.
        labels: ``(n,)``.
        seed: Of the repair.
        unlabelled: Further images, of which nobody says what they show.
    """
    known = data.from_arrays(images, labels, name="clean_validation")
    split = data.split(known.labels, seed=seed)
    return methods.Validation(
        tune=known.only(split.tune),
        select=known.only(split.select),
        preprocessing=preprocessing.named("/255"),
        unlabelled=None if unlabelled is None else _unlabelled(unlabelled),
    )


def _unlabelled(images: npt.NDArray[np.uint8]) -> data.LabelledImages:
    labels = np.zeros(len(images), np.int64)
    return data.from_arrays(images, labels, name="unlabelled").without_labels()
