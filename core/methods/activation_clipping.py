"""Activation clipping: no channel may go further up than clean images need.

Source: Cheng et al., UNIT: Backdoor Mitigation via Automated Neural Distribution Tightening,
ECCV 2024, arXiv:2407.11372; with a bound for each channel, not for each place of an image.
"""

from typing import Any

import tensorflow as tf
import tf_keras as keras

from .. import ceilings, errors, finetuning
from ..catalogue import ActivationClipping
from . import base, strengths


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: ActivationClipping,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A copy of the model with upper bounds on its activations; the weights stay as they are.

    Its strength is the price of the bounds: the largest whose training ends within the budget is
    kept. The copy has more layers than the model, all of them Keras' own.

    Args:
        model: Stays as it is.
        validation: Clean images, split; the bounds are trained on tune.
        params: Where the bounds start, the range of prices, and the training.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.

    Raises:
        RepairFailed: The model has no rectified activation.
    """
    before = base.select_accuracy(model, validation)
    start = ceilings.usual_bounds(
        model, validation.tune, validation.preprocessing, spread=params.spread
    )
    if not start:
        raise errors.RepairFailed("the model has no ReLU whose activations could be bounded")
    pupil = finetuning.Pupil(
        copy=lambda: ceilings.learning(model, start),
        finished=lambda trained: ceilings.under(model, ceilings.learned(trained)),
    )

    def attempt(price: float, execution: base.Execution) -> finetuning.FineTuned:
        return finetuning.train(
            pupil,
            validation,
            params=params,
            lowest_accuracy=before - max_accuracy_drop,
            execution=execution,
            make_step=_tightening_step(price),
        )

    ladder = strengths.geometric(params.lowest_price, params.highest_price, params.attempts)
    found = strengths.strongest(ladder, attempt, execution)
    selection = strengths.selection(
        found, unit="price", before=before,
        max_accuracy_drop=max_accuracy_drop, validation=validation,
    )  # fmt: skip
    return base.Repair.of(found.tuned, selection)


def _tightening_step(price: float) -> finetuning.MakeStep:
    """Steps down the cross-entropy and the mean of the bounds, as shares of where they began."""

    def make_step(trainee: finetuning.Trainee) -> finetuning.Step:
        model, shares = trainee.model, trainee.model.trainable_variables

        @tf.function(input_signature=trainee.signature)
        def step(images: Any, labels: Any) -> Any:
            with tf.GradientTape() as tape:
                scores = finetuning.log_probabilities(model, images, training=False)
                means = [tf.reduce_mean(tf.nn.relu(share)) for share in shares]
                loss = finetuning.cross_entropy(labels, scores) + price * tf.reduce_mean(means)
            trainee.update(tape.gradient(loss, shares))
            return loss

        return step  # type: ignore[no-any-return]

    return make_step
