"""The parameters of the methods that the others are measured against."""

from dataclasses import dataclass
from typing import Literal

from .params import TrainingParams, param


@dataclass(frozen=True, kw_only=True)
class FineTuning(TrainingParams):
    """Parameters of `fine-tuning`."""

    name = "fine-tuning"
    summary = "Train on clean images; keep the last epoch within the accuracy budget."
    weakness = "Often leaves the trigger as it is, above all in nets without batch normalization."
    source = "Baseline of Liu, Dolan-Gavitt, Garg, Fine-Pruning, RAID 2018, arXiv:1805.12185"


@dataclass(frozen=True, kw_only=True)
class FinePruning(TrainingParams):
    """Parameters of `fine-pruning`."""

    name = "fine-pruning"
    summary = "Silence the channels that clean images use least, then fine-tune."
    weakness = "Leaves a trigger whose channels clean images need, too."
    source = "Liu, Dolan-Gavitt, Garg, Fine-Pruning, RAID 2018, arXiv:1805.12185"

    layers: str = param(
        default="last-1", text="convolutions to prune: last-K, or their names with commas between"
    )
    order: Literal["mean-activation", "apoz"] = param(
        default="mean-activation",
        text="prune first what is least active, or most often zero (APoZ)",
    )


@dataclass(frozen=True, kw_only=True)
class MagnitudePruning(TrainingParams):
    """Parameters of `magnitude-pruning`."""

    name = "magnitude-pruning"
    summary = "Zero the smallest weights of every kernel while training on clean images."
    weakness = "Was made to shrink models, looks for no trigger, and mostly leaves it."
    source = "Zhu, Gupta, To prune or not to prune, 2017, arXiv:1710.01878, as tfmot does it"

    epochs: int = param(default=3, text="passes over the tune images", minimum=1, maximum=1000)
    batch_size: int = param(default=32, text="images per step", minimum=1, maximum=4096)
    sparsity: float = param(
        default=0.8, text="share of each kernel that becomes 0", minimum=0.0, maximum=0.99
    )
    sparsity_schedule: Literal["constant", "polynomial"] = param(
        default="constant",
        text="all at once, or from initial_sparsity to sparsity over two thirds of training",
    )
    initial_sparsity: float = param(
        default=0.3, text="where the polynomial schedule starts", minimum=0.0, maximum=0.99
    )
    flip: bool = param(
        default=False, text="mirror half of the images; the original recipe does not"
    )
    shift: int = param(default=0, text="move images by up to so many pixels", minimum=0, maximum=64)
    noise: float = param(
        default=0.0,
        text="noise, as a share of the pixel range (standard deviation)",
        minimum=0.0,
        maximum=1.0,
    )
    schedule: Literal["cosine", "constant"] = param(
        default="constant", text="how the learning rate falls"
    )
    weight_decay: float = param(
        default=0.0,
        text="share of every weight taken off per step, times the learning rate",
        minimum=0.0,
        maximum=1.0,
    )
