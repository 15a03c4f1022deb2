"""What is left in a repaired model of the evidence against the model as it came; never proof."""

from dataclasses import dataclass

from .diagnoses import InvertedTrigger
from .values import Value


@dataclass(frozen=True, kw_only=True)
class ClassEvidence(Value):
    """What speaks against one class of one model; each as in `Suspect`. ``None``: not measured."""

    head_z: float | None = None
    margin_z: float | None = None
    attractor_z: float | None = None
    patch: InvertedTrigger | None = None
    additive: InvertedTrigger | None = None


@dataclass(frozen=True, kw_only=True)
class ClassTraces(Value):
    """What speaks against one class, in the model as it came and in the repaired one."""

    label: int
    #: Whether the diagnosis of the model as it came suspects it.
    is_suspected: bool
    before: ClassEvidence
    #: Its triggers were searched for anew, on the repaired model.
    after: ClassEvidence


@dataclass(frozen=True, kw_only=True)
class Traces(Value):
    """The evidence before and after a repair, from clean images alone; nothing is chosen by it."""

    #: Those that stood first in the diagnosis, in its order.
    classes: tuple[ClassTraces, ...]
    #: Tune images that triggers were searched on.
    n_searched_on: int
    #: Select images that triggers were judged on; for each class without its own.
    n_judged_on: int
    seconds: float
