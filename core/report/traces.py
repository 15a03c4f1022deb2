"""What is left of the evidence against the first classes of a diagnosis, before and after."""

from ..results import ClassTraces, Traces
from . import wording
from .tables import Table

#: What a table of traces tells of a class, and the field of `ClassEvidence` that holds it.
_SCORES = (("Head z", "head_z"), ("Margin z", "margin_z"), ("Attractor z", "attractor_z"))
_TRIGGERS = (("Patch found", "patch"), ("Added pattern found", "additive"))


def of_traces(traces: Traces | None) -> Table | None:
    """The evidence class by class, in the model as it came and in the repaired one.

    ``None`` where nobody looked.
    """
    if traces is None:
        return None
    return Table(
        caption="Evidence against the first classes of the diagnosis, in the model as it came and "
        "in the repaired one",
        columns=("Class", "Evidence", "Before", "After"),
        rows=tuple(row for one in traces.classes for row in _rows(one)),
    )


def how_traced(traces: Traces | None) -> str:
    """What was done, how it is to be read, and what it does not show; empty where nobody looked."""
    if traces is None:
        return ""
    return (
        f"The first of these classes ({len(traces.classes)}) were looked at once more in the "
        "repaired model, with clean images alone; nothing was chosen by it. A score (z) compares a "
        "class with the other classes of the same model, so it may change because these do. "
        f"Triggers were searched for anew on {wording.count(traces.n_searched_on)} tune images; "
        f"their success is that on {wording.count(traces.n_judged_on)} select images, less those "
        "of the class itself. A patch is made as small as it can be while it succeeds: a repair "
        "shows in its size rather than in its success. The repair was made with these images, "
        "which may flatter it. Lower scores and larger triggers are no proof that a backdoor is "
        "absent."
    )


def _rows(one: ClassTraces) -> list[tuple[str, ...]]:
    name = f"{one.label}, suspected" if one.is_suspected else str(one.label)
    both = (one.before, one.after)
    return [
        *(
            (name, said, *(wording.score(getattr(evidence, field)) for evidence in both))
            for said, field in _SCORES
        ),
        *(
            (name, said, *(wording.trigger(getattr(evidence, field)) for evidence in both))
            for said, field in _TRIGGERS
        ),
    ]
