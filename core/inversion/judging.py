"""How well triggers do on clean images that they were not searched on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tf_keras as keras

from .. import metrics
from ..metrics import FloatArray, IntArray
from .triggers import Triggers


@dataclass(frozen=True, kw_only=True, eq=False)
class Success:
    """What triggers do, each ``(n_triggers,)``; images truly of its class do not count."""

    #: Share of the stamped images that the model puts in the class, in [0, 1].
    stamped: FloatArray
    #: Share of the same images that it puts there as they are.
    clean: FloatArray
    #: Images that count.
    n_images: IntArray

    @property
    def excess(self) -> FloatArray:
        """What the triggers add, at least 0."""
        return np.asarray(np.maximum(self.stamped - self.clean, 0))


def success(
    model: keras.Model, triggers: Triggers, images: FloatArray, labels: IntArray
) -> Success:
    """What triggers do to images that they were not searched on.

    Args:
        model: Any model of such images.
        triggers: As `invert` found them, perhaps on another model.
        images: ``(n_images, height, width, channels)``, as the model takes them.
        labels: ``(n_images,)``, their true classes; -1 where it is not known.
    """
    forward = metrics.compiled(model)
    before = _labels(forward, images)
    counted = [labels != label for label in triggers.labels]
    after = [
        _labels(forward, triggers.stamped(images[others], index))
        for index, others in enumerate(counted)
    ]
    return Success(
        stamped=_shares(after, triggers.labels),
        clean=_shares([before[others] for others in counted], triggers.labels),
        n_images=np.array([others.sum() for others in counted], np.int64),
    )


def _shares(found: Sequence[IntArray], labels: IntArray) -> FloatArray:
    """How often each label was found; 0 where nothing was."""
    shares = [
        float(np.mean(each == label)) if len(each) else 0.0
        for each, label in zip(found, labels, strict=True)
    ]
    return np.array(shares, np.float32)


def _labels(forward: metrics.Forward, images: FloatArray) -> IntArray:
    size = metrics.BATCH_SIZE
    parts = [part for start in range(0, len(images), size)
             for part in forward(images[start : start + size])]  # fmt: skip
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
