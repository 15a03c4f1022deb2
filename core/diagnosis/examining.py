"""The whole examination: evidence, a shortlist, triggers for it, and the ranking of suspects."""

import time
from dataclasses import dataclass

import tf_keras as keras

from ..data import LabelledImages
from ..finetuning import Execution, Validation
from ..inversion import Triggers
from ..results import Diagnosis
from . import evidence, ranking, searching

#: Fewer classes than these say little of what is usual.
_FEW_CLASSES = 6


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """A diagnosis, and the triggers that were found for it."""

    diagnosis: Diagnosis
    #: Of every class that was searched, in the order of their numbers.
    patches: Triggers
    #: Of the same classes, in the same order.
    additives: Triggers


def diagnose(model: keras.Model, validation: Validation, *, execution: Execution) -> Findings:
    """Which classes look like targets of a backdoor, from weights and clean images alone.

    Cheap evidence is gathered on every class; where there are many, only those that it speaks
    against are searched for triggers. That a class is suspected is no proof of a backdoor, and
    that none is suspected is no proof that there is none.

    Args:
        model: As it came; stays as it is.
        validation: Triggers are searched on its tune images, and judged on its select images.
        execution: Told of progress; the same seed finds the same.
    """
    began = time.monotonic()
    known = evidence.gather(
        model, validation, seed=execution.seed, on_step=execution.steps("margins")
    )
    patches, additives = searching.search(
        model,
        searching.few(validation),
        known.shortlist().tolist(),
        stage="invert",
        execution=execution,
    )
    n_classes = model.output_shape[-1]
    diagnosis = Diagnosis(
        n_classes=n_classes,
        suspects=ranking.ranked(known, patches, additives),
        n_examined=len(patches.triggers),
        seconds=round(time.monotonic() - began, 3),
        suspected_from=round(ranking.suspected_from(known), 2),
        warnings=_warnings(n_classes, validation.select),
    )
    return Findings(diagnosis=diagnosis, patches=patches.triggers, additives=additives.triggers)


def _warnings(n_classes: int, held_out: LabelledImages) -> tuple[str, ...]:
    few_classes = (
        f"the model has {n_classes} classes; with so few, one that stands out says little",
    )
    few_images = (
        f"triggers were judged on {len(held_out)} images only; their success is a rough figure",
    )
    return (
        *(few_classes if n_classes < _FEW_CLASSES else ()),
        *(few_images if len(held_out) < 50 else ()),
    )
