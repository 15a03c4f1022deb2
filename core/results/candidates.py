"""The repairs that `auto` tried, of which it chose one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .values import Value


@dataclass(frozen=True, kw_only=True)
class Candidate(Value):
    """One repair that was tried, and the clean-only evidence for and against it."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)
    #: Accuracy on the clean *select* images, in [0, 1].
    select_accuracy: float
    is_within_budget: bool
    #: Largest share of select images that an inverted trigger of a suspected class still sends
    #: there, above the share that lands there anyway; ``None`` where nothing was suspected.
    remaining_success: float | None
    seconds: float
    is_chosen: bool
    #: Why it was chosen, or not, in one sentence.
    reason: str
