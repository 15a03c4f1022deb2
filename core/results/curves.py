"""How a repair went: points of the pruning and of the training curve."""

from dataclasses import dataclass

from .values import Value


@dataclass(frozen=True, kw_only=True)
class PruningStep(Value):
    """One point of the pruning curve."""

    channels_pruned: int
    #: Layer of the channel that this step silenced; ``None`` at zero channels.
    layer: str | None
    #: Channel that this step silenced.
    channel: int | None
    #: Accuracy on the clean *select* images, in [0, 1].
    select_accuracy: float


@dataclass(frozen=True, kw_only=True)
class TrainingEpoch(Value):
    """One point of the training curve; epoch 0 is before the first step."""

    epoch: int
    #: Mean training loss of the epoch; ``None`` at epoch 0.
    loss: float | None
    #: Accuracy on the clean *select* images, in [0, 1].
    select_accuracy: float
    learning_rate: float | None
