"""Steps that learn the true class of images with a trigger on some of them."""

from collections.abc import Sequence

import numpy as np

from .. import finetuning
from ..inversion import Triggers
from ..metrics import FloatArray, IntArray

#: A found trigger is not the real one: weaker copies of it count as well, and patches that lie a
#: little to the side. What is added to all pixels is another pattern when it is moved.
_STRENGTHS = (0.5, 1.0)
_LARGEST_SHIFT = 2
_SHIFTED = 0.5


def stamping_step(bank: Sequence[Triggers], *, share: float, seed: int) -> finetuning.MakeStep:
    """Steps of plain training in which some images carry a trigger and keep their true label.

    Args:
        bank: Triggers to draw from, each as likely as any other.
        share: Of each batch that carries one, in [0, 1].
        seed: Of which image carries which, how strong and where.
    """

    def make_step(trainee: finetuning.Trainee) -> finetuning.Step:
        plain = finetuning.plain_step(trainee)
        rng = np.random.default_rng(seed)

        def step(images: FloatArray, labels: IntArray) -> object:
            return plain(stamped(images, bank, share=share, rng=rng), labels)

        return step

    return make_step


def stamped(
    images: FloatArray, bank: Sequence[Triggers], *, share: float, rng: np.random.Generator
) -> FloatArray:
    """The images, some of them with a trigger.

    Args:
        images: ``(n, height, width, channels)``, as the model takes them; stay as they are.
        bank: Triggers to draw from, each as likely as any other; where there are none, no image
            changes.
        share: Chance of each image to carry one, in [0, 1].
        rng: Where the chance comes from.
    """
    drawn = [(triggers, index) for triggers in bank for index in range(len(triggers))]
    changed = images.copy()
    for place in np.flatnonzero(rng.random(len(images)) < share) if drawn else ():
        triggers, index = drawn[rng.integers(len(drawn))]
        is_shifted = triggers.kind == "patch" and rng.random() < _SHIFTED
        largest = _LARGEST_SHIFT if is_shifted else 0
        down, across = rng.integers(-largest, largest + 1, 2)
        changed[place : place + 1] = triggers.stamped(
            images[place : place + 1],
            index,
            strength=float(rng.uniform(*_STRENGTHS)),
            shift=(int(down), int(across)),
        )
    return changed
