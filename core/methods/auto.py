"""Auto: a diagnosis, the repairs that fit it, and a choice by clean images alone.

Nothing here has seen a trigger. What the diagnosis found by search stands in for it: the triggers
of the diagnosis are kept from the repairs, which search for their own, and judge them afterwards.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import tf_keras as keras

from .. import diagnosis, inversion, metrics, pruning
from ..catalogue import (
    Auto,
    ForgetAndDistil,
    Params,
    TargetRelearning,
    TwoLayerFinePruning,
    as_dict,
)
from ..percentages import percent
from ..results import Candidate, Event, Selection
from . import (
    banks,
    base,
    forget_and_distil,
    readouts,
    target_relearning,
    targets,
    two_layer_fine_pruning,
)

#: What may be tried.
Plan = ForgetAndDistil | TargetRelearning | TwoLayerFinePruning
#: Gives the triggers that a repair goes by.
_GetBank = Callable[[], banks.Bank]
#: A repair is good enough when the triggers of the diagnosis send no more images than this to a
#: suspected class, above what lands there anyway, as a fraction.
_ENOUGH = 0.05
#: What a repair may cost where nothing is suspected, in absolute points of select accuracy: more,
#: and the model is better left as it is.
_WORTH_WITHOUT_SUSPICION = 0.015
#: Mirrored images may cost the model so much accuracy; if they cost more, left and right matter.
_MIRROR_COST = 0.05


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: Auto,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """The best of a few repairs, or the model as it is where none is worth its cost.

    Args:
        model: Stays as it is.
        validation: Clean images, split; candidates are judged on select.
        params: Whether a backdoor is taken as known.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.
    """
    findings = diagnosis.diagnose(model, validation, execution=execution)
    case = _Case(model, validation, findings, max_accuracy_drop, params.assume_backdoor)
    trials = _trials(case, _plan(case), execution)
    chosen = _best(case, trials)
    repaired = chosen.repair if chosen else _left_as_it_is(case, trials)
    return replace(
        repaired,
        diagnosis=findings.diagnosis,
        candidates=tuple(trial.told(is_chosen=trial is chosen) for trial in trials),
        warnings=(*(_given_up(case) if chosen else ()), *repaired.warnings),
    )


def _given_up(case: "_Case") -> tuple[str, ...]:
    """A warning where classes may be lost that nobody suspects."""
    if not case.dispensable or case.shows_all_classes:
        return ()
    names = ", ".join(map(str, case.dispensable))
    return (
        "a backdoor was taken as known and no class is suspected, so those that rank highest, "
        f"{names}, were given up as far as the accuracy budget allows",
    )


def _best(case: "_Case", trials: Sequence["_Trial"]) -> "_Trial | None":
    """The best repair that is worth its cost, if there is one."""
    worth = (
        trial
        for trial in trials
        if (trial.is_within_budget if case.is_worth_its_budget else trial.is_nearly_free)
    )
    return min(worth, key=lambda trial: trial.rank, default=None)


def _trials(case: "_Case", plan: Sequence[Plan], execution: base.Execution) -> list["_Trial"]:
    """One repair after the other, until one is good enough; all go by the same triggers."""
    n_parts = 1 + len(plan)
    bank = _searched_once(case, plan, execution.part(0, n_parts))
    trials: list[_Trial] = []
    for number, params in enumerate(plan, start=1):
        trials.append(_tried(case, bank, params, execution.part(number, n_parts)))
        execution.on_event(trials[-1].event(number, len(plan)))
        if trials[-1].is_good_enough:
            break
    return trials


def _searched_once(case: "_Case", plan: Sequence[Plan], execution: base.Execution) -> _GetBank:
    """Triggers for the classes of the case, searched for when they are first asked for."""
    known = case.findings.diagnosis
    suspected = targets.Suspected(
        labels=targets.worth_repairing(known),
        # As if they had been named: a repair may then lose their clean images.
        diagnosis=None if case.dispensable else known,
    )

    @cache
    def bank() -> banks.Bank:
        params = next(each for each in plan if not isinstance(each, TwoLayerFinePruning))
        return banks.of_suspected(
            case.model, case.validation, suspected, params=params, execution=execution
        )

    return bank


@dataclass(frozen=True, eq=False)
class _Case:
    """What there is to repair, and what is known of it."""

    model: keras.Model
    validation: base.Validation
    findings: diagnosis.Findings
    max_accuracy_drop: float
    #: Whether there is a backdoor whatever the diagnosis says.
    assumes_backdoor: bool = False

    @property
    def is_suspicious(self) -> bool:
        """Whether the diagnosis speaks against a class."""
        return bool(self.findings.diagnosis.targets)

    @property
    def is_worth_its_budget(self) -> bool:
        """Whether there is something to set against the cost of a repair."""
        return self.is_suspicious or self.assumes_backdoor

    @property
    def shows_all_classes(self) -> bool:
        """Whether there are clean images of every class to train on."""
        shown = np.unique(self.validation.tune.labels)
        return bool(len(shown) == self.model.output_shape[-1])

    @property
    def dispensable(self) -> tuple[int, ...]:
        """Classes that nobody suspects and that may be lost all the same, most suspicious first.

        With a backdoor taken as known that the diagnosis does not see, its ranking is all that is
        left to go by. Losing these classes is worth it where they are few of many: all classes
        counted alike, they make up no more than what a repair may cost.
        """
        if self.is_suspicious or not self.assumes_backdoor:
            return ()
        labels = targets.worth_repairing(self.findings.diagnosis)
        share = len(labels) / self.model.output_shape[-1]
        return labels if share <= self.max_accuracy_drop + 1e-9 else ()


@dataclass(frozen=True, kw_only=True)
class _Trial:
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


def _plan(case: _Case) -> tuple[Plan, ...]:
    """What to try, in this order."""
    model, validation, findings = case.model, case.validation, case.findings
    labels = ",".join(map(str, targets.worth_repairing(findings.diagnosis)))
    if not case.shows_all_classes:
        # Training at large would cost the classes that no clean image shows.
        can_relearn = readouts.of_model(model) is not None
        return (TargetRelearning(labels=labels),) if can_relearn else ()
    flip = _mirror_is_harmless(model, validation)
    thorough = ForgetAndDistil(labels=labels, flip=flip)
    gentle = replace(thorough, forget="readout")
    if case.is_suspicious:
        return (thorough, gentle)
    if not case.assumes_backdoor:
        return (gentle,)
    # No trigger is known to train against: what is left is to forget as much as the budget allows.
    blind = TwoLayerFinePruning(flip=flip) if pruning.prunable_layers(model) else thorough
    return (blind, gentle)


def _mirror_is_harmless(model: keras.Model, validation: base.Validation) -> bool:
    forward, labels = metrics.compiled(model), validation.select.labels
    hits = [0, 0]
    start = 0
    for images in metrics.batches(validation.select, validation.preprocessing):
        truth = labels[start : start + len(images)]
        start += len(images)
        for number, seen in enumerate((images, np.ascontiguousarray(images[:, :, ::-1]))):
            hits[number] += int(np.sum(np.concatenate(list(forward(seen))) == truth))
    return hits[1] >= hits[0] - _MIRROR_COST * len(labels)


def _tried(case: _Case, bank: _GetBank, params: Plan, execution: base.Execution) -> _Trial:
    began = time.monotonic()
    repair = _REPAIRS[params.name]
    if not isinstance(params, TwoLayerFinePruning):
        repair = partial(repair, bank=bank())
    repaired = repair(
        case.model,
        case.validation,
        params=params,
        max_accuracy_drop=case.max_accuracy_drop,
        execution=execution,
    )
    return _Trial(
        params=params,
        repair=repaired,
        remaining=_remaining(repaired.model, case),
        seconds=round(time.monotonic() - began, 3),
    )


def _remaining(model: keras.Model, case: _Case) -> float | None:
    """What the triggers of the diagnosis still do to the select images, at worst."""
    findings, validation = case.findings, case.validation
    labels = findings.diagnosis.targets
    if not labels:
        return None
    images = inversion.scaled(validation.select, validation.preprocessing).images
    kinds = (findings.patches, findings.additives)
    return max(
        float(inversion.success(model, kind.only(labels), images, validation.select.labels)
              .excess.max())
        for kind in kinds
    )  # fmt: skip


def _left_as_it_is(case: _Case, trials: Sequence[_Trial]) -> base.Repair:
    before = base.select_accuracy(case.model, case.validation)
    reason = _reason(case, trials)
    selection = Selection(
        rule=f"left as it is: {reason}",
        max_accuracy_drop=case.max_accuracy_drop,
        n_tune=len(case.validation.tune),
        n_select=len(case.validation.select),
        select_accuracy_before=before,
        select_accuracy_after=before,
    )
    if not case.is_worth_its_budget:
        return base.Repair(model=case.model, selection=selection, is_unchanged=True)
    warning = f"nothing was repaired, and the model is as it came: {reason}"
    return base.Repair(model=case.model, selection=selection, warnings=(warning,))


def _reason(case: _Case, trials: Sequence[_Trial]) -> str:
    """Why no repair was taken."""
    if not case.is_worth_its_budget:
        return "nothing is suspected, and no repair is worth its cost"
    if trials:
        return "no repair was within the accuracy budget; a larger one may help"
    return (
        "the clean images show some of the classes only, and the last layer is no Dense layer with "
        "a bias, so no repair fits; clean images of every class would help"
    )


_REPAIRS: Mapping[str, Callable[..., base.Repair]] = {
    ForgetAndDistil.name: forget_and_distil.repaired,
    TargetRelearning.name: target_relearning.repaired,
    TwoLayerFinePruning.name: two_layer_fine_pruning.repair,
}
