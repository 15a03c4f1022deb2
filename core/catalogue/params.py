"""What the parameters of every method share, and those of the one training loop."""

import typing
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal


def param(*, default: Any, text: str, **limits: Any) -> Any:
    """A field with its help text and limits (``minimum=``, ``maximum=``, inclusive)."""
    return field(default=default, metadata={"help": text, **limits})


@dataclass(frozen=True, kw_only=True)
class Params:
    """What every method has: a name, what it does, where it falls short, and a source."""

    name: ClassVar[str]
    summary: ClassVar[str]
    weakness: ClassVar[str]
    source: ClassVar[str]


@dataclass(frozen=True, kw_only=True)
class TrainingParams(Params):
    """The shared training loop: schedule and augmentation."""

    epochs: int = param(default=20, text="passes over the tune images", minimum=0, maximum=1000)
    batch_size: int = param(default=64, text="images per step", minimum=1, maximum=4096)
    optimizer: Literal["adam", "sgd"] = param(
        default="adam", text="adam, or sgd with Nesterov momentum 0.9"
    )
    learning_rate: float = param(default=1e-3, text="peak learning rate", minimum=0.0, maximum=10.0)
    schedule: Literal["cosine", "constant"] = param(
        default="cosine", text="how the learning rate falls"
    )
    weight_decay: float = param(
        default=5e-4,
        text="share of every weight taken off per step, times the learning rate",
        minimum=0.0,
        maximum=1.0,
    )
    clip_norm: float = param(
        default=5.0, text="largest global gradient norm", minimum=0.0, maximum=1e6
    )
    flip: bool = param(default=True, text="mirror half of the images; not for digits or signs")
    shift: int = param(default=3, text="move images by up to so many pixels", minimum=0, maximum=64)
    noise: float = param(
        default=0.02,
        text="noise, as a share of the pixel range (standard deviation)",
        minimum=0.0,
        maximum=1.0,
    )


@dataclass(frozen=True, kw_only=True)
class LargeStepParams(TrainingParams):
    """The same with large steps straight down the gradient, which forget a trigger sooner."""

    optimizer: Literal["adam", "sgd"] = param(
        default="sgd", text="adam, or sgd with Nesterov momentum 0.9"
    )
    learning_rate: float = param(default=0.02, text="peak learning rate", minimum=0.0, maximum=10.0)


def choices(hint: object) -> tuple[str, ...]:
    """The words that a parameter of this type can be; empty where any value of its kind will do."""
    return typing.get_args(hint) if typing.get_origin(hint) is Literal else ()
