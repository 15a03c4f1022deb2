"""FT-SAM: fine-tune where the loss is flat, which shrinks the large weights of a backdoor.

Source: Zhu, Wei, Shen, Fan, Wu, Enhancing Fine-Tuning Based Backdoor Defense with Sharpness-Aware
Minimization, ICCV 2023, arXiv:2304.11823
"""

from typing import Any

import tensorflow as tf
import tf_keras as keras

from .. import finetuning
from ..catalogue import FineTuningSam
from . import base, strengths

#: Keeps the division of nothing by nothing from being no number.
_TINY = 1e-12


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: FineTuningSam,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A copy of the model, fine-tuned with adaptive sharpness-aware minimization.

    Its strength is rho, how far from the weights the loss is asked to be low: the largest whose
    training ends within the budget is kept.

    Args:
        model: Stays as it is.
        validation: Clean images, split.
        params: The range of rho, and the training.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.
    """
    before = base.select_accuracy(model, validation)

    def attempt(rho: float, execution: base.Execution) -> finetuning.FineTuned:
        return finetuning.fine_tune(
            model,
            validation,
            params=params,
            lowest_accuracy=before - max_accuracy_drop,
            execution=execution,
            make_step=flat_step(rho, smoothing=params.label_smoothing),
        )

    ladder = strengths.geometric(params.lowest_rho, params.highest_rho, params.attempts)
    found = strengths.strongest(ladder, attempt, execution)
    selection = strengths.selection(
        found, unit="rho", before=before,
        max_accuracy_drop=max_accuracy_drop, validation=validation,
    )  # fmt: skip
    return base.Repair.of(found.tuned, selection)


def flat_step(rho: float, *, smoothing: float) -> finetuning.MakeStep:
    """Steps down the gradient that the loss has at the worst weights nearby.

    Nearby is measured against the size of each weight, so that large weights, where a backdoor
    sits, are moved most.

    Args:
        rho: Length of the way to those weights, with every weight as its own unit.
        smoothing: Share of the label that all classes get alike, in [0, 1].

    Source: Kwon, Kim, Park, Choi, ASAM, ICML 2021, arXiv:2102.11600, for the adaptive norm.
    """

    def make_step(trainee: finetuning.Trainee) -> finetuning.Step:
        model, weights = trainee.model, trainee.model.trainable_variables

        def gradients(images: Any, labels: Any) -> tuple[Any, list[Any]]:
            with tf.GradientTape() as tape:
                loss = trainee.loss(images, labels, smoothing=smoothing)
            return loss, tape.gradient(loss, weights)

        @tf.function(input_signature=trainee.signature)
        def step(images: Any, labels: Any) -> Any:
            loss, slopes = gradients(images, labels)
            # Put back as they were, not by subtracting what was added, which leaves roundings;
            # and the second pass is at other weights, so its batch statistics must not count.
            kept = [tf.identity(variable) for variable in model.weights]
            for weight, way in zip(weights, _worst_way(weights, slopes, rho), strict=True):
                weight.assign_add(way)
            _, slopes = gradients(images, labels)
            for variable, value in zip(model.weights, kept, strict=True):
                variable.assign(value)
            trainee.update(slopes)
            return loss

        return step  # type: ignore[no-any-return]

    return make_step


def _worst_way(weights: list[Any], slopes: list[Any], rho: float) -> list[Any]:
    """Per weight the way up the loss: one norm over all layers, in units of the weights."""
    scaled = [tf.abs(weight) * slope for weight, slope in zip(weights, slopes, strict=True)]
    norm = tf.linalg.global_norm(scaled) + _TINY
    return [
        rho * tf.abs(weight) * slope / norm for weight, slope in zip(weights, scaled, strict=True)
    ]
