"""How far each class stands out from the others, on scales that can be compared and added up."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from ..metrics import FloatArray, IntArray

_Floats = npt.NDArray[np.floating[Any]]

#: Median absolute deviation to standard deviation, of a normal distribution.
_TO_DEVIATION = 1.4826
#: The deviation of n values found in this way is as good as the usual one of so many times n.
_EFFICIENCY = 0.37
#: No chance is so small that it could not be told as a number.
_SMALLEST_CHANCE = 1e-300
#: No threshold is as high.
_LARGEST_SCORE = 40.0


def robust_z(values: _Floats, *, narrowest: float = 0.0) -> FloatArray:
    """Distance of each value from the median, in robust standard deviations.

    Args:
        values: ``(n,)``.
        narrowest: What counts as a standard deviation where the values lie closer together.

    Source: Iglewicz and Hoaglin, "How to detect and handle outliers", 1993
    """
    distances = values - np.median(values)
    deviation = max(_TO_DEVIATION * float(np.median(np.abs(distances))), narrowest)
    return np.asarray(distances / deviation if deviation else np.zeros_like(distances), np.float32)


def surprise(values: _Floats) -> FloatArray:
    """How surprising each value is among its like, as a normal distribution would say it.

    Of few classes the deviation is known badly, and one far out is less of a surprise: the z-score
    is read from Student's distribution, of as many degrees of freedom as the estimate is worth.
    """
    z = robust_z(values)
    chance = stats.t.sf(np.abs(z), df=max(1.0, _EFFICIENCY * (len(values) - 1)))
    return np.asarray(np.sign(z) * _as_normal(chance), np.float32)


def surprise_of_counts(counts: IntArray, expected: _Floats) -> FloatArray:
    """How surprisingly many there are of each; 0 where chance explains it.

    As much as a Poisson distribution says, where counts are few; and no more than the counts of
    the other classes say, where they are many and vary more than chance has them.

    Args:
        counts: ``(n,)``.
        expected: ``(n,)``, the counts that chance alone would give.
    """
    by_chance = _as_normal(stats.poisson.sf(counts - 1, expected))
    vary = float(np.median(np.abs(counts - np.median(counts)))) > 0
    among_others = surprise((counts - expected) / np.sqrt(expected + 1)) if vary else by_chance
    return np.asarray(np.maximum(np.minimum(by_chance, among_others), 0), np.float32)


def combined(scores: _Floats) -> FloatArray:
    """One score of several pieces of evidence: what speaks for a class takes nothing away.

    Fisher's way of adding chances up, as far as the tail of a normal distribution goes like the
    square of the score.

    Args:
        scores: ``(n_kinds, n)``, each as a normal distribution would say it.

    Source: Fisher, "Statistical Methods for Research Workers", 1932, section 21.1
    """
    return np.asarray(np.sqrt((np.maximum(scores, 0) ** 2).sum(axis=0)), np.float32)


def threshold(n_kinds: int, n: int, *, chance: float) -> float:
    """The combined score that the largest of so many reaches by chance alone with that chance.

    As if the scores were normal and independent; each class is held to its part of the chance
    (Bonferroni), so that more classes do not make for more false alarms.

    Args:
        n_kinds: Kinds of evidence that are combined.
        n: Classes they are gathered on.
        chance: That any of them passes, in (0, 1).
    """

    def excess(score: float) -> float:
        # Each kind is above 0 for half of the classes: then its square is of a chi-square.
        weights = special.comb(n_kinds, np.arange(1, n_kinds + 1)) / 2**n_kinds
        tails = stats.chi2.sf(score**2, np.arange(1, n_kinds + 1))
        return float(weights @ tails - chance / n)

    return float(optimize.brentq(excess, 0.0, _LARGEST_SCORE))


def best(scores: _Floats, count: int) -> IntArray:
    """Indices of the largest scores above 0, the largest first; at most so many."""
    order = np.argsort(-scores, kind="stable")[:count]
    return np.asarray(order[scores[order] > 0], np.int64)


def _as_normal(chance: Any) -> FloatArray:
    return np.asarray(stats.norm.isf(np.clip(chance, _SMALLEST_CHANCE, 1)), np.float32)
