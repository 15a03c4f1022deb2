"""The one training loop, and what a method may bring to it: a step of its own."""

from .batches import batches, steps_per_epoch
from .loop import fine_tune, kept_epoch, mean_loss, train
from .trainee import (
    MakeStep,
    Pupil,
    Step,
    Trainee,
    cross_entropy,
    log_probabilities,
    masked,
    plain_step,
)
from .trainers import optimizer
from .values import Execution, FineTuned, OnEvent, Validation

__all__ = [
    "Execution",
    "FineTuned",
    "MakeStep",
    "OnEvent",
    "Pupil",
    "Step",
    "Trainee",
    "Validation",
    "batches",
    "cross_entropy",
    "fine_tune",
    "kept_epoch",
    "log_probabilities",
    "masked",
    "mean_loss",
    "optimizer",
    "plain_step",
    "steps_per_epoch",
    "train",
]
