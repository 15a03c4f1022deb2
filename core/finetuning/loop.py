"""The one training loop: schedule, events, and which epoch is kept."""

import dataclasses
import math
from collections.abc import Iterable, Sequence

import numpy as np
import tf_keras as keras

from .. import devices, errors, metrics, models
from ..catalogue import TrainingParams
from ..metrics import FloatArray, IntArray
from ..results import Event, TrainingEpoch
from .batches import batches
from .trainee import MakeStep, Pupil, Step, Trainee, plain_step
from .trainers import optimizer
from .values import Execution, FineTuned, Validation


def fine_tune(
    model: keras.Model,
    validation: Validation,
    *,
    params: TrainingParams,
    lowest_accuracy: float,
    execution: Execution,
    make_step: MakeStep = plain_step,
) -> FineTuned:
    """A copy of the model trained on clean images, as of the last epoch that is accurate enough.

    The last and not the most accurate: the longer the training, the more of a backdoor is
    forgotten, and the most accurate epoch is the one that changed least.

    Args:
        model: Stays as it is. All of it is trained, layers that its file calls frozen as well.
        validation: Trained on its tune images; accuracy is measured on its select images.
        params: Schedule and augmentation.
        lowest_accuracy: Select accuracy in [0, 1] that an epoch must have to be kept. Where none
            has it, the most accurate epoch is kept.
        execution: Seed of the order of the images and of the augmentation; told of each epoch.
        make_step: What makes a step of the copy; called again where the training begins anew
            because the memory of the GPU was not enough.

    Raises:
        TrainingDiverged: The loss stopped being a number.
        GpuOutOfMemory: Not even batches of one image fit.
    """
    pupil = Pupil(
        copy=lambda: models.trainable_copy(model),
        finished=lambda trained: models.with_weights_of(model, trained),
    )
    return train(
        pupil,
        validation,
        params=params,
        lowest_accuracy=lowest_accuracy,
        execution=execution,
        make_step=make_step,
    )


def train(
    pupil: Pupil,
    validation: Validation,
    *,
    params: TrainingParams,
    lowest_accuracy: float,
    execution: Execution,
    make_step: MakeStep = plain_step,
) -> FineTuned:
    """What `fine_tune` does, for a method that makes the copy to train, and its end, by itself.

    Args:
        pupil: Where the training begins, and what becomes of it.
        validation: As in `fine_tune`, and so are the others.
        params: Schedule and augmentation.
        lowest_accuracy: Select accuracy in [0, 1] that an epoch must have to be kept.
        execution: Seed of the order of the images and of the augmentation; told of each epoch.
        make_step: What makes a step of the copy.

    Raises:
        TrainingDiverged: The loss stopped being a number.
        GpuOutOfMemory: Not even batches of one image fit.
    """

    def attempt(params: TrainingParams) -> FineTuned:
        trainee = Trainee(model=pupil.copy(), optimizer=optimizer(params, len(validation.tune)))
        # Its variables must be there before a step is traced.
        trainee.optimizer.build(trainee.model.trainable_variables)
        training = _Training(trainee, make_step(trainee), validation, params)
        tuned = training.run(lowest_accuracy, execution)
        return dataclasses.replace(tuned, model=pupil.finished(tuned.model))

    tuned, warnings = devices.trained_within_memory(attempt, params, on_event=execution.on_event)
    return dataclasses.replace(tuned, warnings=warnings)


def kept_epoch(curve: Sequence[TrainingEpoch], lowest_accuracy: float) -> int:
    """The last epoch that is accurate enough, or the most accurate one where none is."""
    enough = [point for point in curve if _is_enough(point.select_accuracy, lowest_accuracy)]
    if enough:
        return enough[-1].epoch
    return max(curve, key=lambda point: point.select_accuracy).epoch


def mean_loss(losses: Sequence[float], params: TrainingParams) -> float:
    """The mean of an epoch's losses.

    Raises:
        TrainingDiverged: One of them is not a number.
    """
    mean = float(np.mean(losses))
    if not math.isfinite(mean):
        raise errors.TrainingDiverged(
            f"the training loss became {mean}; lower learning_rate, now {params.learning_rate}",
            learning_rate=params.learning_rate,
        )
    return mean


class _Training:
    """One training from the start, as `fine_tune` says."""

    def __init__(
        self, trainee: Trainee, step: Step, validation: Validation, params: TrainingParams
    ) -> None:
        self._trainee = trainee
        self._step = step
        self._validation = validation
        self._params = params
        self._forward = metrics.compiled(trainee.model)

    def run(self, lowest_accuracy: float, execution: Execution) -> FineTuned:
        """All epochs; the model that comes back is the trainee, as of the epoch that is kept."""
        model, epochs = self._trainee.model, self._params.epochs
        rng = np.random.default_rng(execution.seed)
        curve: list[TrainingEpoch] = []
        weights = model.get_weights()
        for epoch in range(epochs + 1):
            shuffled = batches(self._validation, self._params, rng) if epoch else ()
            curve.append(self._epoch(epoch, shuffled))
            if kept_epoch(curve, lowest_accuracy) == epoch:
                weights = model.get_weights()
            execution.on_event(_event(curve[-1], epochs))
        model.set_weights(weights)
        epoch = kept_epoch(curve, lowest_accuracy)
        return FineTuned(
            model=model,
            epoch=epoch,
            curve=tuple(curve),
            is_accurate=_is_enough(curve[epoch].select_accuracy, lowest_accuracy),
        )

    def _epoch(self, epoch: int, shuffled: Iterable[tuple[FloatArray, IntArray]]) -> TrainingEpoch:
        losses = [float(self._step(images, labels)) for images, labels in shuffled]
        select, preprocessing = self._validation.select, self._validation.preprocessing
        return TrainingEpoch(
            epoch=epoch,
            loss=mean_loss(losses, self._params) if epoch else None,
            select_accuracy=metrics.accuracy(self._forward, select, preprocessing),
            learning_rate=float(self._trainee.optimizer.learning_rate) if epoch else None,
        )


def _is_enough(accuracy: float, lowest: float) -> bool:
    return accuracy >= lowest - 1e-9  # a budget that is spent to the last digit is kept


def _event(point: TrainingEpoch, epochs: int) -> Event:
    metric = {"select_accuracy": point.select_accuracy}
    if point.loss is not None:
        metric["loss"] = point.loss
    return Event(stage="finetune", current=point.epoch, total=epochs, metric=metric)
