"""Fine-tuning: train on clean images and hope that the backdoor is forgotten; the baseline."""

import tf_keras as keras

from .. import finetuning
from ..catalogue import FineTuning
from ..results import Selection
from . import base


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: FineTuning,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A copy of the model trained on the tune images.

    Its strength is the number of epochs: the last one within the budget is kept.

    Args:
        model: Stays as it is.
        validation: Clean images, split.
        params: Schedule and augmentation.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.
    """
    before = base.select_accuracy(model, validation)
    tuned = finetuning.fine_tune(
        model,
        validation,
        params=params,
        lowest_accuracy=before - max_accuracy_drop,
        execution=execution,
    )
    selection = Selection(
        rule="the last epoch whose select accuracy is within the budget",
        max_accuracy_drop=max_accuracy_drop,
        n_tune=len(validation.tune),
        n_select=len(validation.select),
        select_accuracy_before=before,
        select_accuracy_after=tuned.curve[tuned.epoch].select_accuracy,
        epoch=tuned.epoch,
    )
    return base.Repair(
        model=tuned.model,
        selection=selection,
        training_curve=tuned.curve,
        warnings=(
            *tuned.warnings,
            *base.untouched(selection),
            *base.over_budget(selection),
        ),
    )
