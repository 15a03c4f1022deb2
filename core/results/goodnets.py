"""What the N+1 model does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .figures import Rate
from .values import Value


@dataclass(frozen=True, kw_only=True)
class GoodNetResult(Value):
    """What the N+1 model does. ``None`` is *not measured*."""

    #: The class that means *backdoored*: N, the number of classes of the model.
    class_index: int
    #: ``disagreement`` or ``calibrated``.
    rule: str
    #: Margin above which a disagreement is flagged; ``None`` for the plain rule.
    threshold: float | None
    #: False-positive rate that the threshold was calibrated to, on clean select images.
    declared_false_positive_rate: float | None
    #: Share of clean test images put in their class; a flagged one counts as wrong.
    clean_accuracy: Rate | None
    #: Share of clean test images that are flagged.
    false_positive_rate: Rate | None
    #: Name of a poisoned set to the share of its images that are flagged.
    detection_rate: Mapping[str, Rate | None] = field(default_factory=dict)
