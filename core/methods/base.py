"""What every repair method takes and gives."""

from dataclasses import dataclass
from typing import Any, Protocol

import tf_keras as keras

from .. import finetuning, metrics
from ..percentages import percent
from ..results import Candidate, Diagnosis, PruningStep, Selection, TrainingEpoch

Validation = finetuning.Validation
Execution = finetuning.Execution


@dataclass(frozen=True, kw_only=True)
class Repair:
    """A repaired model and how it came about."""

    model: keras.Model
    selection: Selection
    pruning_curve: tuple[PruningStep, ...] = ()
    training_curve: tuple[TrainingEpoch, ...] = ()
    warnings: tuple[str, ...] = ()
    #: What weights and clean images say of the model; ``None`` where the method does not ask.
    diagnosis: Diagnosis | None = None
    #: What was tried, where the method tries several.
    candidates: tuple[Candidate, ...] = ()
    #: Whether the model was left as it was because nothing suspicious was found.
    is_unchanged: bool = False

    @classmethod
    def of(cls, tuned: finetuning.FineTuned, selection: Selection) -> "Repair":
        """What a training gave, with a warning where it cost too much or nothing was kept."""
        return cls(
            model=tuned.model,
            selection=selection,
            training_curve=tuned.curve,
            warnings=(*tuned.warnings, *untouched(selection), *over_budget(selection)),
        )


def of_last_epoch(
    tuned: finetuning.FineTuned,
    validation: Validation,
    *,
    before: float,
    max_accuracy_drop: float,
) -> Repair:
    """What a training gave whose strength is the number of its epochs.

    Args:
        tuned: The last epoch within the budget was kept.
        validation: Whose select images that was chosen on.
        before: Accuracy of the model handed in on the select images, in [0, 1].
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
    """
    selection = Selection(
        rule="the last epoch whose select accuracy is within the budget",
        max_accuracy_drop=max_accuracy_drop,
        n_tune=len(validation.tune),
        n_select=len(validation.select),
        select_accuracy_before=before,
        select_accuracy_after=tuned.select_accuracy,
        epoch=tuned.epoch,
    )
    return Repair.of(tuned, selection)


class Method(Protocol):
    """A repair method: clean images in, a new model out. It is never handed a test image."""

    def __call__(
        self,
        model: keras.Model,
        validation: Validation,
        *,
        params: Any,
        max_accuracy_drop: float,
        execution: Execution,
    ) -> Repair:
        """The repaired model; the one handed in stays as it is."""
        ...


def select_accuracy(model: keras.Model, validation: Validation) -> float:
    """Accuracy of a model on the select images, in [0, 1]."""
    forward = metrics.compiled(model)
    return metrics.accuracy(forward, validation.select, validation.preprocessing)


def untouched(selection: Selection) -> tuple[str, ...]:
    """A warning where no training stayed within the budget, so that none of it was kept."""
    if selection.epoch != 0:
        return ()
    return ("no epoch of fine-tuning was within the accuracy budget, so none was kept",)


def over_budget(selection: Selection) -> tuple[str, ...]:
    """A warning where the repair cost more than its budget on the select images."""
    drop = selection.select_accuracy_before - selection.select_accuracy_after
    if drop <= selection.max_accuracy_drop + 1e-9:
        return ()
    return (
        f"the repair costs {percent(drop)} of clean accuracy on the {selection.n_select} select "
        f"images, more than its budget of {percent(selection.max_accuracy_drop)}",
    )
