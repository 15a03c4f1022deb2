"""What a repair was given, what was chosen on it, and whether limits were met."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .values import Value


@dataclass(frozen=True, kw_only=True)
class Selection(Value):
    """What was chosen, on what, by which rule."""

    #: Rule in one sentence.
    rule: str
    #: Budget in absolute points of clean accuracy, as a fraction.
    max_accuracy_drop: float
    n_tune: int
    n_select: int
    #: Accuracy on the select images before and after the repair.
    select_accuracy_before: float
    select_accuracy_after: float
    #: Channels that were pruned, by layer.
    channels: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    #: Epoch whose weights were kept.
    epoch: int | None = None
    #: Strength that was kept, of those that were tried; ``None`` where there was none to choose.
    strength: str | None = None
    #: Strength, with what it is called, to the select accuracy that it ended with.
    tried: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PreprocessingChoice(Value):
    """How stored pixels were turned into what the model takes."""

    name: str
    #: Whether the caller said so or the baseline accuracy did.
    declared: bool
    #: Why, in one sentence.
    reason: str
    #: Accuracy on clean validation images under each preprocessing that was tried.
    tried: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class InputFile(Value):
    """One file we were given."""

    name: str
    sha256: str
    #: Number of images; ``None`` for a model.
    n: int | None


@dataclass(frozen=True, kw_only=True)
class Inputs(Value):
    """The files we were given, by role."""

    model: InputFile
    clean_validation: InputFile
    clean_test: InputFile | None = None
    poisoned_test: tuple[InputFile, ...] = ()
    unlabelled: InputFile | None = None


@dataclass(frozen=True, kw_only=True)
class Gate(Value):
    """Limits that the caller asked for, and whether they were met."""

    max_attack_success_rate: float | None
    max_accuracy_drop: float | None
    passed: bool
    #: One sentence for each limit that was missed.
    reasons: tuple[str, ...] = ()
