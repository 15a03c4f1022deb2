"""The parameters of the methods that learn a part of the model anew from what it says itself."""

from dataclasses import dataclass
from typing import Literal

from .params import Params, TrainingParams, param
from .unlearning import LABELS


@dataclass(frozen=True, kw_only=True)
class TargetRelearning(Params):
    """Parameters of `target-relearning`."""

    name = "target-relearning"
    summary = "Learn anew, in closed form, how the last layer scores the suspected classes."
    weakness = "Repairs the scores, not the features: triggered images seldom get their true class."
    source = "Ours; the last layer anew as Min et al., FST, NeurIPS 2023, arXiv:2310.01875"

    labels: str = param(default="auto", text=LABELS)
    triggers: int = param(
        default=3, text="triggers of each kind for each class", minimum=1, maximum=100
    )
    steps: int = param(default=150, text="steps of each search", minimum=1, maximum=100_000)
    ridge: float = param(
        default=1e-3,
        text="weight of the penalty on large weights, in mean squares of the features",
        minimum=0.0,
        maximum=1e6,
    )
    own_weight: float = param(
        default=64.0,
        text="weight of the clean images of the classes that are learned anew; that of all others "
        "is 1",
        minimum=1.0,
        maximum=1e6,
    )
    rounds: int = param(
        default=2,
        text="searches; each but the first looks for what still works, and all triggers are kept",
        minimum=1,
        maximum=10,
    )


@dataclass(frozen=True, kw_only=True)
class ForgetAndDistil(TrainingParams):
    """Parameters of `forget-and-distil`."""

    name = "forget-and-distil"
    summary = (
        "Forget the head; learn it anew from the model's own answers to images without pieces."
    )
    weakness = "Needs images of every class; a trigger that no search finds may survive."
    source = "Ours; distillation as Hinton et al., 2015, arXiv:1503.02531"

    epochs: int = param(default=80, text="passes over the tune images", minimum=0, maximum=1000)
    batch_size: int = param(default=128, text="images per step", minimum=1, maximum=4096)
    weight_decay: float = param(
        default=0.0,
        text="share of every weight taken off per step, times the learning rate",
        minimum=0.0,
        maximum=1.0,
    )
    shift: int = param(default=2, text="move images by up to so many pixels", minimum=0, maximum=64)
    noise: float = param(
        default=0.0,
        text="noise, as a share of the pixel range (standard deviation)",
        minimum=0.0,
        maximum=1.0,
    )
    forget: Literal["readout", "dense", "nothing"] = param(
        default="dense",
        text="what is learned anew: the last layer (in closed form), the other dense layers, or "
        "nothing",
    )
    corruption: Literal["images", "with-checkerboards", "none"] = param(
        default="images", text="foreign pieces that only the student sees"
    )
    labels: str = param(default="auto", text=LABELS)
    triggers: int = param(
        default=3, text="triggers of each kind for each class", minimum=0, maximum=100
    )
    steps: int = param(default=150, text="steps of each search", minimum=1, maximum=100_000)
    share: float = param(
        default=0.6, text="share of each batch that carries a trigger", minimum=0.0, maximum=1.0
    )
    imitation: float = param(
        default=0.9,
        text="weight of the model's own answers; the rest is that of the true labels",
        minimum=0.0,
        maximum=1.0,
    )
    temperature: float = param(
        default=2.0, text="how much the answers are softened", minimum=0.1, maximum=100.0
    )
    ridge: float = param(
        default=1e-3,
        text="penalty of the closed form, in mean squares of the features",
        minimum=0.0,
        maximum=1e6,
    )


@dataclass(frozen=True, kw_only=True)
class Auto(Params):
    """Parameters of `auto`."""

    name = "auto"
    summary = "Diagnose, try the repairs that fit, and keep the best by clean images alone."
    weakness = "Takes the time of several repairs; what the diagnosis cannot see steers nothing."
    source = "Ours"

    assume_backdoor: bool = param(
        default=False,
        text="take it as known that there is a backdoor: where nothing is suspected, repair as "
        "far as the accuracy budget allows, even at the cost of the classes that rank highest",
    )
