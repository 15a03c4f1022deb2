"""I-BAU: unlearn the patterns that fool the model on many images at once.

Source: Zeng, Chen, Park, Mao, Jin, Jia, Adversarial Unlearning of Backdoors via Implicit
Hypergradient, ICLR 2022, arXiv:2110.03735

Three things are not as published. The patterns are kept in a ball, whose radius is the strength,
not only made small by a price; there are several of them, each for some of the classes, as one
alone hides all targets but one; and they are carried on from batch to batch, not searched for anew
in each round.
"""

from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras

from .. import finetuning, inversion
from ..catalogue import AdversarialUnlearning
from . import base, strengths

#: So long is one step of the search, as a share of the radius.
_SEARCH_STEP = 0.25
#: The step of the search through which the weights act on the patterns.
_IMPLICIT_STEP = 0.1
_TINY = 1e-12


def repair(
    model: keras.Model,
    validation: base.Validation,
    *,
    params: AdversarialUnlearning,
    max_accuracy_drop: float,
    execution: base.Execution,
) -> base.Repair:
    """A copy of the model that universal perturbations no longer fool.

    Its strength is the size of the perturbations: the largest whose training ends within the
    budget is kept.

    Args:
        model: Stays as it is.
        validation: Clean images, split.
        params: The range of sizes, and the training.
        max_accuracy_drop: Budget in absolute points of select accuracy, as a fraction.
        execution: Seed and listener.
    """
    before = base.select_accuracy(model, validation)
    pixels = inversion.pixel_range(validation.tune, validation.preprocessing)

    def attempt(radius: float, execution: base.Execution) -> finetuning.FineTuned:
        return finetuning.fine_tune(
            model,
            validation,
            params=params,
            lowest_accuracy=before - max_accuracy_drop,
            execution=execution,
            make_step=_unlearning_step(params, pixels, radius=radius, seed=execution.seed),
        )

    ladder = strengths.geometric(params.lowest_radius, params.highest_radius, params.attempts)
    found = strengths.strongest(ladder, attempt, execution)
    selection = strengths.selection(
        found, unit="radius", before=before,
        max_accuracy_drop=max_accuracy_drop, validation=validation,
    )  # fmt: skip
    return base.Repair.of(found.tuned, selection)


def _unlearning_step(
    params: AdversarialUnlearning, pixels: inversion.PixelRange, *, radius: float, seed: int
) -> finetuning.MakeStep:
    """Steps that first make the patterns worse, and then the model better on them."""

    def make_step(trainee: finetuning.Trainee) -> finetuning.Step:
        patterns = _Patterns(trainee.model, pixels, radius=radius, count=params.patterns, seed=seed)
        chance = tf.random.Generator.from_seed(seed)

        @tf.function(input_signature=trainee.signature)
        def step(images: Any, labels: Any) -> Any:
            for _ in range(params.search_steps):
                patterns.worsen(images, labels)
            is_patched = chance.uniform(tf.shape(labels)) < params.share

            def outer(values: Any) -> Any:
                patched = patterns.added(images, labels, values)
                chosen = tf.where(is_patched[:, None, None, None], patched, images)
                return trainee.loss(chosen, labels)

            loss, gradients = patterns.hypergradient(outer, images, labels, terms=params.terms)
            trainee.update(gradients)
            return loss

        return step  # type: ignore[no-any-return]

    return make_step


class _Patterns:
    """Patterns in a ball around nothing, each for a group of classes of its own."""

    def __init__(
        self, model: keras.Model, pixels: inversion.PixelRange, *, radius: float, count: int,
        seed: int,
    ) -> None:  # fmt: skip
        """Start from noise."""
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal((count, *model.input_shape[1:])).astype(np.float32)
        self._model = model
        self._pixels = pixels
        self._radius = radius
        self._group = tf.constant(rng.permutation(model.output_shape[-1]) % count)
        self._values = tf.Variable(_bounded(noise, radius))

    def added(self, images: Any, labels: Any, values: Any) -> Any:
        """The images, each with the pattern of its class's group, of `values` in pixel ranges."""
        group = tf.one_hot(tf.gather(self._group, labels), values.shape[0])
        own = tf.tensordot(group, values, axes=1)  # a plain gather has sparse gradients
        changed = images + own * self._pixels.width
        return tf.clip_by_value(changed, self._pixels.low, self._pixels.high)

    def worsen(self, images: Any, labels: Any) -> None:
        """One step of the search for what fools the model."""
        values = self._values.read_value()
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            hidden = self._hidden(images, labels, values)
        way = _bounded(tape.gradient(hidden, values), _SEARCH_STEP * self._radius, shortest=True)
        self._values.assign(_bounded(values - way, self._radius))

    def hypergradient(
        self, outer: Any, images: Any, labels: Any, *, terms: int
    ) -> tuple[Any, list[Any]]:
        """A loss, and its gradient for the weights, that of the patterns' dependence on them too.

        The patterns are taken for a fixed point of the search; the implicit function theorem
        gives what a change of the weights does to them, as a series.

        Args:
            outer: Values of the patterns to the loss.
            images: ``(n, height, width, channels)``, what the search goes by.
            labels: ``(n,)``.
            terms: Of the series; 0 takes the patterns for given.
        """
        weights, values = self._model.trainable_variables, self._values.read_value()
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(values)
            loss = outer(values)
            with tf.GradientTape() as inner:
                inner.watch(values)
                hidden = self._hidden(images, labels, values)
            following = values - _IMPLICIT_STEP * inner.gradient(hidden, values)
        gradients, start = tape.gradient(loss, [weights, values])
        if not terms:
            return loss, gradients
        way = start
        for _ in range(terms - 1):
            way = start + tape.gradient(following, values, output_gradients=way)
        implicit = tape.gradient(following, weights, output_gradients=way)
        return loss, [
            direct if through is None else direct + through
            for direct, through in zip(gradients, implicit, strict=True)
        ]

    def _hidden(self, images: Any, labels: Any, values: Any) -> Any:
        """How well the model still does with the patterns: what the search makes small."""
        changed = self.added(images, labels, values)
        scores = finetuning.log_probabilities(self._model, changed, training=False)
        return -finetuning.cross_entropy(labels, scores)


def _bounded(values: Any, radius: float, *, shortest: bool = False) -> Any:
    """Each pattern with an L2 norm of the radius at most; of the radius, where also `shortest`."""
    norms = tf.sqrt(tf.reduce_sum(values**2, axis=(1, 2, 3), keepdims=True)) + _TINY
    scale = radius / norms
    return values * (scale if shortest else tf.minimum(scale, 1.0))
