"""The one strength of a method, turned up until the accuracy budget is spent."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .. import errors
from ..finetuning import FineTuned
from ..results import Selection
from . import base

#: A strength, and how to carry it out, to a model trained with it.
Attempt = Callable[[float, base.Execution], FineTuned]


@dataclass(frozen=True, kw_only=True)
class Strongest:
    """The training with the greatest strength that the budget allows."""

    strength: float
    tuned: FineTuned
    #: Strength to the select accuracy that the training ended with; 0 where it diverged.
    tried: Mapping[float, float] = field(default_factory=dict)


def geometric(lowest: float, highest: float, attempts: int) -> tuple[float, ...]:
    """As many strengths as so many attempts can tell apart, each by one factor above the last.

    They reach from the lowest to the highest; a single one lies in the middle.
    """
    return tuple(np.exp(even(math.log(lowest), math.log(highest), attempts)).tolist())


def even(lowest: float, highest: float, attempts: int) -> tuple[float, ...]:
    """As `geometric`, at even distances."""
    if attempts == 1:
        return ((lowest + highest) / 2,)
    return tuple(np.linspace(lowest, highest, 2**attempts - 1).tolist())


def strongest(strengths: Sequence[float], attempt: Attempt, execution: base.Execution) -> Strongest:
    """The training of the greatest strength whose last epoch is within the budget.

    Found by bisection: what costs too much at one strength is taken to cost too much at any
    greater one. Where no training ends within the budget, it is the weakest that was tried, as of
    its last epoch within the budget.

    Args:
        strengths: Ascending, at least one.
        attempt: A whole training; the epoch it keeps is the last within the budget.
        execution: Handed on to each attempt, with events that count on.

    Raises:
        TrainingDiverged: At every strength that was tried.
    """
    n_attempts = len(strengths).bit_length()
    low, high = 0, len(strengths)
    done: dict[float, FineTuned] = {}
    tried: dict[float, float] = {}
    while low < high:
        middle = (low + high) // 2
        strength = strengths[middle]
        try:
            tuned = attempt(strength, execution.part(len(tried), n_attempts))
        except errors.TrainingDiverged:
            tried[strength], high = 0.0, middle
            if low == high and not done:
                raise
            continue
        done[strength], tried[strength] = tuned, tuned.curve[-1].select_accuracy
        low, high = (middle + 1, high) if tuned.is_complete else (low, middle)
    complete = [strength for strength, tuned in done.items() if tuned.is_complete]
    chosen = max(complete, default=min(done))
    return Strongest(strength=chosen, tuned=done[chosen], tried=tried)


def selection(
    found: Strongest,
    *,
    unit: str,
    before: float,
    max_accuracy_drop: float,
    validation: base.Validation,
) -> Selection:
    """What was chosen, for the report.

    Args:
        found: By `strongest`.
        unit: What the strength is called, such as ``rho``.
        before: Accuracy of the model handed in on the select images, in [0, 1].
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        validation: Whose select images were chosen on.
    """
    return Selection(
        rule=f"the largest {unit} whose training ends within the budget",
        max_accuracy_drop=max_accuracy_drop,
        n_tune=len(validation.tune),
        n_select=len(validation.select),
        select_accuracy_before=before,
        select_accuracy_after=found.tuned.select_accuracy,
        epoch=found.tuned.epoch,
        strength=_named(unit, found.strength),
        tried={_named(unit, strength): found.tried[strength] for strength in sorted(found.tried)},
    )


def _named(unit: str, strength: float) -> str:
    return f"{unit} {strength:.3g}"
