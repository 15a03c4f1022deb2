"""Triggers and poisoning: for the demo, the tests and the benchmark; never used in a repair."""

from .poisoning import (
    Attack,
    Cover,
    Implant,
    Poisoned,
    PoisonedSet,
    plan,
    poison,
    poisoned_training_set,
    tested,
)
from .recipes import NAMES, recipe
from .triggers import (
    Blended,
    Checkerboard,
    JitteredWarp,
    LowFrequency,
    NoisePatch,
    Sinusoid,
    Trigger,
    Warp,
    patch,
)

__all__ = [
    "NAMES",
    "Attack",
    "Blended",
    "Checkerboard",
    "Cover",
    "Implant",
    "JitteredWarp",
    "LowFrequency",
    "NoisePatch",
    "Poisoned",
    "PoisonedSet",
    "Sinusoid",
    "Trigger",
    "Warp",
    "patch",
    "plan",
    "poison",
    "poisoned_training_set",
    "recipe",
    "tested",
]
