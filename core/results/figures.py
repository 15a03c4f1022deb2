"""The figures of a model, each with how sure we are of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .values import Value


@dataclass(frozen=True, kw_only=True)
class Rate(Value):
    """A share of images, with how sure we are of it."""

    #: Share in [0, 1].
    value: float
    #: Number of images it was measured on.
    n: int
    #: 95 % confidence interval, (low, high) in [0, 1].
    ci95: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Excess(Value):
    """Attack success above the floor, with how sure we are of it."""

    #: Attack success rate minus floor, in [-1, 1].
    value: float
    #: Number of poisoned images it was measured on.
    n: int
    #: 95 % confidence interval, (low, high) in [-1, 1].
    ci95: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class AttackResult(Value):
    """What one poisoned set does to one model. ``None`` is *not measured*, never 0."""

    #: Name of the poisoned set.
    name: str
    #: Class the trigger forces; ``None`` where each image has a target of its own.
    target_label: int | None
    #: Share of poisoned images put in the target; images truly of the target are left out.
    attack_success_rate: Rate | None
    #: Share of the same images put in their true class.
    robust_accuracy: Rate | None
    #: Share of clean images of other classes that the model sends to the target anyway.
    floor: Rate | None
    #: What the trigger adds: attack success rate minus floor; ``None`` without a floor.
    excess: Excess | None = None


@dataclass(frozen=True, kw_only=True)
class Evaluation(Value):
    """All figures of one model."""

    #: Share of clean test images put in their class; ``None`` without a clean test set.
    clean_accuracy: Rate | None
    #: Label (as text, for JSON) to the accuracy on the clean test images of that class.
    per_class: Mapping[str, Rate] = field(default_factory=dict)
    attacks: tuple[AttackResult, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PairedChange(Value):
    """How a share changed when the same images went through two models."""

    #: After minus before, in [-1, 1].
    value: float
    n: int
    ci95: tuple[float, float]
    #: Images that only the first model put in their class.
    only_before: int
    #: Images that only the second model put in their class.
    only_after: int
    #: Exact McNemar test of "no change", two-sided.
    p_value: float


@dataclass(frozen=True, kw_only=True)
class ClassSummary(Value):
    """Who paid for a repair: a mean over many classes hides that some of them are gone."""

    #: Classes with clean test images.
    n_classes: int
    #: Classes in a tenth of them, one at least.
    n_worst: int
    #: Mean accuracy of the least accurate tenth of the classes, in [0, 1]; before and after it
    #: need not be the same classes.
    worst_tenth_before: float
    worst_tenth_after: float
    #: Classes of which some images were right before the repair, and none is after it.
    n_lost: int
