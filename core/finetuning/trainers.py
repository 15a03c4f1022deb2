"""The optimizer of a training, with its schedule."""

from typing import Any

import tf_keras as keras

from ..catalogue import TrainingParams
from .batches import steps_per_epoch


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


def _schedule(params: TrainingParams, steps: int) -> Any:
    if params.schedule == "constant" or not steps:
        return params.learning_rate
    # Down to a hundredth, not to zero: the last steps should still count.
    return keras.optimizers.schedules.CosineDecay(params.learning_rate, steps, alpha=0.01)
