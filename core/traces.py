"""What is left in a repaired model of what spoke against the model as it came; never a choice.

It needs clean images alone. A backdoor that leaves no such trace is not seen by it: that little is
left is no proof that the backdoor is gone.
"""

import time
from collections.abc import Sequence

import tf_keras as keras

from .diagnosis import evidence, searching
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
    scores = evidence.gather(
        model, validation, seed=execution.seed, on_step=execution.part(0, 2).steps(STAGE)
    )
    few = searching.few(validation)
    found = searching.search(
        model,
        few,
        [suspect.label for suspect in suspects],
        stage=STAGE,
        execution=execution.part(1, 2),
    )
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


def _rounded(score: float) -> float:
    return round(float(score), 2)
