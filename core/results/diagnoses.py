"""Which classes look like targets of a backdoor, and why; never proof."""

from dataclasses import dataclass
from typing import Literal

from .values import Value

#: ``patch``: pixels are replaced under a mask; ``additive``: a pattern is added to all of them.
TriggerKind = Literal["patch", "additive"]


@dataclass(frozen=True, kw_only=True)
class InvertedTrigger(Value):
    """A pattern, found by search, that sends clean images to one class."""

    kind: TriggerKind
    label: int
    #: Share of clean images of other classes, none of them searched on, that it sends there.
    success: float
    #: Of a patch, the sum of its mask in pixels; of an additive one, its L2 norm in pixel ranges.
    size: float


@dataclass(frozen=True, kw_only=True)
class Suspect(Value):
    """One class and the evidence that it is the target of a backdoor. ``None`` is not measured."""

    label: int
    #: 1 is the most suspicious class.
    rank: int
    #: Whether the evidence passes the thresholds that were calibrated on benign models.
    is_suspected: bool
    #: Robust z-score of the sum of the class's weights in the last layer.
    head_z: float | None = None
    #: Robust z-score of the largest margin that any input can reach for the class.
    margin_z: float | None = None
    #: Robust z-score of the share of clean images of other classes that the model puts here.
    attractor_z: float | None = None
    patch: InvertedTrigger | None = None
    additive: InvertedTrigger | None = None
    #: A sentence for each piece of evidence that speaks against the class.
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Diagnosis(Value):
    """What weights and clean images alone say about a model."""

    n_classes: int
    #: The most suspicious first; those whose triggers were searched for, not all classes.
    suspects: tuple[Suspect, ...]
    #: Classes whose triggers were searched for.
    n_examined: int
    seconds: float
    warnings: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[int, ...]:
        """The labels that are suspected to be targets, the most suspicious first."""
        return tuple(suspect.label for suspect in self.suspects if suspect.is_suspected)
