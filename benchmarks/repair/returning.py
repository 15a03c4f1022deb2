"""Whether a few poisoned images bring a backdoor back; looked at after a repair, never before."""

from collections.abc import Iterator

import tf_keras as keras

from core import data, methods, reactivation
from core.results import Event

from .measuring import Answers, Exam
from .sources import Images
from .validation import validation


def successes(
    model: keras.Model, exam: Exam, answers: Answers, clean: Images, *, seed: int
) -> Iterator[float | None]:
    """For each trigger, its success after five epochs that include five poisoned images.

    Args:
        model: A repaired net; stays as it is.
        exam: The stamped images; those that are trained on are not counted.
        answers: What the model says to them.
        clean: All images that a repair may be given, also where this one was given fewer.
        seed: Of the repair.

    Yields:
        A share in [0, 1]; ``None`` where the training came to nothing.
    """
    known = validation(clean.images, clean.labels, seed=seed)
    execution = methods.Execution(seed=seed, on_event=_nobody)
    for stamped, labels in zip(exam.stamped, answers.stamped, strict=True):
        images = data.from_arrays(
            stamped.images, stamped.labels, name="stamped", true_labels=stamped.true_labels
        )
        poisoned = data.as_poisoned(images, labels="target")
        found = reactivation.reactivate(model, known, poisoned, labels, execution=execution)
        yield found.after.value if found and found.after else None


def _nobody(_event: Event) -> None:
    """Nobody waits for this."""
