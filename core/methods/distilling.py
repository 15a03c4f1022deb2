"""Steps in which a student learns to say of a corrupted image what the teacher says of it clean.

Source: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015,
    arXiv:1503.02531
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras

from .. import augmentation, finetuning
from ..catalogue import ForgetAndDistil
from ..metrics import FloatArray, IntArray

#: Images in, the same as the student sees them out.
Corrupt = Callable[[FloatArray], FloatArray]

#: Half of the images are mixed with another one, which keeps at most half of the weight.
#: Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018, arXiv:1710.09412
_MIXED, _LEAST_OWN = 0.5, 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class _Mixed:
    """A batch of images, of which some are mixed with another one."""

    images: FloatArray
    #: ``(n,)``, the class of the one with more weight, and of the other.
    labels: IntArray
    others: IntArray
    #: ``(n,)``, weight of the first in [0.5, 1].
    weights: FloatArray


def distilling_step(
    teacher: keras.Model,
    corrupt: Corrupt,
    *,
    params: ForgetAndDistil,
    seed: int,
) -> finetuning.MakeStep:
    """Steps towards the teacher's answers, and towards the true labels where there are any.

    Args:
        teacher: Sees the images without corruption; stays as it is.
        corrupt: Applied to what the student sees.
        params: ``imitation`` and ``temperature``.
        seed: Of the mixing.
    """

    def make_step(trainee: finetuning.Trainee) -> finetuning.Step:
        rng = np.random.default_rng(seed)
        compiled = _compiled(trainee, teacher, params)

        def step(images: FloatArray, labels: IntArray) -> Any:
            mixed = _mixed(augmentation.relit(images, rng), labels, rng)
            seen = corrupt(mixed.images)
            return compiled(mixed.images, seen, (mixed.labels, mixed.others), mixed.weights)

        return step

    return make_step


def _mixed(images: FloatArray, labels: IntArray, rng: np.random.Generator) -> _Mixed:
    n_images = len(images)
    is_mixed = rng.random(n_images) < _MIXED
    weights = np.where(is_mixed, rng.uniform(_LEAST_OWN, 1, n_images), 1).astype(np.float32)
    other = rng.permutation(n_images)
    own = weights[:, None, None, None]
    return _Mixed(
        images=own * images + (1 - own) * images[other],
        labels=labels,
        others=labels[other],
        weights=weights,
    )


def _compiled(
    trainee: finetuning.Trainee, teacher: keras.Model, params: ForgetAndDistil
) -> Callable[..., Any]:
    images, labels = trainee.signature
    weights = tf.TensorSpec((None,), tf.float32)

    @tf.function(input_signature=[images, images, (labels, labels), weights])
    def step(clean: Any, seen: Any, truth: Any, weight: Any) -> Any:
        taught = finetuning.log_probabilities(teacher, clean, training=False)
        with tf.GradientTape() as tape:
            said = finetuning.log_probabilities(trainee.model, seen, training=True)
            loss = params.imitation * _divergence(taught, said, params.temperature)
            own, other = (_surprise(said, labels) for labels in truth)
            surprise = tf.reduce_mean(weight * own + (1 - weight) * other)
            loss += (1 - params.imitation) * surprise
        trainee.update(tape.gradient(loss, trainee.model.trainable_variables))
        return loss

    return step  # type: ignore[no-any-return]


def _divergence(taught: Any, said: Any, temperature: float) -> Any:
    """Mean Kullback-Leibler divergence of softened answers, scaled as if they were not."""
    taught, said = (tf.nn.log_softmax(each / temperature) for each in (taught, said))
    return temperature**2 * tf.reduce_mean(tf.reduce_sum(tf.exp(taught) * (taught - said), axis=-1))


def _surprise(log_probabilities: Any, labels: Any) -> Any:
    """``(n,)`` cross-entropy with the labels; 0 where a label is not known (-1)."""
    own = tf.gather(log_probabilities, tf.maximum(labels, 0), axis=1, batch_dims=1)
    return tf.where(labels < 0, 0.0, -own)
