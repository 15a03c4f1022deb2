"""Target relearning: how the last layer scores the suspected classes is learned anew.

Where a model knows many classes and the clean images show a few of them, training it at all costs
the classes that nobody looks at. The columns of the last layer that score a few suspected classes
can be learned anew without touching any other class.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import tf_keras as keras

from .. import metrics
from ..catalogue import TargetRelearning
from ..data import LabelledImages
from ..metrics import FloatArray, IntArray
from ..preprocessing import Preprocessing
from ..results import Event, Selection
from . import banks, base, readouts
from .banks import Bank

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
    suspected first, as far as the budget allows. A class that is merely ranked high, and not
    suspected, keeps all of its clean images.

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
    readouts.required(model)  # before anything is searched for
    return repaired(
        model,
        validation,
        banks.of_labels(model, validation, params=params, execution=execution),
        params=params,
        max_accuracy_drop=max_accuracy_drop,
        execution=execution,
    )


def repaired(
    model: keras.Model,
    validation: base.Validation,
    bank: Bank,
    *,
    params: TargetRelearning,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """As `repair`, with triggers that are known already."""
    before = base.select_accuracy(model, validation)
    readout, suspected = readouts.required(model), bank.suspected
    anew = _relearned(model, readout, validation, bank, params=params, execution=execution)
    tune, select = (
        _Seen.of(readout, images, validation.preprocessing)
        for images in (validation.tune, validation.select)
    )
    limits = _Limits(
        tune=tune,
        select=select,
        spread=readout.scores(select.features).std(axis=0),
        lowest_accuracy=before - max_accuracy_drop,
        expendable=frozenset(suspected.against),
    )
    labels = limits.affordable(readout, anew, suspected.labels)
    partly = readout.with_columns(anew, labels)
    reductions = limits.reductions(partly, labels)
    turned_down = limits.turned_down(partly, reductions)
    after = select.accuracy(turned_down)
    execution.on_event(
        Event(stage="relearn", current=1, total=1, metric={"select_accuracy": after})
    )
    selection = _selection(
        validation, reductions, before=before, after=after, max_accuracy_drop=max_accuracy_drop
    )
    return suspected.told(
        base.Repair(
            model=turned_down.put_into(model),
            selection=selection,
            warnings=(
                *_spared(suspected.labels[len(labels) :]),
                *_unseen(labels, validation.tune.labels),
                *_lost(limits.lost(turned_down, labels)),
            ),
        )
    )


def _relearned(
    model: keras.Model,
    readout: readouts.Readout,
    validation: base.Validation,
    bank: Bank,
    *,
    params: TargetRelearning,
    execution: base.Execution,
) -> readouts.Readout:
    """The columns of the suspected classes anew, and again with what still leads to them."""

    def learn(bank: Bank) -> readouts.Readout:
        return readouts.relearned(
            readout,
            validation,
            bank.triggers,
            labels=bank.suspected.labels,
            fit=readouts.Fit(ridge=params.ridge, own_weight=params.own_weight),
            seed=execution.seed,
        )

    anew = learn(bank)
    for number in range(1, params.rounds):
        # Seeds far from those of the searches before; the seed of the repair stays as it is.
        searching = replace(execution, seed=execution.seed + 100 * number)
        bank = bank.with_more(
            banks.of_suspected(
                anew.put_into(model), validation, bank.suspected, params=params, execution=searching
            )
        )
        anew = learn(bank)
    return anew


@dataclass(frozen=True, kw_only=True, eq=False)
class _Seen:
    """Clean images, as the last layer sees them."""

    #: ``(n, n_features)``.
    features: FloatArray
    #: ``(n,)``.
    labels: IntArray

    @classmethod
    def of(
        cls, readout: readouts.Readout, images: LabelledImages, preprocessing: Preprocessing
    ) -> "_Seen":
        batches = metrics.batches(images, preprocessing)
        features = np.concatenate([readout.features(batch) for batch in batches])
        return cls(features=features, labels=images.labels)

    def hits(self, readout: readouts.Readout) -> npt.NDArray[np.bool_]:
        """``(n,)``: whether an image is put in its class."""
        answers = readout.scores(self.features).argmax(axis=1)
        return np.asarray(answers == self.labels, np.bool_)

    def known(self, readout: readouts.Readout, label: int) -> int:
        """How many images of a class are put there."""
        return int(np.sum(self.hits(readout)[self.labels == label]))

    def accuracy(self, readout: readouts.Readout) -> float:
        """Share of the images put in their class, in [0, 1]."""
        return float(np.mean(self.hits(readout)))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Limits:
    """How far classes may be turned down."""

    tune: _Seen
    select: _Seen
    #: ``(n_classes,)``, standard deviation of the scores as they came.
    spread: FloatArray
    lowest_accuracy: float
    #: Classes that may lose all of their clean images, if the budget allows it.
    expendable: frozenset[int]

    def affordable(
        self, readout: readouts.Readout, anew: readouts.Readout, labels: Sequence[int]
    ) -> Sequence[int]:
        """As many of the classes, from the first on, as can be learned anew within the budget."""
        counts = range(len(labels), 0, -1)
        within = (
            labels[:count]
            for count in counts
            if self._is_within(readout.with_columns(anew, labels[:count]))
        )
        return next(within, ())

    def reductions(self, readout: readouts.Readout, labels: Sequence[int]) -> Mapping[int, float]:
        """How far each class can be turned down, after those before it were."""
        chosen: dict[int, float] = {}
        for label in labels:
            for reduction in _REDUCTIONS:
                tried = self.turned_down(readout, {**chosen, label: reduction})
                if reduction and not self._allow(tried, readout, label):
                    break
                chosen[label] = reduction
        return chosen

    def turned_down(
        self, readout: readouts.Readout, reductions: Mapping[int, float]
    ) -> readouts.Readout:
        """The last layer with lower scores of some classes."""
        bias = readout.bias.copy()
        for label, reduction in reductions.items():
            bias[label] -= np.float32(reduction) * self.spread[label]
        return replace(readout, bias=bias)

    def _allow(self, tried: readouts.Readout, untouched: readouts.Readout, label: int) -> bool:
        """Whether the budget is kept, and what a class needs to keep of its clean images."""
        return self._is_within(tried) and (
            label in self.expendable
            or all(
                seen.known(tried, label) >= seen.known(untouched, label)
                for seen in (self.tune, self.select)
            )
        )

    def _is_within(self, readout: readouts.Readout) -> bool:
        return self.select.accuracy(readout) >= self.lowest_accuracy - 1e-9

    def lost(self, readout: readouts.Readout, labels: Sequence[int]) -> tuple[int, ...]:
        """The classes that clean images show, none of which is put there any more."""
        return tuple(
            label
            for label in labels
            if label in self.tune.labels
            and not self.tune.known(readout, label) + self.select.known(readout, label)
        )


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
        rule="the classes whose scores were learned anew are turned down as far as the budget "
        "allows, in standard deviations of their score",
        max_accuracy_drop=max_accuracy_drop,
        n_tune=len(validation.tune),
        n_select=len(validation.select),
        select_accuracy_before=before,
        select_accuracy_after=after,
        strength=told or "no class",
    )


def _spared(labels: Sequence[int]) -> tuple[str, ...]:
    """A warning for classes that the budget was not enough for."""
    if not labels:
        return ()
    names = ", ".join(map(str, labels))
    return (
        f"the scores of classes {names} were left as they came: to learn them anew as well would "
        "cost more than the accuracy budget",
    )


def _unseen(labels: Sequence[int], shown: IntArray) -> tuple[str, ...]:
    """A warning for classes of which there is no clean image: they may not be known again."""
    unseen = sorted(set(labels) - set(shown.tolist()))
    if not unseen:
        return ()
    names = ", ".join(map(str, unseen))
    return (
        f"the scores of classes {names} were learned anew without a clean image of them: the "
        "repaired model may not answer them any more; clean images of them would mend that",
    )


def _lost(labels: Sequence[int]) -> tuple[str, ...]:
    """A warning for classes whose clean images are not known any more."""
    if not labels:
        return ()
    names = ", ".join(map(str, labels))
    return (
        f"the repaired model does not answer the classes {names} any more, not even to their own "
        "clean images; a smaller accuracy budget may keep them, with more of the attack",
    )
