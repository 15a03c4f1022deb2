"""Which classes clean images of other classes fall into."""

import numpy as np

from ..metrics import FloatArray, IntArray
from . import scales


def attraction(answers: IntArray, labels: IntArray, n_classes: int) -> FloatArray:
    """How much more often each class is answered for images of others than chance has it.

    Args:
        answers: ``(n_images,)``, what the model says.
        labels: ``(n_images,)``, what is true.
        n_classes: Of the model.

    Returns:
        ``(n_classes,)``, in standard deviations of a normal distribution.
    """
    wrong = answers[answers != labels]
    counts = np.bincount(wrong, minlength=n_classes).astype(np.int64)
    # An image can be mistaken for any class but its own.
    chances = len(labels) - np.bincount(labels, minlength=n_classes)
    expected = len(wrong) * chances / max(int(chances.sum()), 1)
    return scales.surprise_of_counts(counts, expected.astype(np.float32))
