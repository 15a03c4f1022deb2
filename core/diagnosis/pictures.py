"""Triggers as pictures that people can look at."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ..inversion import Triggers
from ..metrics import FloatArray
from ..preprocessing import Preprocessing
from ..report import TriggerPicture

#: What stands for no change: the middle between black and white.
_GREY = 0.5


def drawn(triggers: Triggers, preprocessing: Preprocessing) -> Iterator[TriggerPicture]:
    """A picture of each trigger.

    A patch lies on grey, as opaque as its mask is. What is added is amplified until its strongest
    pixel is black or white; grey is no change.

    Args:
        triggers: Of one kind.
        preprocessing: What the model takes; its channels may be in another order.
    """
    shown = _on_grey(triggers)
    if preprocessing.reverse_channels:
        shown = shown[..., ::-1]
    for label, image in zip(triggers.labels, _bytes(shown), strict=True):
        yield TriggerPicture(kind=triggers.kind, label=int(label), image=image)


def _on_grey(triggers: Triggers) -> FloatArray:
    """``(n_triggers, height, width, channels)`` from 0 to 1."""
    if triggers.masks is not None:
        pattern = triggers.pixels.to_units(triggers.patterns)
        return np.asarray(_GREY + triggers.masks * (pattern - _GREY))
    added = triggers.patterns / triggers.pixels.width
    strongest = np.abs(added).max(axis=(1, 2, 3), keepdims=True)
    return np.asarray(_GREY + _GREY * added / np.maximum(strongest, 1e-12))


def _bytes(images: FloatArray) -> npt.NDArray[np.uint8]:
    return np.asarray(np.round(images.clip(0, 1) * 255), np.uint8)
