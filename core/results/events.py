"""Progress of a piece of work."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .values import Value


@dataclass(frozen=True, kw_only=True)
class Event(Value):
    """Progress of a piece of work, for whoever listens."""

    #: ``load baseline prune finetune evaluate package``, or what a method calls its step.
    stage: str
    current: int | None = None
    total: int | None = None
    #: Figures of this moment: ``select_accuracy`` (a fraction), ``loss``, ``channels_pruned``, …
    metric: Mapping[str, float] = field(default_factory=dict)
    #: A sentence for people, where there is something to say.
    message: str | None = None
    #: Which of several accuracy budgets is worked on, counted from 1, and how many there are;
    #: ``None`` in what is done once for all of them.
    budget: int | None = None
    n_budgets: int | None = None
