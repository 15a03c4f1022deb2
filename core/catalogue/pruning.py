"""The parameters of the methods that prune two layers and train long."""

from dataclasses import dataclass
from typing import Literal

from .params import LargeStepParams, param

_LAYERS = "convolutions to prune: last-K, or their names with commas between"
_ORDER = "prune first what is most often zero (APoZ), or least active"
_LOWEST = "smallest strength: share of the channels of each layer"
_HIGHEST = "largest share that may be tried"
_ATTEMPTS = "trainings in search of the largest share"


@dataclass(frozen=True, kw_only=True)
class TwoLayerFinePruning(LargeStepParams):
    """Parameters of `two-layer-fine-pruning`."""

    name = "two-layer-fine-pruning"
    summary = "Prune two layers beyond the point where accuracy falls, then fine-tune for long."
    weakness = "Leaves a trigger that sits in earlier layers; costs more accuracy in small models."
    source = "Liu, Dolan-Gavitt, Garg, Fine-Pruning, RAID 2018, arXiv:1805.12185, over two layers"

    epochs: int = param(default=30, text="passes over the tune images", minimum=0, maximum=1000)
    layers: str = param(default="last-2", text=_LAYERS)
    order: Literal["mean-activation", "apoz"] = param(default="apoz", text=_ORDER)
    lowest_share: float = param(default=0.3, text=_LOWEST, minimum=0.0, maximum=1.0)
    highest_share: float = param(default=0.9, text=_HIGHEST, minimum=0.0, maximum=1.0)
    attempts: int = param(default=3, text=_ATTEMPTS, minimum=1, maximum=8)


@dataclass(frozen=True, kw_only=True)
class PruningFineTuningSam(TwoLayerFinePruning):
    """Parameters of `pruning-ft-sam`."""

    name = "pruning-ft-sam"
    summary = "Prune two layers, then fine-tune where the loss is flat."
    weakness = "Twice the time of two-layer fine-pruning; leaves triggers of earlier layers."
    source = "Zhu, Wei, Shen, Fan, Wu, FT-SAM, ICCV 2023, arXiv:2304.11823, table 4"

    rho: float = param(
        default=0.1, text="how far around the weights the loss is to be low", minimum=0.0,
        maximum=1e3,
    )  # fmt: skip
    label_smoothing: float = param(
        default=0.1, text="share of the label that all classes get alike", minimum=0.0, maximum=0.9
    )
