"""Intervals for shares of images, and the paired test of a change."""

import numpy as np
import numpy.typing as npt
from scipy import special

from .results import AreaUnderCurve, Excess, PairedChange, Rate

#: Two-sided 95 % point of the normal distribution.
_Z = 1.959963984540054


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """95 % score interval of a share.

    Args:
        successes: Number of images that count, in 0..n.
        n: Number of images, at least 1.

    Returns:
        (low, high) in [0, 1].

    Source: Wilson, JASA 22 (1927) 209-212.
    """
    assert 0 <= successes <= n > 0
    share, z2 = successes / n, _Z**2
    center = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * np.sqrt(share * (1 - share) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    return max(0.0, float(center - half)), min(1.0, float(center + half))


def clopper_pearson_interval(successes: int, n: int) -> tuple[float, float]:
    """95 % exact interval of a share; never too narrow, so it bounds an attack from above.

    Args:
        successes: Number of images that count, in 0..n.
        n: Number of images, at least 1.

    Returns:
        (low, high) in [0, 1].

    Source: Clopper, Pearson, Biometrika 26 (1934) 404-413.
    """
    assert 0 <= successes <= n > 0
    low = special.betaincinv(successes, n - successes + 1, 0.025) if successes else 0.0
    high = special.betaincinv(successes + 1, n - successes, 0.975) if successes < n else 1.0
    return float(low), float(high)


def largest_share(successes: int, n: int) -> float:
    """How large a share may be of which so many successes were seen: exact, with 95 % confidence.

    Unlike the interval it looks at this end alone.

    Args:
        successes: Number of images that count, in 0..n.
        n: Number of images, at least 1.
    """
    assert 0 <= successes <= n > 0
    return float(special.betaincinv(successes + 1, n - successes, 0.95)) if successes < n else 1.0


def accuracy_rate(hits: npt.NDArray[np.bool_]) -> Rate | None:
    """Share of true entries with its Wilson interval; ``None`` (not measured) for no entries."""
    if not len(hits):
        return None
    successes, n = int(hits.sum()), len(hits)
    return Rate(value=successes / n, n=n, ci95=wilson_interval(successes, n))


def attack_rate(hits: npt.NDArray[np.bool_]) -> Rate | None:
    """Share of true entries with its exact interval; ``None`` (not measured) for no entries."""
    if not len(hits):
        return None
    successes, n = int(hits.sum()), len(hits)
    return Rate(value=successes / n, n=n, ci95=clopper_pearson_interval(successes, n))


def excess_interval(rate: Rate, floor: Rate) -> tuple[float, float]:
    """95 % interval of rate - floor, two shares of different images.

    Args:
        rate: For example an attack success rate.
        floor: What it is compared with.

    Returns:
        (low, high) in [-1, 1].

    Source: Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.
    """
    difference = rate.value - floor.value
    rate_low, rate_high = wilson_interval(round(rate.value * rate.n), rate.n)
    floor_low, floor_high = wilson_interval(round(floor.value * floor.n), floor.n)
    below = np.hypot(rate.value - rate_low, floor_high - floor.value)
    above = np.hypot(rate_high - rate.value, floor.value - floor_low)
    return max(-1.0, float(difference - below)), min(1.0, float(difference + above))


def excess(rate: Rate, floor: Rate) -> Excess:
    """What a rate is above its floor, with the interval of `excess_interval`."""
    return Excess(value=rate.value - floor.value, n=rate.n, ci95=excess_interval(rate, floor))


def area_under_curve(
    poisoned: npt.NDArray[np.float64], clean: npt.NDArray[np.float64]
) -> AreaUnderCurve:
    """How well a score tells two sets of images apart.

    Args:
        poisoned: ``(n_poisoned,)``, scores that should be large; at least one.
        clean: ``(n_clean,)``, scores that should be small; at least one.

    Returns:
        The area with its interval (DeLong, DeLong, Clarke-Pearson, Biometrics 44 (1988) 837-845).
        Where the scores do not vary, as when they are all apart, that one would be a point; then
        it is the exact interval of as many pairs as there are images in the smaller set.
    """
    n_poisoned, n_clean = len(poisoned), len(clean)
    assert n_poisoned and n_clean
    above, below = _placements(poisoned, clean)
    area = float(above.mean())
    variance = _variance_of_mean(above) + _variance_of_mean(below)
    if variance > 0:
        half = _Z * float(np.sqrt(variance))
        interval = max(0.0, area - half), min(1.0, area + half)
    else:
        n_pairs = min(n_poisoned, n_clean)
        interval = clopper_pearson_interval(round(area * n_pairs), n_pairs)
    return AreaUnderCurve(value=area, n_poisoned=n_poisoned, n_clean=n_clean, ci95=interval)


def paired_change(before: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]) -> PairedChange:
    """Change of a share when the same images went through two models.

    Args:
        before: ``(n,)``, whether the first model put the image in its class.
        after: ``(n,)``, the same for the second model.

    Returns:
        The change with its interval (Agresti, Min, Statistics in Medicine 24 (2005) 729-740)
        and the exact McNemar test (McNemar, Psychometrika 12 (1947) 153-157).
    """
    assert before.shape == after.shape and len(before)
    n = len(before)
    only_before, only_after = int((before & ~after).sum()), int((after & ~before).sum())
    return PairedChange(
        value=(only_after - only_before) / n,
        n=n,
        ci95=_paired_interval(only_before, only_after, n),
        only_before=only_before,
        only_after=only_after,
        p_value=_mcnemar_p_value(only_before, only_after),
    )


def _placements(
    poisoned: npt.NDArray[np.float64], clean: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Share of clean scores below each poisoned one, and of poisoned ones above each clean one."""
    ranks = _midranks(np.concatenate([poisoned, clean]))
    n_poisoned, n_clean = len(poisoned), len(clean)
    above = (ranks[:n_poisoned] - _midranks(poisoned)) / n_clean
    below = 1 - (ranks[n_poisoned:] - _midranks(clean)) / n_poisoned
    return above, below


def _midranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Ranks from 1; equal values share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(ranks[places], np.float64)


def _variance_of_mean(values: npt.NDArray[np.float64]) -> float:
    return float(values.var(ddof=1)) / len(values) if len(values) > 1 else 0.0


def _paired_interval(only_before: int, only_after: int, n: int) -> tuple[float, float]:
    # Half an image is added to each of the four cells, so that no change is not "surely none".
    lost, won, total = only_before + 0.5, only_after + 0.5, n + 2
    difference = (won - lost) / total
    half = _Z * np.sqrt(won + lost - (won - lost) ** 2 / total) / total
    return max(-1.0, float(difference - half)), min(1.0, float(difference + half))


def _mcnemar_p_value(only_before: int, only_after: int) -> float:
    changed = only_before + only_after
    tail = special.bdtr(min(only_before, only_after), changed, 0.5)
    return min(1.0, 2 * float(tail))
