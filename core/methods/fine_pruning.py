"""Fine-pruning: silence the channels that clean images use least, then fine-tune.

Source: Liu, Dolan-Gavitt, Garg, Fine-Pruning, RAID 2018, arXiv:1805.12185
"""

from dataclasses import replace

import tf_keras as keras

from .. import finetuning, pruning
from ..catalogue import FinePruning
from ..results import Event, PruningStep, Selection
from . import base

#: Of the pruning curve, about so many points are told while the work goes on; the report has all.
_STEPS_TOLD = 100


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: FinePruning,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A pruned and fine-tuned copy of the model.

    Its strength is the number of channels: as many are silenced, in the order of their clean
    activation, as the budget allows on the select images. Fine-tuning may then not fall below the
    budget either; silent channels stay silent.

    Args:
        model: Stays as it is.
        validation: Clean images, split; the order comes from tune, the depth from select.
        params: Layers, order, and the training that follows.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.

    Raises:
        NoPrunableLayer: The model has no convolution; `fine-tuning` works without.
        UnknownLayer: ``params.layers`` names none of them.
    """
    order = _order(model, validation, params)
    curve = _curve(model, order, validation, execution)
    deepest = pruning.deepest_step(curve, max_accuracy_drop=max_accuracy_drop)
    channels = order[: deepest.channels_pruned]
    pruned = pruning.silence_channels(model, channels)
    tuned = finetuning.fine_tune(
        pruned,
        validation,
        params=params,
        lowest_accuracy=curve[0].select_accuracy - max_accuracy_drop,
        execution=execution,
        make_step=finetuning.masked(pruning.masks(pruned, channels)),
    )
    selection = Selection(
        rule="as many channels as the budget allows, then the last epoch within the budget",
        max_accuracy_drop=max_accuracy_drop,
        n_tune=len(validation.tune),
        n_select=len(validation.select),
        select_accuracy_before=curve[0].select_accuracy,
        select_accuracy_after=tuned.select_accuracy,
        channels=pruning.by_layer(channels),
        epoch=tuned.epoch,
    )
    return replace(base.Repair.of(tuned, selection), pruning_curve=curve)


def _order(
    model: keras.Model, validation: base.Validation, params: FinePruning
) -> tuple[pruning.Channel, ...]:
    layers = pruning.select_layers(model, params.layers)
    scores = pruning.channel_scores(
        model, layers, validation.tune, validation.preprocessing, order=params.order
    )
    return pruning.pruning_order(scores)


def _curve(
    model: keras.Model,
    order: tuple[pruning.Channel, ...],
    validation: base.Validation,
    execution: base.Execution,
) -> tuple[PruningStep, ...]:
    total, seen = len(validation.select), 0

    def on_batch(count: int) -> None:
        nonlocal seen
        seen += count
        execution.on_event(Event(stage="prune", current=seen, total=total))

    curve = pruning.sweep(
        model, order, validation.select, validation.preprocessing, on_batch=on_batch
    )
    for step in curve[:: -(-len(curve) // _STEPS_TOLD)]:
        metric = {
            "channels_pruned": float(step.channels_pruned),
            "select_accuracy": step.select_accuracy,
        }
        execution.on_event(Event(stage="prune", current=seen, total=total, metric=metric))
    return curve
