"""Which classes look like targets of a backdoor, and why; never proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .choices import InputFile, PreprocessingChoice
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
    #: Name of the file beside the report that shows it; ``None`` where it was not drawn.
    picture: str | None = None


@dataclass(frozen=True, kw_only=True)
class Suspect(Value):
    """One class and the evidence that it is the target of a backdoor. ``None`` is not measured."""

    label: int
    #: 1 is the most suspicious class.
    rank: int
    #: Whether the evidence passes the thresholds that were calibrated on benign models.
    is_suspected: bool
    #: All of the evidence as one number, 0 for none: the root of the sum of the squares of the
    #: scores below that are above 0.
    score: float = 0.0
    #: How far the sum of the class's weights in the last layer lies above that of other classes,
    #: in standard deviations of a normal distribution, as all scores here.
    head_z: float | None = None
    #: The same of the largest margin over the other classes that any input was found to reach.
    margin_z: float | None = None
    #: How surprisingly many clean images of other classes the model puts here; 0 for not at all.
    attractor_z: float | None = None
    #: How far the patch is smaller than those of the other classes that were searched.
    patch_z: float | None = None
    #: How far what is added is more successful than with the other classes that were searched.
    additive_z: float | None = None
    patch: InvertedTrigger | None = None
    additive: InvertedTrigger | None = None
    #: A sentence for each piece of evidence that speaks against the class.
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Circumstances(Value):
    """What a diagnosis was made from, and by what."""

    model: InputFile
    clean_validation: InputFile
    preprocessing: PreprocessingChoice
    seed: int
    #: Library to version.
    versions: Mapping[str, str]
    #: Name of the GPU that the work was done on, or ``cpu``.
    device: str


@dataclass(frozen=True, kw_only=True)
class Diagnosis(Value):
    """What weights and clean images alone say about a model."""

    n_classes: int
    #: The most suspicious first; those whose triggers were searched for, not all classes.
    suspects: tuple[Suspect, ...]
    #: Classes whose triggers were searched for.
    n_examined: int
    seconds: float
    #: The score that makes a suspect; grows with the number of classes.
    suspected_from: float = 0.0
    warnings: tuple[str, ...] = ()
    #: ``None`` as part of a repair, whose report says it all.
    circumstances: Circumstances | None = None

    @property
    def targets(self) -> tuple[int, ...]:
        """The labels that are suspected to be targets, the most suspicious first."""
        return tuple(suspect.label for suspect in self.suspects if suspect.is_suspected)
