"""The parameters of the methods that search for what fools the model, and unlearn it."""

from dataclasses import dataclass

from .params import LargeStepParams, param

LABELS = "classes that may be targets: auto, all, or their numbers with commas between"


@dataclass(frozen=True, kw_only=True)
class TriggerUnlearning(LargeStepParams):
    """Parameters of `trigger-unlearning`."""

    name = "trigger-unlearning"
    summary = "Search for triggers, and train on images that carry them with their true class."
    weakness = "Finds small patches and faint patterns; a warp or a trigger per image it does not."
    source = "Wang et al., Neural Cleanse, IEEE S&P 2019, doi:10.1109/SP.2019.00031, in rounds"

    epochs: int = param(
        default=10, text="passes over the tune images, a round", minimum=0, maximum=1000
    )
    learning_rate: float = param(
        default=0.005, text="peak learning rate", minimum=0.0, maximum=10.0
    )
    rounds: int = param(
        default=3, text="searches, each on what the last training left", minimum=1, maximum=20
    )
    labels: str = param(default="auto", text=LABELS)
    triggers: int = param(
        default=1, text="triggers of each kind for each class, a round", minimum=1, maximum=100
    )
    steps: int = param(default=150, text="steps of each search", minimum=1, maximum=100_000)
    share: float = param(
        default=0.4, text="share of each batch that carries a trigger", minimum=0.0, maximum=1.0
    )
    radius: float = param(
        default=2.5,
        text="L2 norm of the faint patterns, with pixels from 0 to 1",
        minimum=0.0,
        maximum=1e3,
    )
