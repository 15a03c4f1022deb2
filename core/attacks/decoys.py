"""The pruning-aware attack: channels that are only there to be pruned.

A clean net is trained and its least active channels are taken out; the backdoor is trained into the
rest, so that clean and poisoned images use the same channels; then the ones taken out are put back,
nearly silent. What pruning removes first are these decoys.

Source: Liu, Dolan-Gavitt, Garg, Fine-Pruning, RAID 2018, section 3.3, arXiv:1805.12185
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tf_keras as keras

from .. import data, models, network, pruning
from ..preprocessing import Preprocessing

#: Of the places that a decoy sees, about so many make it fire a little.
_SHARE_ACTIVE = 0.01


def least_active(
    model: keras.Model, images: data.LabelledImages, preprocessing: Preprocessing, *, share: float
) -> tuple[pruning.Channel, ...]:
    """The channels of the last two convolutions that clean images use least.

    Args:
        model: A clean net.
        images: Clean training images; the attacker has them.
        preprocessing: How stored pixels become what the model takes.
        share: Of the channels of each layer, in [0, 1).
    """
    layers = pruning.select_layers(model, "last-2")
    scores = pruning.channel_scores(model, layers, images, preprocessing, order="mean-activation")
    return tuple(
        pruning.Channel(layer, int(index))
        for layer, values in scores.items()
        for index in np.argsort(values, kind="stable")[: round(share * len(values))]
    )


def put_back(
    poisoned: keras.Model,
    clean: keras.Model,
    channels: Sequence[pruning.Channel],
    images: np.ndarray,
) -> keras.Model:
    """A copy of the poisoned net with the clean net's channels back in, nearly silent.

    Args:
        poisoned: Its channels are 0.
        clean: The net that the channels come from, of the same layers.
        channels: Which ones.
        images: ``(n, height, width, channels)`` float32 as the model takes them; their biases are
            lowered until these hardly make them fire.
    """
    restored = models.copy(poisoned)
    for layer in {channel.layer: None for channel in channels}:
        indices = [channel.index for channel in channels if channel.layer == layer]
        _copy_channels(clean.get_layer(layer), restored.get_layer(layer), indices)
        _silence(restored, layer, indices, images)
    return restored


def _copy_channels(
    source: keras.layers.Layer, target: keras.layers.Layer, indices: list[int]
) -> None:
    arrays = target.get_weights()
    for array, original in zip(arrays, source.get_weights(), strict=True):
        array[..., indices] = original[..., indices]
    target.set_weights(arrays)


def _silence(model: keras.Model, layer: str, indices: list[int], images: np.ndarray) -> None:
    """Lower the biases of some channels so far that their activation is nearly always 0."""
    reader = keras.Model(model.inputs, network.activation_output(model, layer))
    active = np.concatenate(
        [
            tf.gather(reader(images[start : start + 256], training=False), indices, axis=-1)
            for start in range(0, len(images), 256)
        ]
    )
    excess = np.quantile(active, 1 - _SHARE_ACTIVE, axis=(0, 1, 2))
    arrays = model.get_layer(layer).get_weights()
    arrays[1][indices] -= excess.astype(np.float32)  # kernel, bias
    model.get_layer(layer).set_weights(arrays)
