"""The search for triggers, for all classes of a call together."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tf_keras as keras

from .. import devices
from ..results import TriggerKind
from .descent import Descent, kept
from .forms import FORMS, Variables
from .ranges import PixelRange, ScaledImages
from .settings import PATCH, InversionSettings
from .triggers import Triggers

#: Told how many steps are done for all classes together, and of how many.
OnStep = Callable[[int, int], None]

#: Steps between two calls of `OnStep`.
_STEPS_AT_A_TIME = 10
#: Numbers in the images that go through the model at a time; bounds the memory.
_MAX_BATCH_NUMBERS = 2**22


def invert(
    model: keras.Model,
    images: ScaledImages,
    *,
    labels: Sequence[int],
    settings: InversionSettings = PATCH,
    seed: int = 0,
    on_step: OnStep | None = None,
) -> Triggers:
    """For each class the smallest patch, or the best additive pattern, that sends images to it.

    The same images and the same start for every class, so that the trigger of a class does not
    depend on which others are asked for, and their sizes can be compared.

    Args:
        model: Stays as it is. Ends in a softmax or in logits.
        images: Clean ones; their classes do not matter.
        labels: The classes, each once, and at least one.
        settings: `PATCH`, `ADDITIVE`, or others of these kinds.
        seed: Of the start and of the order of the images.
        on_step: Told of progress; what it raises ends the search.

    Returns:
        A trigger for each label, in their order. A patch for which no mask was successful enough
        is the last that was tried.

    Source: Wang et al., "Neural Cleanse: Identifying and Mitigating Backdoor Attacks in Neural
        Networks", IEEE S&P 2019, https://doi.org/10.1109/SP.2019.00031
    """
    form, shape = FORMS[settings.kind], images.images.shape[1:]
    rng = np.random.default_rng(seed)
    start = form.start(shape, rng)
    order = rng.integers(0, len(images), (settings.steps, settings.batch_size))
    descent = Descent(model, images, form, settings)
    found: list[Variables] = []

    def search(group: Sequence[int]) -> Variables:
        n_before = sum(len(each[0]) for each in found)
        state = descent.start(start, len(group))
        for done in range(0, settings.steps, _STEPS_AT_A_TIME):
            batches = order[done : done + _STEPS_AT_A_TIME]
            state = descent.advance(state, group, batches)
            if on_step:
                n_steps = n_before * settings.steps + len(group) * (done + len(batches))
                on_step(n_steps, len(labels) * settings.steps)
        return kept(state)

    frugal = devices.Frugal(search)
    for group in _groups(labels, settings.batch_size * int(np.prod(shape))):
        for variables in frugal(group):
            found.append(variables)  # one by one: progress counts them
    return _triggers(
        settings.kind, labels, images.pixels, [form.mask_and_pattern(each) for each in found]
    )


def _groups(labels: Sequence[int], numbers_per_label: int) -> list[Sequence[int]]:
    """The labels in parts whose images go through the model together; all of the same size."""
    largest = max(1, _MAX_BATCH_NUMBERS // numbers_per_label)
    n_groups = -(-len(labels) // largest)
    return [part.tolist() for part in np.array_split(np.array(labels), n_groups)]


def _triggers(
    kind: TriggerKind,
    labels: Sequence[int],
    pixels: PixelRange,
    found: Sequence[tuple[Any | None, Any]],
) -> Triggers:
    masks = [mask for mask, _ in found if mask is not None]
    patterns = np.concatenate([pattern for _, pattern in found])
    return Triggers(
        kind=kind,
        labels=np.array(labels, np.int64),
        masks=np.concatenate(masks) if masks else None,
        # A patch holds pixels; what is added has no black to start from.
        patterns=pixels.from_units(patterns) if masks else patterns * pixels.width,
        pixels=pixels,
    )
