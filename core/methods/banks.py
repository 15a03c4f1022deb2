"""Banks of triggers that were found for the suspected classes, several for each."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import tf_keras as keras

from .. import inversion
from ..inversion import InversionSettings, ScaledImages, Triggers
from . import base

#: L2 norms of the additive triggers, with pixels from 0 to 1: from fainter than a blended image to
#: plain to see, for images of this many pixels; the norm grows with the root of their number.
_FAINTEST, _PLAINEST, _PIXELS = 1.5, 3.5, 32 * 32


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
