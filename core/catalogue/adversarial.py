"""The parameters of the methods that unlearn what an adversary could add to an image."""

from dataclasses import dataclass

from .params import LargeStepParams, param
from .unlearning import LABELS

_PEAK = "peak learning rate"


@dataclass(frozen=True, kw_only=True)
class AdversarialUnlearning(LargeStepParams):
    """Parameters of `i-bau`."""

    name = "i-bau"
    summary = "Find patterns that fool the model on many images at once, and unlearn them."
    weakness = "Looks for what is added to an image: misses warps; costs accuracy at large sizes."
    source = "Zeng et al., I-BAU, ICLR 2022, arXiv:2110.03735"

    epochs: int = param(default=10, text="passes over the tune images", minimum=0, maximum=1000)
    learning_rate: float = param(default=0.01, text=_PEAK, minimum=0.0, maximum=10.0)
    lowest_radius: float = param(
        default=0.5,
        text="smallest strength: L2 norm of the patterns, with pixels from 0 to 1",
        minimum=1e-6,
        maximum=1e3,
    )
    highest_radius: float = param(
        default=4.0, text="largest strength that may be tried", minimum=1e-6, maximum=1e3
    )
    attempts: int = param(
        default=3, text="trainings in search of the largest strength", minimum=1, maximum=8
    )
    share: float = param(
        default=0.25, text="share of each batch that carries a pattern", minimum=0.0, maximum=1.0
    )
    patterns: int = param(
        default=3, text="patterns, each for a group of classes", minimum=1, maximum=100
    )
    search_steps: int = param(
        default=2, text="steps of the search in each step of training", minimum=1, maximum=100
    )
    terms: int = param(
        default=3,
        text="terms of the implicit gradient; 0 takes the patterns for given",
        minimum=0,
        maximum=100,
    )


@dataclass(frozen=True, kw_only=True)
class SharedAdversarialUnlearning(LargeStepParams):
    """Parameters of `sau`."""

    name = "sau"
    summary = "Unlearn the changes of an image that fool the model just as they did before."
    weakness = "Slow; misses triggers that change single pixels further than it searches."
    source = "Wei, Zhang, Zha, Wu, SAU, NeurIPS 2023, arXiv:2307.10562"

    epochs: int = param(default=10, text="passes over the tune images", minimum=0, maximum=1000)
    learning_rate: float = param(default=0.01, text=_PEAK, minimum=0.0, maximum=10.0)
    labels: str = param(default="auto", text=LABELS)
    lowest_reach: float = param(
        default=0.008,
        text="smallest strength: change of a pixel, as a share of its range",
        minimum=1e-6,
        maximum=1.0,
    )
    highest_reach: float = param(
        default=0.06, text="largest strength that may be tried", minimum=1e-6, maximum=1.0
    )
    attempts: int = param(
        default=3, text="trainings in search of the largest strength", minimum=1, maximum=8
    )
    search_steps: int = param(
        default=5, text="steps of the search in each step of training", minimum=1, maximum=100
    )
    weight: float = param(
        default=1.0, text="price of what is shared, against clean loss", minimum=0.0, maximum=1e3
    )
