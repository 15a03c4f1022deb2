"""Detection against false positives, over all thresholds of a score."""

import numpy as np

from .. import statistics
from ..metrics import IntArray
from ..results import RocCurve, RocPoint, ScoreName
from .margins import MarginArray

#: False-positive rates at which a curve is told: none, then 15 steps for each factor of ten.
_TOLD = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 61)])
_LOW = 0.01


def curve(name: str, score: ScoreName, poisoned: MarginArray, clean: MarginArray) -> RocCurve:
    """The ROC curve of one score on one poisoned set.

    Args:
        name: Of the poisoned set.
        score: What was scored.
        poisoned: ``(n_poisoned,)``, at least one: the larger, the sooner an image is flagged.
        clean: ``(n_clean,)``, at least one.

    Returns:
        Some 60 of its points at most. Scores that are equal are flagged together or not at all.
    """
    thresholds = np.flip(np.unique(np.concatenate([poisoned, clean])))
    detected, flagged = _share_above(thresholds, poisoned), _share_above(thresholds, clean)
    low = statistics.attack_rate(poisoned > thresholds[_last_within(flagged, _LOW)])
    assert low is not None
    return RocCurve(
        name=name,
        score=score,
        points=(
            *(
                RocPoint(
                    threshold=float(thresholds[index]),
                    false_positive_rate=float(flagged[index]),
                    detection_rate=float(detected[index]),
                )
                for index in _told(flagged)
            ),
            RocPoint(threshold=None, false_positive_rate=1.0, detection_rate=1.0),
        ),
        area=statistics.area_under_curve(poisoned, clean),
        detection_at_1_percent=low,
    )


def _share_above(thresholds: MarginArray, scores: MarginArray) -> MarginArray:
    below = np.searchsorted(np.sort(scores), thresholds, side="right")
    return 1 - below / len(scores)


def _told(flagged: MarginArray) -> IntArray:
    """Places of thresholds: the first, and the lowest within each rate that is told."""
    lowest = [_last_within(flagged, rate) for rate in _TOLD]
    return np.unique([0, *lowest])


def _last_within(flagged: MarginArray, rate: float) -> int:
    return int(np.searchsorted(flagged, rate + 1e-12, side="right")) - 1
