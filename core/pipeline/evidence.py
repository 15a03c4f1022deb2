"""What else is tried with a repair: poisoned images, another look at suspects, other seeds."""

from collections.abc import Callable

from .. import methods, metrics, summaries
from .. import reactivation as reactivating
from .. import traces as tracing
from ..results import Event, Reactivation, SeedResult, SeedSpread, Traces
from .measuring import Baseline

_SEEDS = "seeds"


def reactivation(
    start: Baseline, repair: methods.Repair, predictions: metrics.Predictions
) -> tuple[Reactivation, ...]:
    """Whether a few poisoned images bring the backdoor back, set by set.

    Args:
        start: The model as it came, and its images.
        repair: What is tested; an unchanged model is not, as nothing of it was repaired.
        predictions: What the repaired model says to the test images.
    """
    if repair.is_unchanged or not start.options.reactivation:
        return ()
    execution = methods.Execution(seed=start.options.seed, on_event=start.on_event)
    found = (
        reactivating.reactivate(repair.model, start.validation, item, labels, execution=execution)
        for item, labels in zip(start.subject.tests.poisoned, predictions.poisoned, strict=True)
    )
    return tuple(item for item in found if item)


def traces(start: Baseline, repair: methods.Repair) -> Traces | None:
    """What is left of the evidence that the method's diagnosis went by.

    Args:
        start: The model as it came, and its images.
        repair: What is looked at; an unchanged model is not, as nothing of it was repaired.
    """
    if repair.diagnosis is None or repair.is_unchanged or not start.options.traces:
        return None
    execution = methods.Execution(seed=start.options.seed, on_event=start.on_event)
    return tracing.follow(repair.model, start.validation, repair.diagnosis, execution=execution)


def seeds(
    start: Baseline, first: SeedResult, repair: Callable[[Baseline], SeedResult]
) -> SeedSpread | None:
    """What the same repair comes to with other seeds; ``None`` where none are asked for.

    Args:
        start: The model as it came, and its images.
        first: What the repair that is delivered came to.
        repair: Repairs the model once more and measures that; nothing of it is kept.
    """
    runs = [first]
    for number in range(1, start.options.n_seeds):
        runs.append(repair(_at_seed(start, number)))
    return summaries.of_seeds(runs)


def _at_seed(start: Baseline, number: int) -> Baseline:
    """The same with another seed, whose events all belong to one stage."""
    seed, n_others = start.options.seed + number, start.options.n_seeds - 1

    def on_event(event: Event) -> None:
        start.on_event(Event(stage=_SEEDS, current=number - 1, total=n_others, metric=event.metric))

    message = f"the same repair with seed {seed}, {number} of {n_others}"
    start.on_event(Event(stage=_SEEDS, current=number - 1, total=n_others, message=message))
    return start.with_seed(seed, on_event)
