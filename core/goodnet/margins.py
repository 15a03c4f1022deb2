"""By how much the bad model is surer of its answer than the repaired one: what rules go by."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..metrics import FloatArray, IntArray

MarginArray = npt.NDArray[np.float64]

#: Margin of an image on which the models agree: below that of any disagreement.
AGREEMENT = -1.0


def of_disagreements(bad: FloatArray, good: FloatArray) -> MarginArray:
    """``p_bad[b] - p_good[b]``, b the bad model's answer; `AGREEMENT` where both answer b.

    Args:
        bad: ``(n, n_classes)``, probabilities of the model as it came.
        good: The same of the repaired model.

    Returns:
        ``(n,)``, in [-1, 1].
    """
    answers = bad.argmax(axis=1)
    rows = np.arange(len(answers))
    margins = np.asarray((bad - good)[rows, answers], np.float64)
    return np.where(answers == good.argmax(axis=1), AGREEMENT, margins)


def at_targets(margins: MarginArray, answers: IntArray, targets: Sequence[int]) -> MarginArray:
    """The margins of images that the bad model puts in a target; `AGREEMENT` for all others."""
    return np.where(np.isin(answers, targets), margins, AGREEMENT)
