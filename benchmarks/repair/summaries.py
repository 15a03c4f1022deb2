"""Many repairs in few figures: medians, ranges, and intervals that know that nets are few."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .rows import Row

_Floats = npt.NDArray[np.float64]
_DRAWS = 4000


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One figure over several repairs, in points (hundredths)."""

    n: int
    median: float
    mean: float
    least: float
    most: float


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A figure and its 95 % interval, in points."""

    value: float
    low: float
    high: float


def summary(values: Sequence[float]) -> Summary:
    """Median, mean and range of shares.

    Args:
        values: At least one, as fractions.
    """
    points = 100 * np.asarray(values, float)
    return Summary(
        n=len(points),
        median=float(np.median(points)),
        mean=float(points.mean()),
        least=float(points.min()),
        most=float(points.max()),
    )


def excess(row: Row) -> float | None:
    """Attack success above the floor of the trigger that is left strongest; ``None``: benign."""
    worst = row.worst
    return None if worst is None else worst.excess


def excess_interval(rows: Sequence[Row], *, seed: int = 0) -> Interval:
    """The median over nets of the excess attack success, and where it may lie.

    A bootstrap of clusters: nets are drawn with replacement, with all repairs of a net at once;
    then the images of each repair, on which its rates depend. Images of one net are no
    independent witnesses of what happens to another one, so more of them narrow it only so far.

    Args:
        rows: Repairs of poisoned nets, at least one.
        seed: Of the draws.

    Source: Field, Welsh, Bootstrapping Clustered Data, JRSS B 69 (2007) 369-390.
    """
    return _clustered(rows, _drawn_excess, seed)


def drop_interval(rows: Sequence[Row], *, seed: int = 0) -> Interval:
    """As `excess_interval`, of the clean accuracy that the repair costs."""
    return _clustered(rows, _drawn_drop, seed)


_Drawn = Callable[[Row, np.random.Generator], _Floats]


def _clustered(rows: Sequence[Row], drawn: _Drawn, seed: int) -> Interval:
    rng = np.random.default_rng(seed)
    names = sorted({row.cell.net.name for row in rows})
    by_net = [
        np.mean([drawn(row, rng) for row in rows if row.cell.net.name == name], axis=0)
        for name in names
    ]
    values = np.stack(by_net)  # (nets, 1 + draws); the first is as measured
    chosen = rng.integers(0, len(names), (len(names), _DRAWS))
    medians = np.median(values[chosen, np.arange(1, _DRAWS + 1)], axis=0)
    low, high = np.quantile(medians, (0.025, 0.975))
    return Interval(
        value=100 * float(np.median(values[:, 0])), low=100 * float(low), high=100 * float(high)
    )


def _drawn_excess(row: Row, rng: np.random.Generator) -> _Floats:
    worst = row.worst
    assert worst is not None
    success = rng.binomial(worst.n, worst.attack_success, _DRAWS) / worst.n
    floor = rng.binomial(worst.n, worst.floor, _DRAWS) / worst.n
    return np.concatenate([[worst.excess], success - floor])


def _drawn_drop(row: Row, rng: np.random.Generator) -> _Floats:
    n = row.before.n_clean
    before = rng.binomial(n, row.before.accuracy, _DRAWS) / n
    after = rng.binomial(n, row.end.accuracy, _DRAWS) / n
    return np.concatenate([[row.drop], before - after])
