"""What can be held against each class before any trigger is searched for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tf_keras as keras

from .. import inversion, metrics
from ..data import LabelledImages
from ..finetuning import Validation
from ..metrics import FloatArray, IntArray
from . import attractors, heads, margins, scales

#: Models of no more classes than this have all of them searched for triggers.
_ALL_CLASSES = 30
#: Of more classes, so many of each kind of evidence.
_OF_EACH_KIND = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """How surprising each class is, ``(n_classes,)`` each, as a normal distribution says it."""

    #: ``None`` where the last layer has no weights of its own for each class.
    head: FloatArray | None
    margin: FloatArray
    attractor: FloatArray

    @property
    def kinds(self) -> FloatArray:
        """``(n_kinds, n_classes)``: those that there are."""
        known = (self.head, self.margin, self.attractor)
        return np.stack([kind for kind in known if kind is not None])

    def shortlist(self) -> IntArray:
        """Labels whose triggers are worth a search: all, or the best of each kind of evidence."""
        n_classes = len(self.margin)
        if n_classes <= _ALL_CLASSES:
            return np.arange(n_classes)
        first = [int(np.argmax(self.margin))]  # one at least, where nothing stands out
        of_each = [scales.best(kind, _OF_EACH_KIND) for kind in self.kinds]
        return np.unique(np.concatenate([first, *of_each]))


def gather(
    model: keras.Model,
    validation: Validation,
    *,
    seed: int,
    on_step: Callable[[int, int], None],
) -> Evidence:
    """The evidence of the weights, of the largest margins, and of where clean images fall.

    Args:
        model: Stays as it is.
        validation: All of its labelled images are used; none decides anything by itself.
        seed: Of the search for the largest margins.
        on_step: Told of that search.
    """
    sums = heads.column_sums(model)
    pixels = inversion.pixel_range(validation.tune, validation.preprocessing)
    found = margins.maximum_margins(model, pixels, seed=seed, on_step=on_step)
    return Evidence(
        head=None if sums is None else scales.surprise(sums),
        # Margins are spread like a gamma distribution, whose cube root is nearly normal: Wilson and
        # Hilferty, "The distribution of chi-square", PNAS 1931.
        margin=scales.surprise(np.cbrt(found)),
        attractor=_attraction(model, validation),
    )


def _attraction(model: keras.Model, validation: Validation) -> FloatArray:
    sets: tuple[LabelledImages, ...] = (validation.tune, validation.select)
    how = validation.preprocessing
    answers = [metrics.predict(model, metrics.TestSets(clean=images), how) for images in sets]
    return attractors.attraction(
        np.concatenate([answer.clean for answer in answers if answer.clean is not None]),
        np.concatenate([images.labels for images in sets]),
        model.output_shape[-1],
    )
