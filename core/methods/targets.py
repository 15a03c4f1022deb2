"""Which classes a method takes for possible targets of a backdoor."""

import dataclasses
from dataclasses import dataclass

import tf_keras as keras

from .. import diagnosis, errors
from ..results import Diagnosis
from . import base

#: However little speaks against them, so many of the ranking are repaired as well: what a repair
#: passes over stays as it is.
_AT_LEAST = 3
#: Of a model with many classes this share of them: each costs next to nothing.
_SHARE = 0.01


@dataclass(frozen=True, kw_only=True)
class Suspected:
    """Classes that may be targets, and what they were found by."""

    labels: tuple[int, ...]
    #: ``None`` where they were given.
    diagnosis: Diagnosis | None = None

    @property
    def is_suspicious(self) -> bool:
        """Whether there is evidence against a class, or the classes were given."""
        return self.diagnosis is None or bool(self.diagnosis.targets)

    @property
    def against(self) -> tuple[int, ...]:
        """The classes that there is evidence against, or that were given."""
        return self.labels if self.diagnosis is None else self.diagnosis.targets

    def told(self, repair: base.Repair) -> base.Repair:
        """The repair, with the diagnosis that it went by."""
        return dataclasses.replace(repair, diagnosis=self.diagnosis)


def suspected(
    model: keras.Model, validation: base.Validation, wanted: str, execution: base.Execution
) -> Suspected:
    """The classes that a method's parameter ``labels`` stands for.

    Args:
        model: As it came.
        validation: What a diagnosis goes by.
        wanted: ``all``, numbers with commas between, or ``auto``: those that a diagnosis suspects,
            and the first few of its ranking.
        execution: Told of the diagnosis.

    Raises:
        InvalidParams: It is none of these, or a class that the model does not have.
    """
    n_classes = model.output_shape[-1]
    if wanted == "all":
        return Suspected(labels=tuple(range(n_classes)))
    if wanted != "auto":
        return Suspected(labels=_numbers(wanted, n_classes))
    found = diagnosis.diagnose(model, validation, execution=execution).diagnosis
    return Suspected(labels=worth_repairing(found), diagnosis=found)


def worth_repairing(found: Diagnosis) -> tuple[int, ...]:
    """The suspected classes and the first few of the ranking; the most suspicious first."""
    count = max(_AT_LEAST, int(_SHARE * found.n_classes))
    first = [suspect.label for suspect in found.suspects[:count]]
    return tuple(dict.fromkeys([*found.targets, *first]))


def _numbers(wanted: str, n_classes: int) -> tuple[int, ...]:
    words = [word.strip() for word in wanted.split(",")]
    if not all(word.isdecimal() and int(word) < n_classes for word in words):
        raise errors.InvalidParams(
            f"labels must be auto, all, or numbers of classes from 0 to {n_classes - 1} with commas"
            f" between, not {wanted!r}",
            field="labels", received=wanted,
        )  # fmt: skip
    return tuple(sorted({int(word) for word in words}))
