"""Banks of triggers that were found for the suspected classes, several for each."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import tf_keras as keras

from .. import inversion
from ..inversion import InversionSettings, Triggers
from ..results import Event
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
    found = []
    for number, settings in enumerate(plan if labels else ()):
        part = execution.part(number, len(plan))

        def on_step(done: int, total: int, part: base.Execution = part) -> None:
            part.on_event(Event(stage="invert", current=done, total=total))

        # Never the seed of a diagnosis: its triggers are there to judge the repair by.
        seed = (execution.seed + 1) * 1000 + number
        found.append(
            inversion.invert(
                model, images, labels=labels, settings=settings, seed=seed, on_step=on_step
            )
        )
    return found


def _plan(count: int, steps: int, n_pixels: int) -> list[InversionSettings]:
    patch = dataclasses.replace(inversion.PATCH, steps=steps)
    radii = np.linspace(_FAINTEST, _PLAINEST, count) * np.sqrt(n_pixels / _PIXELS)
    additive = [
        dataclasses.replace(inversion.ADDITIVE, steps=steps, radius=float(radius))
        for radius in radii
    ]
    return [*([patch] * count), *additive]
