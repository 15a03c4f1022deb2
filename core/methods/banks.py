"""Banks of triggers that were found for the suspected classes, several for each."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tf_keras as keras

from .. import inversion
from ..catalogue import ForgetAndDistil, TargetRelearning
from ..inversion import InversionSettings, ScaledImages, Triggers
from . import base, targets

#: L2 norms of the additive triggers, with pixels from 0 to 1: from fainter than a blended image to
#: plain to see, for images of this many pixels; the norm grows with the root of their number.
_FAINTEST, _PLAINEST, _PIXELS = 1.5, 3.5, 32 * 32


@dataclass(frozen=True, kw_only=True, eq=False)
class Bank:
    """Classes that may be targets, and triggers that lead to them."""

    suspected: targets.Suspected
    triggers: Sequence[Triggers]

    def with_more(self, other: "Bank") -> "Bank":
        """The triggers of both, for the same classes."""
        return dataclasses.replace(self, triggers=[*self.triggers, *other.triggers])

    @property
    def first(self) -> list[Triggers]:
        """Of the classes that there is evidence against, or of all where there is none."""
        return [each.only(self._first) for each in self.triggers]

    @property
    def others(self) -> list[Triggers]:
        """Of the classes that only rank high; empty where there is none of them."""
        rest = [label for label in self.suspected.labels if label not in self._first]
        return [each.only(rest) for each in self.triggers if rest]

    @property
    def _first(self) -> tuple[int, ...]:
        return self.suspected.against or self.suspected.labels


def of_labels(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: ForgetAndDistil | TargetRelearning,
    execution: base.Execution,
) -> Bank:
    """The bank of the classes that ``params.labels`` stands for; may begin with a diagnosis.

    Args:
        model: Stays as it is.
        validation: Triggers are searched for on its tune images.
        params: Which classes, how many triggers, and how many steps each search has.
        execution: Seed and listener.

    Raises:
        InvalidParams: ``params.labels`` names a class that the model does not have.
    """
    suspected = targets.suspected(model, validation, params.labels, execution)
    return of_suspected(model, validation, suspected, params=params, execution=execution)


def of_suspected(
    model: keras.Model,
    validation: base.Validation,
    suspected: targets.Suspected,
    *,
    params: ForgetAndDistil | TargetRelearning,
    execution: base.Execution,
) -> Bank:
    """The bank of a repair.

    Args:
        model: Stays as it is.
        validation: Triggers are searched for on its tune images.
        suspected: Whose triggers.
        params: How many triggers, and how many steps each search has.
        execution: Seed and listener.
    """
    triggers = search(
        model,
        validation,
        suspected.labels,
        count=params.triggers,
        steps=params.steps,
        execution=execution,
    )
    return Bank(suspected=suspected, triggers=triggers)


def search(
    model: keras.Model,
    validation: base.Validation,
    labels: Sequence[int],
    *,
    count: int,
    steps: int,
    execution: base.Execution,
) -> list[Triggers]:
    """Triggers of both kinds that lead to the classes.

    Args:
        model: Stays as it is.
        validation: They are searched for on its tune images.
        labels: The classes, each once.
        count: Triggers of each kind for each class; each search starts elsewhere.
        steps: Of each search.
        execution: Seed and listener.
    """
    images = inversion.scaled(validation.tune, validation.preprocessing)
    plan = _plan(count, steps, int(np.prod(images.images.shape[1:3])))
    # Never the seed of a diagnosis: its triggers are there to judge the repair by.
    first_seed = (execution.seed + 1) * 1000
    return invert_each(
        model, images, labels, plan if labels else (), first_seed=first_seed, execution=execution
    )


def invert_each(
    model: keras.Model,
    images: ScaledImages,
    labels: Sequence[int],
    plan: Sequence[InversionSettings],
    *,
    first_seed: int,
    execution: base.Execution,
) -> list[Triggers]:
    """Triggers for the classes, one search after the other, told step by step.

    Args:
        model: Stays as it is.
        images: Clean ones, searched on.
        labels: The classes, each once.
        plan: A search for each.
        first_seed: Of the first search; the others count up from it.
        execution: Listener.
    """
    return [
        inversion.invert(
            model,
            images,
            labels=labels,
            settings=settings,
            seed=first_seed + number,
            on_step=execution.part(number, len(plan)).steps("invert"),
        )
        for number, settings in enumerate(plan)
    ]


def _plan(count: int, steps: int, n_pixels: int) -> list[InversionSettings]:
    patch = dataclasses.replace(inversion.PATCH, steps=steps)
    radii = np.linspace(_FAINTEST, _PLAINEST, count) * np.sqrt(n_pixels / _PIXELS)
    additive = [
        dataclasses.replace(inversion.ADDITIVE, steps=steps, radius=float(radius))
        for radius in radii
    ]
    return [*([patch] * count), *additive]
