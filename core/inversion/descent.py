"""Steps of Adam for many triggers at once, each a compiled graph."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
import tf_keras as keras

from .. import network
from ..metrics import FloatArray, IntArray
from .forms import Form, Variables
from .ranges import ScaledImages
from .settings import InversionSettings

#: How fast the price of a pixel of the mask rises and falls, and how success is averaged.
_RISE, _FALL, _MEMORY = 1.1, 1 / 1.15, 0.8
#: Adam's guard against a division by nothing.
_EPSILON = 1e-8


class State(NamedTuple):
    """Where the search for some triggers stands; each tensor is ``(n_triggers, …)``."""

    variables: Variables
    #: Adam's running means of the gradients and of their squares.
    means: Variables
    squares: Variables
    #: What one pixel of size costs, in units of the cross-entropy.
    price: Any
    #: Share of the images of the last steps that were sent to the class.
    success: Any
    #: The smallest variables so far that were successful enough, and their size or infinity.
    best: Variables
    best_size: Any
    #: Steps done.
    step: Any


class Descent:
    """The search for triggers of one form against one model."""

    def __init__(
        self, model: keras.Model, images: ScaledImages, form: Form, settings: InversionSettings
    ) -> None:
        """Compile it."""
        self._logits = network.logits(model)
        self._form = form
        self._settings = settings
        self._pixels = images.pixels
        self._images = tf.constant(images.pixels.to_units(images.images))
        self._step = tf.function(self._take_step, reduce_retracing=True)

    def start(self, variables: tuple[FloatArray, ...], n_triggers: int) -> State:
        """A search before its first step, the same for each trigger."""
        placed = tuple(tf.repeat(each[None], n_triggers, axis=0) for each in variables)
        zeros = tuple(tf.zeros_like(each) for each in placed)
        n_pixels = np.prod(self._images.shape[1:3])
        return State(
            variables=placed,
            means=zeros,
            squares=zeros,
            price=tf.fill((n_triggers,), np.float32(self._form.first_price / n_pixels)),
            success=tf.zeros((n_triggers,)),
            best=placed,
            best_size=tf.fill((n_triggers,), np.float32(np.inf)),
            step=tf.constant(0.0),
        )

    def advance(self, state: State, labels: Sequence[int], batches: IntArray) -> State:
        """The state after a step with each batch.

        Args:
            state: As `start` or `advance` gave it.
            labels: ``(n_triggers,)``, the class that each trigger is to lead to.
            batches: ``(n_steps, batch)``, which images to take.
        """
        targets = tf.constant(labels, tf.int32)
        for batch in batches:
            state = self._step(state, targets, tf.constant(batch))
        return state

    def _take_step(self, state: State, targets: Any, batch: Any) -> State:
        images = tf.gather(self._images, batch)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state.variables)
            logits = self._answers(self._form.stamped(state.variables, images))
            losses, hits = _towards(logits, targets)
            size = self._form.sizes(state.variables)
            loss = tf.reduce_sum(losses + state.price * size)
        gradients = tape.gradient(loss, state.variables)
        moved = self._kept_smallest(state, hits, size)
        return self._adapted(self._moved(moved, gradients))

    def _answers(self, stamped: Any) -> Any:
        """Logits ``(n_triggers, batch, n_classes)`` of images ``(n_triggers, batch, …)``."""
        shape = tf.shape(stamped)
        flat = tf.reshape(stamped, tf.concat([[shape[0] * shape[1]], shape[2:]], 0))
        flat = tf.ensure_shape(flat, (None, *self._images.shape[1:]))
        logits = self._logits(self._pixels.from_units(flat))
        return tf.reshape(logits, (shape[0], shape[1], logits.shape[-1]))

    def _kept_smallest(self, state: State, hits: Any, size: Any) -> State:
        """The state with its success, and with the best variables where these are better."""
        success = _MEMORY * state.success + (1 - _MEMORY) * hits
        is_best = (tf.minimum(success, hits) >= self._settings.lowest_success) & (
            size < state.best_size
        )
        return state._replace(
            success=success,
            best=_where(is_best, state.variables, state.best),
            best_size=tf.where(is_best, size, state.best_size),
        )

    def _moved(self, state: State, gradients: Variables) -> State:
        """The state after one step of Adam.

        Source: Kingma and Ba, "Adam", ICLR 2015, algorithm 1
        """
        first, second = self._settings.betas
        means = tuple(
            first * mean + (1 - first) * gradient
            for mean, gradient in zip(state.means, gradients, strict=True)
        )
        squares = tuple(
            second * square + (1 - second) * gradient**2
            for square, gradient in zip(state.squares, gradients, strict=True)
        )
        step = state.step + 1
        rate = self._settings.learning_rate * tf.sqrt(1 - second**step) / (1 - first**step)
        variables = tuple(
            variable - rate * mean / (tf.sqrt(square) + _EPSILON)
            for variable, mean, square in zip(state.variables, means, squares, strict=True)
        )
        bounded = self._form.bounded(variables, self._settings.radius)
        return state._replace(variables=bounded, means=means, squares=squares, step=step)

    def _adapted(self, state: State) -> State:
        """The state with the price raised where there is success to spare."""
        rising = tf.where(state.success > self._settings.aimed_success, _RISE, 1.0)
        falling = tf.where(state.success < self._settings.lowest_success, _FALL, 1.0)
        return state._replace(price=state.price * rising * falling)


def kept(state: State) -> Variables:
    """What the search comes to: the smallest successful variables, or the last."""
    return _where(tf.math.is_finite(state.best_size), state.best, state.variables)


def _towards(logits: Any, targets: Any) -> tuple[Any, Any]:
    """Mean cross-entropy with the targets, and share of images put there; ``(n_triggers,)``."""
    wanted = tf.repeat(targets[:, None], tf.shape(logits)[1], axis=1)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=wanted, logits=logits)
    hits = tf.cast(tf.argmax(logits, axis=-1, output_type=tf.int32) == wanted, tf.float32)
    return tf.reduce_mean(losses, axis=1), tf.reduce_mean(hits, axis=1)


def _where(chosen: Any, first: Variables, second: Variables) -> Variables:
    """For each trigger the first variables where it is chosen, else the second."""
    return tuple(
        tf.where(tf.reshape(chosen, (-1,) + (1,) * (len(one.shape) - 1)), one, other)
        for one, other in zip(first, second, strict=True)
    )
