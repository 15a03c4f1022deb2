"""Fine-tuning: train on clean images and hope that the backdoor is forgotten; the baseline."""

import tf_keras as keras

from .. import finetuning
from ..catalogue import FineTuning
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
    return base.of_last_epoch(tuned, validation, before=before, max_accuracy_drop=max_accuracy_drop)
