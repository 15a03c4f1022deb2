"""The parameters of the methods that bound activations and leave the weights alone."""

from dataclasses import dataclass

from .params import TrainingParams, param


@dataclass(frozen=True, kw_only=True)
class ActivationClipping(TrainingParams):
    """Parameters of `activation-clipping`."""

    name = "activation-clipping"
    summary = "Bound each channel by what clean images need; the weights stay as they are."
    weakness = "Leaves triggers whose activations are of the usual size."
    source = "Cheng et al., UNIT, ECCV 2024, arXiv:2407.11372, with a bound for each channel"

    learning_rate: float = param(
        default=0.02, text="peak learning rate of the bounds, as shares", minimum=0.0, maximum=10.0
    )
    weight_decay: float = param(
        default=0.0,
        text="share of every bound taken off per step, times the learning rate",
        minimum=0.0,
        maximum=1.0,
    )
    spread: float = param(
        default=4.0,
        text="standard deviations above the mean at which the bounds start",
        minimum=0.0,
        maximum=100.0,
    )
    lowest_price: float = param(
        default=0.1, text="smallest strength: price of the bounds", minimum=1e-6, maximum=1e6
    )
    highest_price: float = param(
        default=10.0, text="largest strength that may be tried", minimum=1e-6, maximum=1e6
    )
    attempts: int = param(
        default=3, text="trainings in search of the largest strength", minimum=1, maximum=8
    )
