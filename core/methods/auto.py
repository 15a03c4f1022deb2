"""Auto: a diagnosis, the repairs that fit it, and a choice by clean images alone.

Nothing here has seen a trigger. What the diagnosis found by search stands in for it: the triggers
of the diagnosis are kept from the repairs, which search for their own, and judge them afterwards.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

import numpy as np
import tf_keras as keras

from .. import diagnosis, inversion, metrics, pruning
from ..catalogue import Auto, ForgetAndDistil, TargetRelearning, TwoLayerFinePruning
from ..results import Selection
from . import (
    banks,
    base,
    forget_and_distil,
    readouts,
    target_relearning,
    targets,
    two_layer_fine_pruning,
)
from .cases import Case
from .trials import Trial

#: What may be tried.
Plan = ForgetAndDistil | TargetRelearning | TwoLayerFinePruning
#: Gives the triggers that a repair goes by.
_GetBank = Callable[[], banks.Bank]
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
    case = Case(model, validation, findings, max_accuracy_drop, params.assume_backdoor)
    trials = _trials(case, _plan(case), execution)
    chosen = _best(case, trials)
    repaired = chosen.repair if chosen else _left_as_it_is(case, trials)
    return replace(
        repaired,
        diagnosis=findings.diagnosis,
        candidates=tuple(trial.told(is_chosen=trial is chosen) for trial in trials),
        warnings=(*(_given_up(case) if chosen else ()), *repaired.warnings),
    )


def _given_up(case: Case) -> tuple[str, ...]:
    """A warning where classes may be lost that nobody suspects."""
    if not case.dispensable or case.shows_all_classes:
        return ()
    names = ", ".join(map(str, case.dispensable))
    return (
        "a backdoor was taken as known and no class is suspected, so those that rank highest, "
        f"{names}, were given up as far as the accuracy budget allows",
    )


def _best(case: Case, trials: Sequence[Trial]) -> Trial | None:
    """The best repair that is worth its cost, if there is one."""
    worth = (
        trial
        for trial in trials
        if (trial.is_within_budget if case.is_worth_its_budget else trial.is_nearly_free)
    )
    return min(worth, key=lambda trial: trial.rank, default=None)


def _trials(case: Case, plan: Sequence[Plan], execution: base.Execution) -> list[Trial]:
    """One repair after the other, until one is good enough; all go by the same triggers."""
    n_parts = 1 + len(plan)
    bank = _searched_once(case, plan, execution.part(0, n_parts))
    trials: list[Trial] = []
    for number, params in enumerate(plan, start=1):
        trials.append(_tried(case, bank, params, execution.part(number, n_parts)))
        execution.on_event(trials[-1].event(number, len(plan)))
        if trials[-1].is_good_enough:
            break
    return trials


def _searched_once(case: Case, plan: Sequence[Plan], execution: base.Execution) -> _GetBank:
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


def _plan(case: Case) -> tuple[Plan, ...]:
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


def _tried(case: Case, bank: _GetBank, params: Plan, execution: base.Execution) -> Trial:
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
    return Trial(
        params=params,
        repair=repaired,
        remaining=_remaining(repaired.model, case),
        seconds=round(time.monotonic() - began, 3),
    )


def _remaining(model: keras.Model, case: Case) -> float | None:
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


def _left_as_it_is(case: Case, trials: Sequence[Trial]) -> base.Repair:
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


def _reason(case: Case, trials: Sequence[Trial]) -> str:
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
