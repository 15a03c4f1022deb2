"""A model while it is trained, and the step that changes its weights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import tensorflow as tf
import tf_keras as keras

from .. import network
from ..metrics import FloatArray, IntArray

#: ``(images, labels)`` of one batch in, their loss out; changes the weights of the trainee.
Step = Callable[[FloatArray, IntArray], Any]


@dataclass(frozen=True, kw_only=True)
class Pupil:
    """Where a training begins, and what becomes of the model that was trained."""

    #: Makes the model to train; called again where the training begins anew.
    copy: Callable[[], keras.Model]
    #: Trained model to repaired model.
    finished: Callable[[keras.Model], keras.Model]


@dataclass(frozen=True, kw_only=True, eq=False)
class Trainee:
    """A copy of a model while it is trained, with its optimizer."""

    #: What of it can be trained is trained.
    model: keras.Model
    optimizer: keras.optimizers.Optimizer
    #: Position in ``model.weights`` to a 0/1 array that the weight is multiplied with after each
    #: step.
    masks: Mapping[int, FloatArray] = field(default_factory=dict)

    @property
    def signature(self) -> list[tf.TensorSpec]:
        """Of ``(images, labels)``: one for batches of every length, so that none traces again."""
        return [
            tf.TensorSpec((None, *self.model.input_shape[1:]), tf.float32),
            tf.TensorSpec((None,), tf.int64),
        ]

    def loss(self, images: Any, labels: Any, *, smoothing: float = 0.0) -> Any:
        """Mean cross-entropy of a batch in training mode."""
        scores = log_probabilities(self.model, images, training=True)
        return cross_entropy(labels, scores, smoothing=smoothing)

    def update(self, gradients: Sequence[Any]) -> None:
        """Take one step against the gradients of the model's trainable variables."""
        variables = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        for position, mask in self.masks.items():
            variable = self.model.weights[position]
            variable.assign(variable * mask)


#: What makes the step of a training; called once, before the first batch.
MakeStep = Callable[[Trainee], Step]


def plain_step(trainee: Trainee) -> Step:
    """A step down the gradient of the cross-entropy."""

    @tf.function(input_signature=trainee.signature)
    def step(images: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = trainee.loss(images, labels)
        trainee.update(tape.gradient(loss, trainee.model.trainable_variables))
        return loss

    return step  # type: ignore[no-any-return]


def masked(masks: Mapping[int, FloatArray], make_step: MakeStep = plain_step) -> MakeStep:
    """Steps that keep some weights at 0.

    Args:
        masks: Position in ``model.weights`` to a 0/1 array that the weight is multiplied with
            after each step.
        make_step: What makes the steps.
    """
    return lambda trainee: make_step(replace(trainee, masks=masks))


def log_probabilities(model: keras.Model, images: Any, *, training: bool) -> Any:
    """``(n, n_classes)`` logarithms of the class probabilities, whatever the model ends in.

    Args:
        model: Gives probabilities or logits.
        images: ``(n, height, width, channels)``, as the model takes them.
        training: Whether dropout and batch statistics are in use.
    """
    scores = model(images, training=training)
    if not network.is_softmax(model):
        return tf.nn.log_softmax(scores)
    # Keras leaves the logits on what a softmax gives: a saturated one has no gradient of its own.
    logits = getattr(scores, "_keras_logits", None)
    if logits is None:
        return tf.math.log(tf.maximum(scores, keras.backend.epsilon()))
    return tf.nn.log_softmax(logits)


def cross_entropy(labels: Any, log_probabilities: Any, *, smoothing: float = 0.0) -> Any:
    """Mean cross-entropy of a batch.

    Args:
        labels: ``(n,)`` integers.
        log_probabilities: ``(n, n_classes)``.
        smoothing: Share of the weight that all classes get alike, in [0, 1].
    """
    own = tf.gather(log_probabilities, labels, axis=1, batch_dims=1)
    spread = tf.reduce_mean(log_probabilities, axis=1)
    return -tf.reduce_mean((1 - smoothing) * own + smoothing * spread)
