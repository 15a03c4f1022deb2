"""The whole examination: evidence, a shortlist, triggers for it, and the ranking of suspects."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tf_keras as keras

from .. import inversion
from ..data import LabelledImages
from ..finetuning import Execution, Validation
from ..inversion import Triggers
from ..results import Diagnosis
from . import evidence, ranking
from .ranking import Found

#: More images than these only take longer.
_MAX_SEARCHED, _MAX_HELD_OUT = 2000, 500
#: Fewer classes than these say little of what is usual.
_FEW_CLASSES = 6
#: Triggers of both kinds, in the order in which they are searched for.
_SETTINGS = (inversion.PATCH, inversion.ADDITIVE)


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
    patches, additives = _search(model, validation, known.shortlist().tolist(), execution)
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


def _search(
    model: keras.Model, validation: Validation, labels: Sequence[int], execution: Execution
) -> list[Found]:
    """Triggers of both kinds for some classes, and what they do."""
    how = validation.preprocessing
    searched = inversion.scaled(_some(validation.tune, _MAX_SEARCHED), how)
    held_out = _some(validation.select, _MAX_HELD_OUT)
    images = inversion.scaled(held_out, how).images
    found = []
    for part, settings in enumerate(_SETTINGS):
        triggers = inversion.invert(
            model,
            searched,
            labels=labels,
            settings=settings,
            seed=execution.seed,
            on_step=execution.part(part, len(_SETTINGS)).steps("invert"),
        )
        success = inversion.success(model, triggers, images, held_out.labels)
        found.append(Found(triggers=triggers, success=success))
    return found


def _some(images: LabelledImages, limit: int) -> LabelledImages:
    # Evenly spaced: the files of the field are sorted by class.
    count = min(len(images), limit)
    return images.only(np.linspace(0, len(images) - 1, count).astype(np.int64))


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
