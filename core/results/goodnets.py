"""What the N+1 model does, and what it could do at other thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .figures import Rate
from .values import Value

#: ``general``: by how much the backdoored model is surer of its class than the repaired one, where
#: they disagree; ``target-aware``: the same, where that class is a suspected target.
ScoreName = Literal["general", "target-aware"]


@dataclass(frozen=True, kw_only=True)
class AreaUnderCurve(Value):
    """How well a score tells poisoned from clean images, over all thresholds."""

    #: Chance that a poisoned image has a larger score than a clean one; ties count half.
    value: float
    #: Images with a trigger, and without.
    n_poisoned: int
    n_clean: int
    #: 95 % confidence interval, (low, high) in [0, 1].
    ci95: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class RocPoint(Value):
    """What is flagged at one threshold."""

    #: Scores above it are flagged; ``None`` flags everything.
    threshold: float | None
    #: Share of the clean test images.
    false_positive_rate: float
    #: Share of the poisoned images.
    detection_rate: float


@dataclass(frozen=True, kw_only=True)
class RocCurve(Value):
    """Detection against false positives of one score on one poisoned set."""

    #: Name of the poisoned set.
    name: str
    score: ScoreName
    #: Some of the thresholds, the highest first: from nothing flagged to everything.
    points: tuple[RocPoint, ...]
    area: AreaUnderCurve
    #: Detection at the lowest threshold that flags 1 % of the clean test images or fewer. The
    #: threshold is from the test images, unlike that of the N+1 model.
    detection_at_1_percent: Rate


@dataclass(frozen=True, kw_only=True)
class GoodNetResult(Value):
    """What the N+1 model does. ``None`` is *not measured*."""

    #: The class that means *backdoored*: N, the number of classes of the model.
    class_index: int
    #: ``disagreement``, ``calibrated`` or ``target-aware``.
    rule: str
    #: Margin above which a disagreement is flagged; ``None`` flags whatever the margin.
    threshold: float | None
    #: False-positive rate that the threshold was calibrated to, on clean select images.
    declared_false_positive_rate: float | None
    #: Share of clean test images put in their class; a flagged one counts as wrong.
    clean_accuracy: Rate | None
    #: Share of clean test images that are flagged.
    false_positive_rate: Rate | None
    #: Name of a poisoned set to the share of its images that are flagged.
    detection_rate: Mapping[str, Rate | None] = field(default_factory=dict)
    #: Classes that the bad model must answer for an input to be flagged; empty: any.
    targets: tuple[int, ...] = ()
    #: Share of the clean select images that are flagged; the threshold was chosen on them.
    select_false_positive_rate: Rate | None = None
    #: With 95 % confidence no larger share of further clean images is flagged, going by the select
    #: images; above the declared rate where there were too few of them.
    largest_false_positive_rate: float | None = None
    #: Two scores at most for each poisoned set; none without clean test images.
    curves: tuple[RocCurve, ...] = ()
