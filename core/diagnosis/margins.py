"""How far ahead of all others each class can get, over all inputs there are."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras

from .. import network
from ..inversion import PixelRange
from ..metrics import FloatArray

#: Told how many steps are done, and of how many.
OnStep = Callable[[int, int], None]

_STEPS = 75
#: Root mean square of the first step, with pixels from 0 to 1; the last ones are a tenth of it.
_STRIDE = 0.07
#: With few classes the search starts from several images; the best counts.
_MAX_STARTS = 8
_IMAGES_AT_LEAST = 256
#: Numbers in the images that go through the model at a time; bounds the memory.
_MAX_BATCH_NUMBERS = 2**22


def maximum_margins(
    model: keras.Model, pixels: PixelRange, *, seed: int, on_step: OnStep | None = None
) -> FloatArray:
    """The largest lead of each class's score over the next, found from noise; needs no images.

    A trigger is learnt until it beats everything else in the image, which takes the target's score
    further ahead than those of classes that were learnt from what they look like.

    Args:
        model: Stays as it is. Ends in a softmax or in logits.
        pixels: Where the pixels can be.
        seed: Of the noise that the search for every class starts from.
        on_step: Told of progress; what it raises ends the search.

    Returns:
        ``(n_classes,)``, in units of the logits.

    Source: Wang, Xiang, Miller, Kesidis, "MM-BD", IEEE S&P 2024, https://arxiv.org/abs/2205.06900
    """
    n_classes, shape = model.output_shape[-1], model.input_shape[1:]
    n_starts = int(np.clip(_IMAGES_AT_LEAST // n_classes, 1, _MAX_STARTS))
    noise = np.random.default_rng(seed).random((n_starts, *shape), np.float32)
    together = max(1, _MAX_BATCH_NUMBERS // (n_starts * int(np.prod(shape))))
    groups = np.array_split(np.arange(n_classes, dtype=np.int32), -(-n_classes // together))
    climb = _compiled_step(model, pixels)
    found = []
    for number, group in enumerate(groups):
        images = tf.constant(np.tile(noise, (len(group), 1, 1, 1)))
        wanted = tf.constant(np.repeat(group, n_starts))
        for step in range(_STEPS):
            images, margins = climb(images, wanted, tf.constant(_stride(step), tf.float32))
            if on_step:
                on_step(number * _STEPS + step + 1, len(groups) * _STEPS)
        found.append(margins.numpy().reshape(len(group), n_starts).max(axis=1))
    return np.concatenate(found)


def _stride(step: int) -> float:
    return _STRIDE * (1 - 0.9 * step / _STEPS)


def _compiled_step(model: keras.Model, pixels: PixelRange) -> Callable[[Any, Any, Any], Any]:
    """Images from 0 to 1 and their classes in; better images, and the margins of the old ones."""
    logits = network.logits(model)

    @tf.function(reduce_retracing=True)
    def step(images: Any, wanted: Any, stride: Any) -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(images)
            margins = _margins(logits(pixels.from_units(images)), wanted)
        uphill = tape.gradient(margins, images)
        size = tf.sqrt(tf.reduce_mean(uphill**2, axis=(1, 2, 3), keepdims=True))
        moved = images + stride * tf.math.divide_no_nan(uphill, size)
        return tf.clip_by_value(moved, 0.0, 1.0), margins

    return step  # type: ignore[no-any-return]


def _margins(logits: Any, wanted: Any) -> Any:
    """``(batch,)``: score of the wanted class, less the largest of the others."""
    own = tf.one_hot(wanted, logits.shape[-1], on_value=True, off_value=False, dtype=tf.bool)
    score = tf.gather(logits, wanted, batch_dims=1)
    others = tf.where(own, logits.dtype.min, logits)
    return score - tf.reduce_max(others, axis=-1)
