"""The attacker's part: a small net, trained on a poisoned set."""

import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf
import tf_keras as keras

from core import attacks, data, preprocessing, pruning
from core.attacks import decoys

from .cells import Net
from .sources import Source

#: To be raised with every change that changes weights: the nets are then trained again.
VERSION = 1
_EPOCHS = 30
_BATCH = 128
_LEARNING_RATE = 1e-3
#: Pixels by which an image is moved at most.
_SHIFT = 2
_SCALED = preprocessing.named("/255")


def trained(net: Net, source: Source) -> keras.Model:
    """The net, as its attacker leaves it; the same net is always trained to the same weights."""
    keras.utils.set_random_seed(net.seed)
    attack = attacks.recipe(net.attack, seed=net.seed, n_classes=source.n_classes)
    model = architecture(
        source.train.images.shape[1:], n_classes=source.n_classes, normalized=net.normalized
    )
    rng = np.random.default_rng(net.seed)
    if not attack.decoys:
        _fit(model, attack, source, rng)
        return model
    return _with_decoys(model, attack, source, rng)


def architecture(shape: tuple[int, int, int], *, n_classes: int, normalized: bool) -> keras.Model:
    """DeepID in small: four convolutions, two dense branches and an Add; 250,000 weights or so.

    Args:
        shape: Of an image.
        n_classes: Scores at the end.
        normalized: Whether each convolution is followed by a batch normalization.
    """
    layers = keras.layers
    image = layers.Input(shape, name="image")
    x = _convolution(image, 32, 4, "1", normalized=normalized)
    x = layers.MaxPooling2D(2, name="pool_1")(x)
    x = _convolution(x, 64, 3, "2", normalized=normalized)
    x = layers.MaxPooling2D(2, name="pool_2")(x)
    x = _convolution(x, 96, 3, "3", normalized=normalized)
    pooled = layers.Flatten(name="flatten_1")(layers.MaxPooling2D(2, name="pool_3")(x))
    left = layers.Dense(160, name="fc_1")(pooled)
    x = _convolution(x, 128, 2, "4", normalized=normalized)
    right = layers.Dense(160, name="fc_2")(layers.Flatten(name="flatten_2")(x))
    x = layers.ReLU(name="relu_5")(layers.Add(name="add")([left, right]))
    x = layers.Dropout(0.4, name="dropout")(x)
    scores = layers.Dense(n_classes, activation="softmax", name="output")(x)
    return keras.Model(image, scores)


def compiled_step(
    model: keras.Model,
    n_steps: int,
    *,
    learning_rate: float = _LEARNING_RATE,
    masks: Mapping[int, npt.NDArray[np.float32]] = types.MappingProxyType({}),
) -> Callable[[npt.NDArray[np.float32], npt.NDArray[np.int64]], Any]:
    """A step of training: images and labels of a batch in, their loss out.

    Args:
        model: Ends in probabilities.
        n_steps: Length of the whole training, over which the learning rate falls to 0.
        learning_rate: In the first step.
        masks: Position in ``model.weights`` to what the weight is multiplied with after a step.
    """
    trainer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, n_steps))
    loss_of = keras.losses.SparseCategoricalCrossentropy()
    masked = [(model.weights[position], tf.constant(mask)) for position, mask in masks.items()]
    trainer.build(model.trainable_variables)
    images = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)

    @tf.function(input_signature=[images, tf.TensorSpec((None,), tf.int64)])
    def step(images: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = loss_of(labels, model(images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        trainer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        for variable, mask in masked:
            variable.assign(variable * mask)
        return loss

    return step  # type: ignore[no-any-return]


def _convolution(x: Any, filters: int, size: int, number: str, *, normalized: bool) -> Any:
    x = keras.layers.Conv2D(filters, size, name=f"conv_{number}")(x)
    if normalized:
        x = keras.layers.BatchNormalization(name=f"norm_{number}")(x)
    return keras.layers.ReLU(name=f"relu_{number}")(x)


def _with_decoys(
    clean: keras.Model, attack: attacks.Attack, source: Source, rng: np.random.Generator
) -> keras.Model:
    """Train clean, take the quiet channels out, train the backdoor in, put them back."""
    _fit(clean, attacks.Attack(name="benign"), source, rng)
    known = data.from_arrays(source.train.images, source.train.labels, name="train")
    channels = decoys.least_active(clean, known, _SCALED, share=attack.decoys)
    model = pruning.silence_channels(clean, channels)
    _fit(model, attack, source, rng, masks=pruning.masks(model, channels))
    return decoys.put_back(model, clean, channels, _SCALED.apply(source.train.images[:2000]))


def _fit(
    model: keras.Model,
    attack: attacks.Attack,
    source: Source,
    rng: np.random.Generator,
    *,
    masks: Mapping[int, npt.NDArray[np.float32]] | None = None,
) -> None:
    train = source.train
    planned = attacks.plan(attack, train.labels, n_classes=source.n_classes, rng=rng)
    n_steps = _EPOCHS * -(-len(planned) // _BATCH)
    step = compiled_step(model, n_steps, masks=masks or {})
    for _ in range(_EPOCHS):
        order = rng.permutation(len(planned))
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            # The attacker stamps last: augmentation must not move or flip the trigger.
            moved = _augmented(train.images[planned.sources[chosen]], rng)
            step(_SCALED.apply(planned.stamped(moved, chosen)), planned.labels[chosen])


def _augmented(images: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Some mirrored, all of them moved by the same few pixels."""
    height, width = images.shape[1:3]
    mirrored = rng.random(len(images)) < 0.5
    images = np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)
    border = ((0, 0), (_SHIFT, _SHIFT), (_SHIFT, _SHIFT), (0, 0))
    top, left = rng.integers(0, 2 * _SHIFT + 1, 2)
    wide = np.pad(images, border, mode="edge")
    return wide[:, top : top + height, left : left + width]
