"""The one training loop: augmentation, masks kept, schedule, events, and which epoch is kept."""

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras

from . import augmentation, devices, errors, metrics, models, network
from .catalogue import TrainingParams
from .data import LabelledImages
from .preprocessing import Preprocessing
from .results import Event, TrainingEpoch

OnEvent = Callable[[Event], None]
_FloatArray = metrics.FloatArray
_IntArray = metrics.IntArray


@dataclass(frozen=True, kw_only=True)
class Validation:
    """The clean images of a repair: train on *tune*, choose on *select*. There are no others."""

    tune: LabelledImages
    select: LabelledImages
    preprocessing: Preprocessing


@dataclass(frozen=True, kw_only=True)
class Execution:
    """How a repair is carried out, whatever the method."""

    #: Of everything that is left to chance.
    seed: int
    #: Told of progress; may raise `errors.Canceled` to stop the work.
    on_event: OnEvent


@dataclass(frozen=True, kw_only=True)
class FineTuned:
    """A trained copy of a model, and how it got there."""

    model: keras.Model
    #: Epoch whose weights were kept; 0 is before the first step.
    epoch: int
    curve: tuple[TrainingEpoch, ...]
    #: What was not as it had been wished for.
    warnings: tuple[str, ...] = ()


def fine_tune(
    model: keras.Model,
    validation: Validation,
    *,
    params: TrainingParams,
    lowest_accuracy: float,
    execution: Execution,
    masks: Mapping[int, _FloatArray] | None = None,
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
        masks: Position in ``model.weights`` to a 0/1 array that the weight is multiplied with
            after each step.

    Raises:
        TrainingDiverged: The loss stopped being a number.
        GpuOutOfMemory: Not even batches of one image fit.
    """

    def train(params: TrainingParams) -> FineTuned:
        return _trained(
            model,
            validation,
            params=params,
            lowest_accuracy=lowest_accuracy,
            execution=execution,
            masks=masks or {},
        )

    tuned, warnings = devices.trained_within_memory(train, params, on_event=execution.on_event)
    return dataclasses.replace(tuned, warnings=warnings)


def kept_epoch(curve: Sequence[TrainingEpoch], lowest_accuracy: float) -> int:
    """The last epoch that is accurate enough, or the most accurate one where none is."""
    enough = [point for point in curve if point.select_accuracy >= lowest_accuracy - 1e-9]
    if enough:
        return enough[-1].epoch
    return max(curve, key=lambda point: point.select_accuracy).epoch


def optimizer(params: TrainingParams, n_images: int) -> keras.optimizers.Optimizer:
    """The optimizer of a whole training, with its schedule, clipping and weight decay.

    Args:
        params: What the caller wants.
        n_images: Images in an epoch; with ``params.epochs`` the length of the schedule.
    """
    options = {
        "learning_rate": _schedule(params, steps_per_epoch(params, n_images) * params.epochs),
        "weight_decay": params.weight_decay or None,
        "global_clipnorm": params.clip_norm or None,
    }
    if params.optimizer == "sgd":
        return keras.optimizers.SGD(momentum=0.9, nesterov=True, **options)
    return keras.optimizers.Adam(**options)


def steps_per_epoch(params: TrainingParams, n_images: int) -> int:
    """Batches that one pass over the images takes."""
    return math.ceil(n_images / params.batch_size)


def batches(
    validation: Validation, params: TrainingParams, rng: np.random.Generator
) -> Iterator[tuple[_FloatArray, _IntArray]]:
    """One pass over the tune images in a new order, augmented: ``(images, labels)`` a step."""
    tune = validation.tune
    order = rng.permutation(len(tune))
    for start in range(0, len(tune), params.batch_size):
        chosen = order[start : start + params.batch_size]
        images = validation.preprocessing.apply(tune.at(chosen))
        yield augmentation.augment(images, rng, params=params), tune.labels[chosen]


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


def _trained(
    model: keras.Model,
    validation: Validation,
    *,
    params: TrainingParams,
    lowest_accuracy: float,
    execution: Execution,
    masks: Mapping[int, _FloatArray],
) -> FineTuned:
    """One training from the start, as `fine_tune` says."""
    trained = models.trainable_copy(model)
    trainer = optimizer(params, len(validation.tune))
    step, forward = _compiled_step(trained, trainer, masks), metrics.compiled(trained)
    rng = np.random.default_rng(execution.seed)
    curve: list[TrainingEpoch] = []
    weights = trained.get_weights()
    for epoch in range(params.epochs + 1):
        epoch_batches = batches(validation, params, rng) if epoch else ()
        losses = [float(step(images, labels)) for images, labels in epoch_batches]
        curve.append(
            TrainingEpoch(
                epoch=epoch,
                loss=mean_loss(losses, params) if epoch else None,
                select_accuracy=metrics.accuracy(
                    forward, validation.select, validation.preprocessing
                ),
                learning_rate=float(trainer.learning_rate) if epoch else None,
            )
        )
        if kept_epoch(curve, lowest_accuracy) == epoch:
            weights = trained.get_weights()
        execution.on_event(_event(curve[-1], params.epochs))
    trained.set_weights(weights)
    return FineTuned(
        model=models.with_weights_of(model, trained),
        epoch=kept_epoch(curve, lowest_accuracy),
        curve=tuple(curve),
    )


def _schedule(params: TrainingParams, steps: int) -> Any:
    if params.schedule == "constant" or not steps:
        return params.learning_rate
    # Down to a hundredth, not to zero: the last steps should still count.
    return keras.optimizers.schedules.CosineDecay(params.learning_rate, steps, alpha=0.01)


def _compiled_step(
    model: keras.Model, trainer: keras.optimizers.Optimizer, masks: Mapping[int, _FloatArray]
) -> Callable[[_FloatArray, _IntArray], Any]:
    """``(images, labels)`` of one batch in, their loss out; changes the weights of the model."""
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=not network.is_softmax(model))
    masked = [(model.weights[position], tf.constant(mask)) for position, mask in masks.items()]
    trainer.build(model.trainable_variables)

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, *model.input_shape[1:]), tf.float32),
            tf.TensorSpec((None,), tf.int64),
        ]
    )
    def step(images: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        trainer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        for variable, mask in masked:
            variable.assign(variable * mask)
        return loss

    return step  # type: ignore[no-any-return]


def _event(point: TrainingEpoch, epochs: int) -> Event:
    metric = {"select_accuracy": point.select_accuracy}
    if point.loss is not None:
        metric["loss"] = point.loss
    return Event(stage="finetune", current=point.epoch, total=epochs, metric=metric)
