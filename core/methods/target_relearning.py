"""Target relearning: how the last layer scores the suspected classes is learned anew.

Where a model knows many classes and the clean images show a few of them, training it at all costs
the classes that nobody looks at. The columns of the last layer that score a few suspected classes
can be learned anew without touching any other class.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import tf_keras as keras

from .. import metrics
from ..catalogue import TargetRelearning
from ..metrics import FloatArray, IntArray
from ..results import Event, Selection
from . import banks, base, readouts, targets

#: How far a class may be turned down, in standard deviations of its score over clean images.
_REDUCTIONS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: TargetRelearning,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A copy of the model that scores the suspected classes by what clean images show of them.

    Its strength is how far these classes are turned down then: one after the other, the most
    suspected first, as far as the budget allows.

    Args:
        model: Stays as it is.
        validation: Clean images, split.
        params: The suspected classes, the search for triggers, and the penalty.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.

    Raises:
        InvalidParams: ``params.labels`` names a class that the model does not have.
        NoReadout: The last layer is no Dense layer with a bias; other methods need none.
    """
    before = base.select_accuracy(model, validation)
    suspected = targets.suspected(model, validation, params.labels, execution)
    readout = readouts.required(model)
    bank = banks.search(
        model,
        validation,
        suspected.labels,
        count=params.triggers,
        steps=params.steps,
        execution=execution,
    )
    anew = readouts.relearned(
        readout,
        validation,
        bank,
        labels=suspected.labels,
        ridge=params.ridge,
        seed=execution.seed,
    )
    select = _Select.of(readout, validation)
    reductions = _reductions(
        anew, select, suspected.labels, lowest_accuracy=before - max_accuracy_drop
    )
    turned_down = _turned_down(anew, select, reductions)
    after = select.accuracy(turned_down)
    execution.on_event(
        Event(stage="relearn", current=1, total=1, metric={"select_accuracy": after})
    )
    repaired = turned_down.put_into(model)
    selection = _selection(
        validation, reductions, before=before, after=after, max_accuracy_drop=max_accuracy_drop
    )
    return suspected.told(
        base.Repair(
            model=repaired,
            selection=selection,
            warnings=(
                *_unseen(suspected.labels, validation.tune.labels),
                *base.over_budget(selection),
            ),
        )
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Select:
    """The select images, as the last layer sees them."""

    #: ``(n, n_features)``.
    features: FloatArray
    #: ``(n,)``.
    labels: IntArray
    #: ``(n_classes,)``, standard deviation of the scores as they came.
    spread: FloatArray

    @classmethod
    def of(cls, readout: readouts.Readout, validation: base.Validation) -> "_Select":
        batches = metrics.batches(validation.select, validation.preprocessing)
        features = np.concatenate([readout.features(batch) for batch in batches])
        return cls(
            features=features,
            labels=validation.select.labels,
            spread=readout.scores(features).std(axis=0),
        )

    def accuracy(self, readout: readouts.Readout) -> float:
        """Share of the images put in their class, in [0, 1]."""
        return float(np.mean(readout.scores(self.features).argmax(axis=1) == self.labels))


def _reductions(
    readout: readouts.Readout,
    select: _Select,
    labels: Sequence[int],
    *,
    lowest_accuracy: float,
) -> Mapping[int, float]:
    """How far each class can be turned down, after those before it were."""
    chosen: dict[int, float] = {}
    for label in labels:
        for reduction in _REDUCTIONS:
            tried = _turned_down(readout, select, {**chosen, label: reduction})
            if reduction and select.accuracy(tried) < lowest_accuracy - 1e-9:
                break
            chosen[label] = reduction
    return chosen


def _turned_down(
    readout: readouts.Readout, select: _Select, reductions: Mapping[int, float]
) -> readouts.Readout:
    bias = readout.bias.copy()
    for label, reduction in reductions.items():
        bias[label] -= np.float32(reduction) * select.spread[label]
    return replace(readout, bias=bias)


def _selection(
    validation: base.Validation,
    reductions: Mapping[int, float],
    *,
    before: float,
    after: float,
    max_accuracy_drop: float,
) -> Selection:
    told = ", ".join(f"class {label} by {reduction:g}" for label, reduction in reductions.items())
    return Selection(
        rule="suspected classes turned down as far as the budget allows, in standard deviations "
        "of their score",
        max_accuracy_drop=max_accuracy_drop,
        n_tune=len(validation.tune),
        n_select=len(validation.select),
        select_accuracy_before=before,
        select_accuracy_after=after,
        strength=told or "no class",
    )


def _unseen(labels: Sequence[int], shown: IntArray) -> tuple[str, ...]:
    """A warning for classes of which there is no clean image: they may not be known again."""
    unseen = sorted(set(labels) - set(shown.tolist()))
    if not unseen:
        return ()
    names = ", ".join(map(str, unseen))
    return (
        f"of the suspected classes {names} there is no clean image: the repaired model may not "
        "answer them any more; clean images of these classes would mend that",
    )
