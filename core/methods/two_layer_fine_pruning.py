"""Two-layer fine-pruning: prune beyond the point where accuracy falls, then fine-tune for long.

The budget is judged after fine-tuning, which brings most of the accuracy back. Attack success
does not fall bit by bit with the depth of pruning, but at once, and often beyond what accuracy
would stand without fine-tuning.

Source: Liu, Dolan-Gavitt, Garg, Fine-Pruning, RAID 2018, arXiv:1805.12185; over two layers as in
https://github.com/leohu97/EL-GY-9163-Backdoor-Detector
"""

import dataclasses
from collections.abc import Mapping

import tf_keras as keras

from .. import finetuning, pruning
from ..catalogue import TwoLayerFinePruning
from ..metrics import FloatArray
from . import base, strengths


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: TwoLayerFinePruning,
    max_accuracy_drop: float,
    execution: base.Execution,
    make_step: finetuning.MakeStep = finetuning.plain_step,
) -> base.Repair:
    """A copy of the model with two layers pruned, then fine-tuned.

    Its strength is the share of channels that is silenced in each of the layers: the largest
    whose fine-tuning ends within the budget is kept. Silent channels stay silent.

    Args:
        model: Stays as it is.
        validation: Clean images, split; the order comes from tune, the depth from select.
        params: Layers, order, the range of shares, and the training that follows.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.
        make_step: What makes the steps of fine-tuning.

    Raises:
        NoPrunableLayer: The model has no convolution.
        UnknownLayer: ``params.layers`` names none of them.
    """
    before = base.select_accuracy(model, validation)
    scores = _scores(model, validation, params)

    def attempt(share: float, execution: base.Execution) -> finetuning.FineTuned:
        channels = _least_used(scores, share)
        pruned = pruning.silence_channels(model, channels)
        return finetuning.fine_tune(
            pruned,
            validation,
            params=params,
            lowest_accuracy=before - max_accuracy_drop,
            execution=execution,
            make_step=finetuning.masked(pruning.masks(pruned, channels), make_step),
        )

    ladder = strengths.even(params.lowest_share, params.highest_share, params.attempts)
    found = strengths.strongest(ladder, attempt, execution)
    selection = strengths.selection(
        found, unit="share", before=before,
        max_accuracy_drop=max_accuracy_drop, validation=validation,
    )  # fmt: skip
    channels = pruning.by_layer(_least_used(scores, found.strength))
    return base.Repair.of(found.tuned, dataclasses.replace(selection, channels=channels))


def _scores(
    model: keras.Model, validation: base.Validation, params: TwoLayerFinePruning
) -> Mapping[str, FloatArray]:
    layers = pruning.select_layers(model, params.layers)
    return pruning.channel_scores(
        model, layers, validation.tune, validation.preprocessing, order=params.order
    )


def _least_used(scores: Mapping[str, FloatArray], share: float) -> tuple[pruning.Channel, ...]:
    """The least used share of the channels of every layer; none of the layers is emptied."""
    order = pruning.pruning_order(scores)  # takes from all layers alike, so their last come last
    return order[: min(round(share * len(order)), len(order) - len(scores))]
