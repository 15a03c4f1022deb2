"""SAU: unlearn the changes of an image that fool the model now just as they fooled it before.

Adversarial examples that the model shares with the one that was handed in are those that go through
its backdoor; only they are unlearned.

Source: Wei, Zhang, Zha, Wu, Shared Adversarial Unlearning, NeurIPS 2023, arXiv:2307.10562

One thing is not as published: a change counts only if it leads to a class that is suspected to be
a target. Among many classes every image has neighbours, and to unlearn the way to them costs
accuracy for nothing. With all classes suspected the search is the published one.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras

from .. import finetuning, inversion
from ..catalogue import SharedAdversarialUnlearning
from . import base, strengths, targets

_NEVER = -1e9
_TINY = 1e-7


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: SharedAdversarialUnlearning,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A copy of the model that does not share the bad model's adversarial examples.

    Its strength is how far each pixel may be changed: the furthest whose training ends within the
    budget is kept.

    Args:
        model: Stays as it is.
        validation: Clean images, split.
        params: The range of strengths, the suspected classes, and the training.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.

    Raises:
        InvalidParams: ``params.labels`` names a class that the model does not have.
    """
    before = base.select_accuracy(model, validation)
    pixels = inversion.pixel_range(validation.tune, validation.preprocessing)
    suspected = targets.suspected(model, validation, params.labels, execution)

    def attempt(reach: float, execution: base.Execution) -> finetuning.FineTuned:
        search = _Search(
            bad=model,
            labels=suspected.labels,
            pixels=pixels,
            reach=reach,
            steps=params.search_steps,
        )
        return finetuning.fine_tune(
            model,
            validation,
            params=params,
            lowest_accuracy=before - max_accuracy_drop,
            execution=execution,
            make_step=_unlearning_step(search, weight=params.weight, seed=execution.seed),
        )

    ladder = strengths.geometric(params.lowest_reach, params.highest_reach, params.attempts)
    found = strengths.strongest(ladder, attempt, execution)
    selection = strengths.selection(
        found, unit="reach", before=before,
        max_accuracy_drop=max_accuracy_drop, validation=validation,
    )  # fmt: skip
    return suspected.told(base.Repair.of(found.tuned, selection))


class _Search:
    """The search for changes that lead two models to the same wrong class."""

    def __init__(
        self, *, bad: keras.Model, labels: Sequence[int], pixels: inversion.PixelRange,
        reach: float, steps: int,
    ) -> None:  # fmt: skip
        """Search among changes of each pixel by up to `reach` of its range."""
        suspected = np.zeros(bad.output_shape[-1], np.float32)
        suspected[list(labels)] = 1
        self._bad = bad
        self._suspected = tf.constant(suspected)
        self._pixels = pixels
        self._reach = reach * pixels.width
        self._steps = steps

    def wanted(self, labels: Any) -> Any:
        """``(n, n_classes)``: 1 for the suspected classes that an image is not truly of."""
        return self._suspected * (1 - tf.one_hot(labels, len(self._suspected)))

    def shared(self, model: keras.Model, images: Any, labels: Any, start: Any) -> Any:
        """The images, changed so that both models say a suspected class, and the same one.

        Args:
            model: The one in training.
            images: ``(n, height, width, channels)``, as the models take them.
            labels: ``(n,)``, their true classes.
            start: Of the shape of the images, in [-1, 1]: where the search starts.
        """
        wanted, reach = self.wanted(labels), self._reach
        changed = self._inside(images, images + start * reach)
        for _ in range(self._steps):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(changed)
                before, now = self.answers(changed), _answers(model, changed)
                gain = _towards(before, wanted) + _towards(now, wanted) - _distance(before, now)
            way = tf.sign(tape.gradient(gain, changed))
            changed = self._inside(images, changed + way * reach * (2.5 / self._steps))
        return tf.stop_gradient(changed)

    def answers(self, images: Any) -> Any:
        """What the bad model says to images: log-probabilities."""
        return _answers(self._bad, images)

    def _inside(self, images: Any, changed: Any) -> Any:
        near = tf.clip_by_value(changed, images - self._reach, images + self._reach)
        return tf.clip_by_value(near, self._pixels.low, self._pixels.high)


def _unlearning_step(search: _Search, *, weight: float, seed: int) -> finetuning.MakeStep:
    """Steps of training, with a price on saying what the bad model says to the changed images."""

    def make_step(trainee: finetuning.Trainee) -> finetuning.Step:
        model, chance = trainee.model, tf.random.Generator.from_seed(seed)

        @tf.function(input_signature=trainee.signature)
        def step(images: Any, labels: Any) -> Any:
            start = chance.uniform(tf.shape(images), -1.0, 1.0)
            changed = search.shared(model, images, labels, start)
            fooled = tf.argmax(search.answers(changed), axis=1)
            counts = tf.gather(search.wanted(labels), fooled, axis=1, batch_dims=1)
            with tf.GradientTape() as tape:
                # In one pass, so that batch statistics see both kinds of images.
                scores = finetuning.log_probabilities(
                    model, tf.concat([images, changed], axis=0), training=True
                )
                clean, adversarial = tf.split(scores, 2)
                said = tf.exp(tf.gather(adversarial, fooled, axis=1, batch_dims=1))
                price = tf.reduce_mean(-tf.math.log(1 - said * (1 - _TINY)) * counts)
                loss = finetuning.cross_entropy(labels, clean) + weight * price
            trainee.update(tape.gradient(loss, model.trainable_variables))
            return loss

        return step  # type: ignore[no-any-return]

    return make_step


def _answers(model: keras.Model, images: Any) -> Any:
    return finetuning.log_probabilities(model, images, training=False)


def _towards(scores: Any, wanted: Any) -> Any:
    """``(n,)``: logarithm of the probability of the wanted classes together."""
    return tf.reduce_logsumexp(scores + (1 - wanted) * _NEVER, axis=1)


def _distance(first: Any, second: Any) -> Any:
    """``(n,)``: Jensen-Shannon divergence of two sets of log-probabilities."""
    middle = tf.math.log((tf.exp(first) + tf.exp(second)) / 2 + _TINY)
    parts = [tf.reduce_sum(tf.exp(each) * (each - middle), axis=1) for each in (first, second)]
    return tf.add_n(parts) / 2
