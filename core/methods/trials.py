"""A repair that `auto` tried, and how it stands by clean images alone."""

from dataclasses import dataclass

from ..catalogue import Params, as_dict
from ..percentages import percent
from ..results import Candidate, Event
from . import base

#: A repair is good enough when the triggers of the diagnosis send no more images than this to a
#: suspected class, above what lands there anyway, as a fraction.
_ENOUGH = 0.05
#: What a repair may cost where nothing is suspected, in absolute points of select accuracy: more,
#: and the model is better left as it is.
_WORTH_WITHOUT_SUSPICION = 0.015


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One repair that was tried, and how it stands."""

    params: Params
    repair: base.Repair
    #: As `Candidate.remaining_success`.
    remaining: float | None
    seconds: float

    @property
    def cost(self) -> float:
        """Select accuracy that it takes, as a fraction."""
        selection = self.repair.selection
        return selection.select_accuracy_before - selection.select_accuracy_after

    @property
    def is_nearly_free(self) -> bool:
        """Whether it is worth its cost where nothing is suspected; one image always is."""
        one_image = 1 / self.repair.selection.n_select
        return self.cost <= max(_WORTH_WITHOUT_SUSPICION, one_image) + 1e-9

    @property
    def is_within_budget(self) -> bool:
        """Whether it costs no more select accuracy than it may."""
        return not base.over_budget(self.repair.selection)

    @property
    def is_good_enough(self) -> bool:
        """Whether nothing more has to be tried."""
        return self.is_within_budget and (self.remaining or 0.0) <= _ENOUGH

    @property
    def rank(self) -> tuple[float, float]:
        """What is better comes first; below `_ENOUGH` accuracy counts, above it the triggers."""
        accuracy = self.repair.selection.select_accuracy_after
        return max(self.remaining or 0.0, _ENOUGH), -accuracy

    def event(self, number: int, n_planned: int) -> Event:
        """That it is done."""
        accuracy = self.repair.selection.select_accuracy_after
        return Event(
            stage="candidates",
            current=number,
            total=n_planned,
            metric={"select_accuracy": accuracy},
            message=f"{self.params.name}: {self._standing()}",
        )

    def told(self, *, is_chosen: bool) -> Candidate:
        """For the report."""
        return Candidate(
            method=self.params.name,
            params=as_dict(self.params),
            select_accuracy=self.repair.selection.select_accuracy_after,
            is_within_budget=self.is_within_budget,
            remaining_success=self.remaining,
            seconds=self.seconds,
            is_chosen=is_chosen,
            reason=self._standing(),
        )

    def _standing(self) -> str:
        budget = "within" if self.is_within_budget else "over"
        left = (
            "nothing was suspected"
            if self.remaining is None
            else f"triggers of the diagnosis still send {percent(self.remaining)} to a suspect"
        )
        return f"costs {percent(self.cost)} of select accuracy, {budget} the budget; {left}"
