"""Figures made of figures: over classes, over attack and accuracy, over seeds."""

from collections.abc import Sequence

import numpy as np

from .results import ClassSummary, Evaluation, Rate, SeedResult, SeedSpread, Spread

_CLEAN_ACCURACY = "clean accuracy"


def of_classes(before: Evaluation, after: Evaluation) -> ClassSummary | None:
    """What a repair did to the least accurate classes; ``None`` without a clean test set.

    Args:
        before: Figures of the model as it came.
        after: Figures of the repaired model, on the same images.
    """
    shares = [
        (rate.value, after.per_class[name].value)
        for name, rate in before.per_class.items()
        if name in after.per_class
    ]
    if not shares:
        return None
    first, second = (sorted(column) for column in zip(*shares, strict=True))
    n_worst = max(1, len(shares) // 10)
    return ClassSummary(
        n_classes=len(shares),
        n_worst=n_worst,
        worst_tenth_before=float(np.mean(first[:n_worst])),
        worst_tenth_after=float(np.mean(second[:n_worst])),
        n_lost=sum(now == 0 < was for was, now in shares),
    )


def effectiveness(before: Evaluation, after: Evaluation) -> dict[str, float | None]:
    """Defence effectiveness rating of each attack: 1 is all of the attack gone at no cost.

    ``(max(0, attack success lost) - max(0, clean accuracy lost) + 1) / 2``, so that a repair that
    does nothing has 0.5. Source: Zhu and others, ICCV 2023, arXiv:2304.11823 (FT-SAM).

    Returns:
        Name of the attack to the rating in [0, 1]; ``None`` where it was not measured.
    """
    cost = _lost(before.clean_accuracy, after.clean_accuracy)
    return {
        first.name: _rating(_lost(first.attack_success_rate, second.attack_success_rate), cost)
        for first, second in zip(before.attacks, after.attacks, strict=True)
    }


def of_seeds(runs: Sequence[SeedResult]) -> SeedSpread | None:
    """Mean, lowest and highest of each figure; ``None`` for a single run.

    Args:
        runs: Of the same repair with other seeds, all measured on the same sets.
    """
    if len(runs) < 2:
        return None
    attacks = (
        _spread(name, [run.attack_success_rate[name] for run in runs])
        for name in runs[0].attack_success_rate
    )
    return SeedSpread(
        runs=tuple(runs),
        clean_accuracy=_spread(_CLEAN_ACCURACY, [run.clean_accuracy for run in runs]),
        attack_success_rate=tuple(spread for spread in attacks if spread),
    )


def _lost(before: Rate | None, after: Rate | None) -> float | None:
    return None if before is None or after is None else max(0.0, before.value - after.value)


def _rating(gain: float | None, cost: float | None) -> float | None:
    return None if gain is None or cost is None else (gain - cost + 1) / 2


def _spread(name: str, rates: Sequence[Rate | None]) -> Spread | None:
    values = [rate.value for rate in rates if rate]
    if not values:
        return None
    return Spread(
        name=name,
        n_seeds=len(values),
        mean=float(np.mean(values)),
        low=min(values),
        high=max(values),
    )
