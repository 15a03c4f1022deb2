"""Prune two layers, then FT-SAM: what pruning leaves of a backdoor is fine-tuned away.

Source: Zhu, Wei, Shen, Fan, Wu, Enhancing Fine-Tuning Based Backdoor Defense with Sharpness-Aware
Minimization, ICCV 2023, arXiv:2304.11823, table 4
"""

import tf_keras as keras

from ..catalogue import PruningFineTuningSam
from . import base, ft_sam, two_layer_fine_pruning


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: PruningFineTuningSam,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A copy of the model with two layers pruned, then fine-tuned as by `ft_sam`.

    Its strength is the share of channels that is silenced; rho is given.

    Args:
        model: Stays as it is.
        validation: Clean images, split.
        params: Layers, order, the range of shares, rho, and the training.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.

    Raises:
        NoPrunableLayer: The model has no convolution.
        UnknownLayer: ``params.layers`` names none of them.
    """
    return two_layer_fine_pruning.repair(
        model,
        validation,
        params=params,
        max_accuracy_drop=max_accuracy_drop,
        execution=execution,
        make_step=ft_sam.flat_step(params.rho, smoothing=params.label_smoothing),
    )
