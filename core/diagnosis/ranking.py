"""Who is suspected most: all evidence against the classes that were searched for triggers."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inversion import Success, Triggers
from ..metrics import FloatArray
from ..results import InvertedTrigger, Suspect
from . import reasons, scales
from .evidence import Evidence

#: Of benign models so many should have a suspect. That this comes out was held against benign
#: models: `python -m benchmarks.diagnosis`.
_FALSE_ALARMS = 0.01
#: Patches and what is added.
_TRIGGER_KINDS = 2
#: Benign models differ at least so much from class to class: in the logarithm of the size of a
#: patch, and in the success of what is added. Where they differ less, it is by luck.
_NARROWEST_SIZES, _NARROWEST_SUCCESS = 0.35, 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """Triggers of one kind, and what they do to images that they were not searched on."""

    triggers: Triggers
    success: Success

    def told(self, index: int) -> InvertedTrigger:
        """One of them as a value, without arrays."""
        return InvertedTrigger(
            kind=self.triggers.kind,
            label=int(self.triggers.labels[index]),
            success=round(float(self.success.stamped[index]), 4),
            size=round(float(self.triggers.sizes[index]), 3),
        )


def ranked(evidence: Evidence, patches: Found, additives: Found) -> tuple[Suspect, ...]:
    """The classes that were searched for triggers, the most suspicious first.

    Args:
        evidence: Of all classes.
        patches: Of the classes on the shortlist.
        additives: Of the same classes, in the same order.
    """
    scores = _scores(evidence, patches, additives)
    total = scales.combined(np.stack([*scores.values()]))
    least = suspected_from(evidence)
    usual = {
        "other_size": float(np.median(patches.triggers.sizes)),
        "other_success": float(np.median(additives.success.stamped)),
    }
    order = np.argsort(-total, kind="stable")
    suspects = (
        Suspect(
            label=int(patches.triggers.labels[index]),
            rank=rank,
            is_suspected=bool(total[index] >= least),
            score=_rounded(total[index]),
            patch=patches.told(index),
            additive=additives.told(index),
            **_at(scores, index),
        )
        for rank, index in enumerate(order, start=1)
    )
    return tuple(
        dataclasses.replace(suspect, reasons=reasons.told(suspect, **usual)) for suspect in suspects
    )


def suspected_from(evidence: Evidence) -> float:
    """The score that makes a suspect, of the evidence and the triggers of both kinds together."""
    n_kinds, n_classes = evidence.kinds.shape
    return scales.threshold(n_kinds + _TRIGGER_KINDS, n_classes, chance=_FALSE_ALARMS)


def _scores(evidence: Evidence, patches: Found, additives: Found) -> Mapping[str, FloatArray]:
    """Field of `Suspect` to the score of each class on the shortlist."""
    labels = patches.triggers.labels
    head = {} if evidence.head is None else {"head_z": evidence.head[labels]}
    return {
        **head,
        "margin_z": evidence.margin[labels],
        "attractor_z": evidence.attractor[labels],
        "patch_z": _smallness(patches),
        "additive_z": scales.robust_z(additives.success.excess, narrowest=_NARROWEST_SUCCESS),
    }


def _at(scores: Mapping[str, FloatArray], index: int) -> dict[str, Any]:
    return {name: _rounded(score[index]) for name, score in scores.items()}


def _smallness(patches: Found) -> FloatArray:
    """Of sizes the logarithm counts: half as large is as surprising, however large the others."""
    sizes = np.log(np.maximum(patches.triggers.sizes, 1e-6))
    return scales.robust_z(-sizes, narrowest=_NARROWEST_SIZES)


def _rounded(score: float) -> float:
    return round(float(score), 2)
