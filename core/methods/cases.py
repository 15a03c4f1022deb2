"""What `auto` has to repair, and what it knows of it."""

from dataclasses import dataclass

import numpy as np
import tf_keras as keras

from .. import diagnosis
from . import base, targets


@dataclass(frozen=True, eq=False)
class Case:
    """What there is to repair, and what is known of it."""

    model: keras.Model
    validation: base.Validation
    findings: diagnosis.Findings
    max_accuracy_drop: float
    #: Whether there is a backdoor whatever the diagnosis says.
    assumes_backdoor: bool = False

    @property
    def is_suspicious(self) -> bool:
        """Whether the diagnosis speaks against a class."""
        return bool(self.findings.diagnosis.targets)

    @property
    def is_worth_its_budget(self) -> bool:
        """Whether there is something to set against the cost of a repair."""
        return self.is_suspicious or self.assumes_backdoor

    @property
    def shows_all_classes(self) -> bool:
        """Whether there are clean images of every class to train on."""
        shown = np.unique(self.validation.tune.labels)
        return bool(len(shown) == self.model.output_shape[-1])

    @property
    def dispensable(self) -> tuple[int, ...]:
        """Classes that nobody suspects and that may be lost all the same, most suspicious first.

        With a backdoor taken as known that the diagnosis does not see, its ranking is all that is
        left to go by. Losing these classes is worth it where they are few of many: all classes
        counted alike, they make up no more than what a repair may cost.
        """
        if self.is_suspicious or not self.assumes_backdoor:
            return ()
        labels = targets.worth_repairing(self.findings.diagnosis)
        share = len(labels) / self.model.output_shape[-1]
        return labels if share <= self.max_accuracy_drop + 1e-9 else ()
