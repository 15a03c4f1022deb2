"""Magnitude pruning: zero the smallest weights of every kernel while training on clean images.

This is what `prune_low_magnitude` of tensorflow-model-optimization does; it looks at no activation
and is not fine-pruning. Source: Zhu, Gupta, To prune or not to prune, 2017, arXiv:1710.01878
"""

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras as keras

from .. import devices, errors, finetuning, metrics, models, network
from ..catalogue import MagnitudePruning
from ..results import Event, Selection, TrainingEpoch
from . import base

_sparsity = tfmot.sparsity.keras


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: MagnitudePruning,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A sparse copy of the model, trained on the tune images.

    Its strength, the sparsity, is given and not turned up to the budget; a cost beyond the budget
    is reported as a warning.

    Args:
        model: Stays as it is.
        validation: Clean images, split.
        params: Sparsity, its schedule, and the training.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.

    Raises:
        TrainingDiverged: The loss stopped being a number.
        GpuOutOfMemory: Not even batches of one image fit.
    """
    before = base.select_accuracy(model, validation)
    (sparse, curve), warnings = devices.trained_within_memory(
        lambda params: _trained(model, validation, params, execution),
        params,
        on_event=execution.on_event,
    )
    _check_sparsity(sparse, params.sparsity)
    selection = Selection(
        rule="a given sparsity, whatever it costs; nothing was chosen",
        max_accuracy_drop=max_accuracy_drop,
        n_tune=len(validation.tune),
        n_select=len(validation.select),
        select_accuracy_before=before,
        select_accuracy_after=base.select_accuracy(sparse, validation),
        epoch=params.epochs,
    )
    return base.Repair(
        model=sparse,
        selection=selection,
        training_curve=curve,
        warnings=(*warnings, *base.over_budget(selection)),
    )


def sparsities(model: keras.Model) -> dict[str, float]:
    """Layer name to the share of its kernel that is 0, for every layer with a kernel.

    Of a separable convolution the pointwise kernel counts; depthwise kernels are not pruned.
    """
    kernels = {layer.name: _kernel(layer) for layer in model.layers}
    return {
        name: float(np.mean(kernel.numpy() == 0))
        for name, kernel in kernels.items()
        if kernel is not None
    }


def _trained(
    model: keras.Model,
    validation: base.Validation,
    params: MagnitudePruning,
    execution: base.Execution,
) -> tuple[keras.Model, tuple[TrainingEpoch, ...]]:
    """One training from the start: the sparse model, and how it got there."""
    wrapped = _wrapped(model, params, len(validation.tune))
    recorder = _Recorder(validation, params, execution)
    wrapped.fit(
        _dataset(model, validation, params, execution.seed),
        epochs=params.epochs,
        steps_per_epoch=finetuning.steps_per_epoch(params, len(validation.tune)),
        callbacks=[_sparsity.UpdatePruningStep(), recorder],
        verbose=0,
    )
    sparse = models.with_weights_of(model, _sparsity.strip_pruning(wrapped))
    return sparse, tuple(recorder.curve)


def _kernel(layer: keras.layers.Layer) -> tf.Variable | None:
    return getattr(layer, "kernel", getattr(layer, "pointwise_kernel", None))


def _wrapped(model: keras.Model, params: MagnitudePruning, n_images: int) -> keras.Model:
    # The wrappers train the very layers they are given, so they are given those of a copy.
    wrapped = _sparsity.prune_low_magnitude(
        models.trainable_copy(model),
        pruning_schedule=_schedule(params, finetuning.steps_per_epoch(params, n_images)),
        pruning_policy=_OnlyKernels(),
    )
    from_logits = not network.is_softmax(model)
    wrapped.compile(
        optimizer=finetuning.optimizer(params, n_images),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits),
    )
    return wrapped


class _OnlyKernels(_sparsity.PruningPolicy):  # type: ignore[misc, name-defined]
    """Wraps no layer that has nothing to prune; the library refuses those that it does not know."""

    def allow_pruning(self, layer: keras.layers.Layer) -> bool:
        """Whether the layer is wrapped."""
        return _kernel(layer) is not None

    def ensure_model_supports_pruning(self, model: keras.Model) -> None:
        """Every model of layers that are read here does."""


def _schedule(params: MagnitudePruning, steps_per_epoch: int) -> Any:
    # The masks are first updated at step *frequency*, not at step 0: with the library's default
    # of 100, a training of fewer steps prunes nothing at all, without a word.
    frequency = max(1, min(100, steps_per_epoch // 2))
    if params.sparsity_schedule == "constant":
        return _sparsity.ConstantSparsity(params.sparsity, 0, -1, frequency)
    return _sparsity.PolynomialDecay(
        initial_sparsity=params.initial_sparsity,
        final_sparsity=params.sparsity,
        begin_step=0,
        end_step=_last_update(2 * steps_per_epoch * params.epochs // 3, frequency),
        frequency=frequency,
    )


def _last_update(step: int, frequency: int) -> int:
    # The final sparsity is only reached if an update falls on the last step of the schedule.
    return max(frequency, step // frequency * frequency)


def _dataset(
    model: keras.Model, validation: base.Validation, params: MagnitudePruning, seed: int
) -> tf.data.Dataset:
    rng = np.random.default_rng(seed)

    def endless() -> Iterator[tuple[metrics.FloatArray, metrics.IntArray]]:
        while True:
            yield from finetuning.batches(validation, params, rng)

    signature = (
        tf.TensorSpec((None, *model.input_shape[1:]), tf.float32),
        tf.TensorSpec((None,), tf.int64),
    )
    return tf.data.Dataset.from_generator(endless, output_signature=signature)


class _Recorder(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes down the training curve and tells the listener."""

    def __init__(
        self, validation: base.Validation, params: MagnitudePruning, execution: base.Execution
    ) -> None:
        super().__init__()
        self.curve: list[TrainingEpoch] = []
        self._validation = validation
        self._params = params
        self._execution = execution

    @functools.cached_property
    def _forward(self) -> metrics.Forward:
        return metrics.compiled(self.model)

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Epoch 0 is before the first step."""
        del logs
        self._record(0, None, learning_rate=None)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keras counts epochs from 0, the curve from 1."""
        assert logs is not None
        loss = finetuning.mean_loss([logs["loss"]], self._params)
        self._record(epoch + 1, loss, learning_rate=float(self.model.optimizer.learning_rate))

    def _record(self, epoch: int, loss: float | None, *, learning_rate: float | None) -> None:
        select, preprocessing = self._validation.select, self._validation.preprocessing
        point = TrainingEpoch(
            epoch=epoch,
            loss=loss,
            select_accuracy=metrics.accuracy(self._forward, select, preprocessing),
            learning_rate=learning_rate,
        )
        self.curve.append(point)
        self._execution.on_event(
            Event(
                stage="finetune",
                current=epoch,
                total=self._params.epochs,
                metric={"select_accuracy": point.select_accuracy},
            )
        )


def _check_sparsity(model: keras.Model, wanted: float) -> None:
    """A repair that pruned nothing must never be reported as one that did.

    A kernel may be sparser than asked: dead channels had zeros before, and never change.
    """
    for name, measured in sparsities(model).items():
        size = int(tf.size(_kernel(model.get_layer(name))))
        if wanted - measured > 1 / size + 1e-6:
            raise errors.RepairFailed(
                f"the kernel of {name} came out with sparsity {measured:.3f}, not {wanted}",
                place=name, expected=wanted, received=measured,
            )  # fmt: skip
