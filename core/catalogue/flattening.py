"""The parameters of the methods that look for flat places of the loss."""

from dataclasses import dataclass

from .params import LargeStepParams, param


@dataclass(frozen=True, kw_only=True)
class FineTuningSam(LargeStepParams):
    """Parameters of `ft-sam`."""

    name = "ft-sam"
    summary = "Fine-tune where the loss is flat, which shrinks the large weights of a backdoor."
    weakness = "Weaker in models without batch normalization; a few poisoned images wake it up."
    source = "Zhu, Wei, Shen, Fan, Wu, FT-SAM, ICCV 2023, arXiv:2304.11823"

    lowest_rho: float = param(
        default=0.05,
        text="smallest strength: how far around the weights",
        minimum=1e-6,
        maximum=1e3,
    )
    highest_rho: float = param(
        default=3.2, text="largest strength that may be tried", minimum=1e-6, maximum=1e3
    )
    attempts: int = param(
        default=3, text="trainings in search of the largest strength", minimum=1, maximum=8
    )
    label_smoothing: float = param(
        default=0.1, text="share of the label that all classes get alike", minimum=0.0, maximum=0.9
    )
