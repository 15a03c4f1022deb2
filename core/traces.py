"""What is left in a repaired model of what spoke against the model as it came; never a choice.

It needs clean images alone. A backdoor that leaves no such trace is not seen by it: that little is
left is no proof that the backdoor is gone.
"""

import dataclasses
import time
from collections.abc import Sequence

import numpy as np
import tf_keras as keras

from . import inversion
from .data import LabelledImages
from .diagnosis import evidence, ranking
from .finetuning import Execution, Validation
from .results import (
    ClassEvidence,
    ClassTraces,
    Diagnosis,
    Event,
    InvertedTrigger,
    Suspect,
    Traces,
)

STAGE = "traces"

#: Classes that are looked at again: all that are suspected, within these bounds.
_AT_LEAST, _AT_MOST = 3, 12
#: As many as a diagnosis takes, whose figures stand beside these.
_MAX_SEARCHED, _MAX_HELD_OUT = 2000, 500
_SETTINGS = (inversion.PATCH, inversion.ADDITIVE)
#: The scores of all classes, and the triggers of each kind.
_N_PARTS = 1 + len(_SETTINGS)


def follow(
    model: keras.Model, validation: Validation, known: Diagnosis, *, execution: Execution
) -> Traces | None:
    """Gather the evidence against the first classes of a diagnosis once more.

    Args:
        model: The repaired model; stays as it is.
        validation: What the diagnosis was made with. Triggers are searched on its tune images, and
            judged on its select images.
        known: The diagnosis of the model as it came.
        execution: Told of progress. With the seed of the diagnosis, the model as it came has the
            same evidence as before.

    Returns:
        ``None`` where the diagnosis looked at no class.
    """
    began = time.monotonic()
    suspects = first(known)
    if not suspects:
        return None
    execution.on_event(Event(stage=STAGE, message=_message(suspects)))
    on_step = execution.part(0, _N_PARTS).steps(STAGE)
    scores = evidence.gather(model, validation, seed=execution.seed, on_step=on_step)
    few = dataclasses.replace(
        validation,
        tune=_some(validation.tune, _MAX_SEARCHED),
        select=_some(validation.select, _MAX_HELD_OUT),
    )
    found = _search(model, few, [suspect.label for suspect in suspects], execution)
    return Traces(
        classes=tuple(
            ClassTraces(
                label=suspect.label,
                is_suspected=suspect.is_suspected,
                before=_before(suspect),
                after=_after(suspect.label, scores, [each.told(index) for each in found]),
            )
            for index, suspect in enumerate(suspects)
        ),
        n_searched_on=len(few.tune),
        n_judged_on=len(few.select),
        seconds=round(time.monotonic() - began, 3),
    )


def first(known: Diagnosis) -> tuple[Suspect, ...]:
    """The classes of a diagnosis that are looked at again: those suspected, and never too few."""
    return known.suspects[: min(max(len(known.targets), _AT_LEAST), _AT_MOST)]


def _message(suspects: Sequence[Suspect]) -> str:
    named = ", ".join(str(suspect.label) for suspect in suspects)
    return f"looking for what is left of the evidence against class {named}"


def _before(suspect: Suspect) -> ClassEvidence:
    return ClassEvidence(
        head_z=suspect.head_z,
        margin_z=suspect.margin_z,
        attractor_z=suspect.attractor_z,
        patch=suspect.patch,
        additive=suspect.additive,
    )


def _after(
    label: int, scores: evidence.Evidence, triggers: Sequence[InvertedTrigger]
) -> ClassEvidence:
    patch, additive = triggers
    return ClassEvidence(
        head_z=None if scores.head is None else _rounded(scores.head[label]),
        margin_z=_rounded(scores.margin[label]),
        attractor_z=_rounded(scores.attractor[label]),
        patch=patch,
        additive=additive,
    )


def _search(
    model: keras.Model, few: Validation, labels: Sequence[int], execution: Execution
) -> list[ranking.Found]:
    """Triggers of each kind for some classes, and what they do to images they were not made on."""
    searched = inversion.scaled(few.tune, few.preprocessing)
    held_out = inversion.scaled(few.select, few.preprocessing).images
    found = []
    for part, settings in enumerate(_SETTINGS, start=1):
        triggers = inversion.invert(
            model,
            searched,
            labels=labels,
            settings=settings,
            seed=execution.seed,
            on_step=execution.part(part, _N_PARTS).steps(STAGE),
        )
        success = inversion.success(model, triggers, held_out, few.select.labels)
        found.append(ranking.Found(triggers=triggers, success=success))
    return found


def _some(images: LabelledImages, limit: int) -> LabelledImages:
    # Evenly spaced, as in a diagnosis: the same images.
    count = min(len(images), limit)
    return images.only(np.linspace(0, len(images) - 1, count).astype(np.int64))


def _rounded(score: float) -> float:
    return round(float(score), 2)
