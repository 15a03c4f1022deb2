"""Triggers of both kinds for some classes, judged on images that they were not made on."""

import dataclasses
from collections.abc import Sequence

import tf_keras as keras

from .. import inversion
from ..finetuning import Execution, Validation
from .ranking import Found

#: More images than these only take longer.
_MAX_SEARCHED, _MAX_HELD_OUT = 2000, 500
#: In the order in which they are searched for.
_SETTINGS = (inversion.PATCH, inversion.ADDITIVE)


def few(validation: Validation) -> Validation:
    """No more images than a search looks at: always the same of them."""
    tune, select = validation.tune, validation.select
    return dataclasses.replace(
        validation,
        tune=tune.only(tune.evenly_spaced(_MAX_SEARCHED)),
        select=select.only(select.evenly_spaced(_MAX_HELD_OUT)),
    )


def search(
    model: keras.Model,
    images: Validation,
    labels: Sequence[int],
    *,
    stage: str,
    execution: Execution,
) -> list[Found]:
    """The triggers, and what they do: patches first, then patterns that are added.

    Args:
        model: Stays as it is.
        images: A few. Triggers are made on those to tune on, and judged on those to select by.
        labels: Of the classes, each once.
        stage: Under which its steps are told.
        execution: Told of progress; the same seed finds the same.
    """
    searched = inversion.scaled(images.tune, images.preprocessing)
    held_out = inversion.scaled(images.select, images.preprocessing).images
    found = []
    for part, settings in enumerate(_SETTINGS):
        triggers = inversion.invert(
            model,
            searched,
            labels=labels,
            settings=settings,
            seed=execution.seed,
            on_step=execution.part(part, len(_SETTINGS)).steps(stage),
        )
        success = inversion.success(model, triggers, held_out, images.select.labels)
        found.append(Found(triggers=triggers, success=success))
    return found
