"""Trigger unlearning: search for triggers, and train on images that carry them.

What is found is not the real trigger, and what is unlearned may come back in another form: so the
search is made again on the trained model, round after round, until nothing is suspected.

Source: Wang et al., "Neural Cleanse", IEEE S&P 2019, https://doi.org/10.1109/SP.2019.00031
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import tf_keras as keras

from .. import finetuning, inversion
from ..catalogue import TriggerUnlearning
from ..results import Selection
from . import banks, base, stamping, targets


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: TriggerUnlearning,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A copy of the model that gives images with the triggers that were found their true class.

    Its strength is the number of rounds: as many as the budget allows, until nothing is
    suspected.

    Args:
        model: Stays as it is.
        validation: Clean images, split; triggers are searched for on tune.
        params: Rounds, the suspected classes, and the training of each round.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.

    Raises:
        InvalidParams: ``params.labels`` names a class that the model does not have.
    """
    before = base.select_accuracy(model, validation)
    search = _Search(validation, params)
    bank: list[inversion.Triggers] = []
    rounds: list[_Round] = []
    while len(rounds) < params.rounds and (not rounds or rounds[-1].tuned.is_complete):
        part = execution.part(len(rounds), params.rounds)
        current = rounds[-1].tuned.model if rounds else model
        suspected = targets.suspected(current, validation, params.labels, part)
        if rounds and not suspected.is_suspicious:
            break
        # Never the seed of a diagnosis, nor that of another round or repair.
        first_seed = (execution.seed + 1) * 10_000 + 500 * len(rounds)
        bank += search.triggers(current, suspected.labels, part, first_seed=first_seed)
        tuned = finetuning.fine_tune(
            current,
            validation,
            params=params,
            lowest_accuracy=before - max_accuracy_drop,
            execution=part,
            make_step=stamping.stamping_step(bank, share=params.share, seed=execution.seed),
        )
        rounds.append(_Round(suspected=suspected, tuned=tuned))
    selection = _selection(
        rounds, before=before, max_accuracy_drop=max_accuracy_drop, validation=validation
    )
    return rounds[0].suspected.told(base.Repair.of(_kept(rounds)[-1].tuned, selection))


@dataclass(frozen=True, kw_only=True)
class _Round:
    """One search, and the training on what was found."""

    suspected: targets.Suspected
    tuned: finetuning.FineTuned


def _kept(rounds: Sequence[_Round]) -> Sequence[_Round]:
    """All but a last round that nothing was kept of, unless that is the only one."""
    last = rounds[-1].tuned
    is_lost = not last.epoch and not last.is_complete
    return rounds[:-1] if is_lost and len(rounds) > 1 else rounds


def _selection(
    rounds: Sequence[_Round],
    *,
    before: float,
    max_accuracy_drop: float,
    validation: base.Validation,
) -> Selection:
    kept = _kept(rounds)
    last = kept[-1].tuned
    return Selection(
        rule="rounds until nothing is suspected, as many as the budget allows",
        max_accuracy_drop=max_accuracy_drop,
        n_tune=len(validation.tune),
        n_select=len(validation.select),
        select_accuracy_before=before,
        select_accuracy_after=last.select_accuracy,
        epoch=last.epoch,
        strength=f"round {len(kept)}",
        tried={
            f"round {number}": each.tuned.curve[-1].select_accuracy
            for number, each in enumerate(rounds, 1)
        },
    )


class _Search:
    """The search for patches, and for faint patterns, that lead to the suspected classes."""

    def __init__(self, validation: base.Validation, params: TriggerUnlearning) -> None:
        """Search on the tune images."""
        self._images = inversion.scaled(validation.tune, validation.preprocessing)
        self._settings = [
            dataclasses.replace(settings, steps=params.steps, radius=params.radius)
            for settings in inversion.SETTINGS.values()
            for _ in range(params.triggers)
        ]

    def triggers(
        self,
        model: keras.Model,
        labels: Sequence[int],
        execution: base.Execution,
        *,
        first_seed: int,
    ) -> list[inversion.Triggers]:
        """Triggers of both kinds for each class, told step by step."""
        return banks.invert_each(
            model,
            self._images,
            labels,
            self._settings,
            first_seed=first_seed,
            execution=execution,
        )
