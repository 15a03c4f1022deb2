"""A few pictures of each test set, with what each model answers; for the report."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from . import data
from .metrics import IntArray, Predictions, TestSets
from .report import Sample

_PER_SET = 8


def samples(
    tests: TestSets, before: Predictions, after: Predictions, flagged: Predictions
) -> tuple[Sample, ...]:
    """Up to eight pictures of each set, evenly spaced through it; nobody picked them.

    Args:
        tests: The images.
        before: Labels by the model as it came.
        after: Labels by the repaired model.
        flagged: Labels 0..N by the N+1 model.
    """
    found: list[Sample] = []
    if tests.clean and before.clean is not None:
        assert after.clean is not None and flagged.clean is not None
        labels = (before.clean, after.clean, flagged.clean)
        found += _of_set("clean test", tests.clean, tests.clean.labels, labels)
    for number, item in enumerate(tests.poisoned):
        labels = (before.poisoned[number], after.poisoned[number], flagged.poisoned[number])
        found += _of_set(item.name, item.images, item.true_labels, labels)
    return tuple(found)


def _of_set(
    name: str,
    images: data.LabelledImages,
    truth: IntArray | None,
    labels: tuple[IntArray, IntArray, IntArray],
) -> Iterator[Sample]:
    chosen = images.evenly_spaced(_PER_SET)
    pictures = _displayable(images.at(chosen))
    for index, picture in zip(chosen, pictures, strict=True):
        yield Sample(
            set_name=name,
            image=picture,
            label=None if truth is None else int(truth[index]),
            before=int(labels[0][index]),
            after=int(labels[1][index]),
            goodnet=int(labels[2][index]),
        )


def _displayable(pictures: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    if pictures.dtype == np.uint8:
        return pictures  # type: ignore[return-value]
    values = pictures.astype(np.float64)
    low, high = values.min(), values.max()
    stretched = (values - low) * (255 / max(high - low, 1e-12))
    return np.asarray(np.round(stretched), np.uint8)
