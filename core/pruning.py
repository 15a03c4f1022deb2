"""Channels of convolutions: how active they are, in which order to silence them, and doing it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import tensorflow as tf
import tf_keras as keras

from . import data, devices, errors, metrics, models, network
from .metrics import FloatArray
from .preprocessing import Preprocessing
from .results import PruningStep

Order = Literal["mean-activation", "apoz"]
#: Variable of a model, by its position in ``model.weights``, to a 0/1 array of its shape.
Masks = Mapping[int, FloatArray]


@dataclass(frozen=True, order=True)
class Channel:
    """One output map of a convolution."""

    layer: str
    index: int


def prunable_layers(model: keras.Model) -> tuple[str, ...]:
    """Names of the convolutions whose channels can be silenced, in the order of the graph.

    A convolution counts if a channel with kernel and bias 0 is 0 for every input (its activation
    must take 0 to 0), if it is used once, and if its channels are not the scores of the classes. A
    depthwise convolution has no kernel for each channel to choose from, and does not count.
    """
    return tuple(
        layer.name
        for layer in network.layers(model)
        if isinstance(layer, keras.layers.Conv2D | keras.layers.SeparableConv2D)
        and network.keeps_zero(layer)
        and not network.is_shared(model, layer)
        and not network.gives_scores(model, layer.name)
    )


def select_layers(model: keras.Model, wanted: str) -> tuple[str, ...]:
    """The layers that ``last-K`` or a list of names with commas between stands for.

    Raises:
        NoPrunableLayer: The model has no convolution.
        UnknownLayer: A name is not a prunable convolution of the model.
        InvalidParams: ``last-K`` without a number.
    """
    available = prunable_layers(model)
    if not available:
        raise errors.NoPrunableLayer(
            "the model has no convolution that can be pruned; fine-tuning works without one"
        )
    if wanted.startswith("last-"):
        return available[-_last_count(wanted) :]
    names = tuple(name.strip() for name in wanted.split(","))
    for name in names:
        if name not in available:
            raise errors.UnknownLayer(
                f"the model has no prunable convolution {name!r}; it has {', '.join(available)}",
                received=name, expected=list(available),
            )  # fmt: skip
    return names


def channel_scores(
    model: keras.Model,
    layers: Sequence[str],
    images: data.LabelledImages,
    preprocessing: Preprocessing,
    *,
    order: Order,
) -> dict[str, FloatArray]:
    """How much clean images use each channel, read after its ReLU.

    Channels that stay quiet on clean images are where a backdoor hides.

    Args:
        model: Any functional model.
        layers: Names of convolutions.
        images: Clean images.
        preprocessing: How stored pixels become what the model takes.
        order: ``mean-activation``: the mean over images, height and width; ``apoz``: minus the
            share of zeros (Hu et al., Network Trimming, 2016, arXiv:1607.03250).

    Returns:
        Layer name to ``(n_channels,)``; the lowest is to be pruned first.

    Source: Liu, Dolan-Gavitt, Garg, Fine-Pruning, RAID 2018, section 3, arXiv:1805.12185
    """
    outputs = [network.activation_output(model, layer) for layer in layers]
    reader = keras.Model(model.inputs, outputs)

    @tf.function(input_signature=[tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)])
    def totals(batch: Any) -> list[Any]:
        maps = tf.nest.flatten(reader(batch, training=False))
        measured = [item if order == "mean-activation" else -_zeros(item) for item in maps]
        return [tf.reduce_sum(_channel_means(item), axis=0) for item in measured]

    frugal = devices.Frugal(lambda batch: [total.numpy() for total in totals(batch)])
    sums = [part for batch in metrics.batches(images, preprocessing) for part in frugal(batch)]
    return {
        layer: np.sum([parts[index] for parts in sums], axis=0) / np.float32(len(images))
        for index, layer in enumerate(layers)
    }


def pruning_order(scores: Mapping[str, FloatArray]) -> tuple[Channel, ...]:
    """All channels of the layers, the one to prune first first.

    Within a layer by score, lowest first; several layers advance together, each by its share of
    channels, so that none is emptied while another is untouched.
    """
    ranked = [
        ((position + 1) / len(values), layer_number, Channel(layer, int(index)))
        for layer_number, (layer, values) in enumerate(scores.items())
        for position, index in enumerate(np.argsort(values, kind="stable"))
    ]
    return tuple(channel for _, _, channel in sorted(ranked))


def sweep(
    model: keras.Model,
    order: Sequence[Channel],
    images: data.LabelledImages,
    preprocessing: Preprocessing,
    *,
    on_batch: metrics.OnBatch | None = None,
) -> tuple[PruningStep, ...]:
    """Accuracy after each step of pruning, the channels silenced one more at a time.

    What lies before the first pruned convolution does not change from step to step, so it is run
    once a batch, and only the rest of the network once a step; memory is bounded by a batch.

    Args:
        model: Stays as it is.
        order: Channels in the order of pruning.
        images: With their classes.
        preprocessing: How stored pixels become what the model takes.
        on_batch: Called with the number of images after each batch.

    Returns:
        ``len(order) + 1`` steps; the first has no channel pruned. The last channel of the order is
        tried as well, so that the curve shows what an emptied layer does.
    """
    hits = np.zeros(len(order) + 1, np.int64)
    run = devices.Frugal(_compiled_sweep(model, order))
    seen = 0
    for batch in metrics.batches(images, preprocessing):
        for part in run(batch, images.labels[seen : seen + len(batch)]):
            hits += part
        seen += len(batch)
        if on_batch:
            on_batch(len(batch))
    return tuple(
        PruningStep(
            channels_pruned=count,
            layer=order[count - 1].layer if count else None,
            channel=order[count - 1].index if count else None,
            select_accuracy=float(hits[count] / len(images)),
        )
        for count in range(len(order) + 1)
    )


def deepest_step(steps: Sequence[PruningStep], *, max_accuracy_drop: float) -> PruningStep:
    """The last step before accuracy first falls by more than the budget.

    Accuracy can come back further on; a step beyond the first fall is not taken.
    """
    limit = steps[0].select_accuracy - max_accuracy_drop
    chosen = steps[0]
    for step in steps:
        if step.select_accuracy < limit - 1e-9:
            break
        chosen = step
    return chosen


def silence_channels(model: keras.Model, channels: Sequence[Channel]) -> keras.Model:
    """A copy of the model in which the channels are 0 for every input.

    Kernel **and bias** become 0, and scale, shift and moving mean of a batch normalization that
    follows.
    """
    silenced = models.copy(model)
    for variable, mask in _masked_variables(silenced, channels):
        variable.assign(variable * mask)
    return silenced


def masks(model: keras.Model, channels: Sequence[Channel]) -> Masks:
    """What to multiply the weights with, after each training step, to keep channels silent."""
    positions = {id(variable): number for number, variable in enumerate(model.weights)}
    return {positions[id(variable)]: mask for variable, mask in _masked_variables(model, channels)}


def by_layer(channels: Sequence[Channel]) -> dict[str, tuple[int, ...]]:
    """The same channels, as layer name to their sorted indices."""
    grouped: dict[str, list[int]] = {}
    for channel in channels:
        grouped.setdefault(channel.layer, []).append(channel.index)
    return {layer: tuple(sorted(indices)) for layer, indices in grouped.items()}


def _last_count(wanted: str) -> int:
    digits = wanted.removeprefix("last-")
    if not digits.isdigit() or int(digits) < 1:
        raise errors.InvalidParams(
            f"layers must be last-K with K = 1, 2, … or names with commas between, not {wanted!r}",
            field="layers", received=wanted,
        )  # fmt: skip
    return int(digits)


def _channel_means(maps: Any) -> Any:
    # Behind a global pooling there is no height and width left.
    return tf.reduce_mean(maps, axis=list(range(1, maps.shape.rank - 1)))  # (n, channels)


def _zeros(maps: Any) -> Any:
    return tf.cast(tf.equal(maps, 0), tf.float32)


def _masked_variables(
    model: keras.Model, channels: Sequence[Channel]
) -> list[tuple[tf.Variable, FloatArray]]:
    pairs = []
    for name, indices in by_layer(channels).items():
        for layer in network.with_normalization(model, name):
            pairs += [
                (variable, _channel_mask(variable.shape, indices))
                for variable in _channel_variables(layer)
            ]
    return pairs


def _channel_variables(layer: keras.layers.Layer) -> list[tf.Variable]:
    # Each of these ends in the axis of the output channels. The moving variance may stay.
    names = ("kernel", "pointwise_kernel", "bias", "gamma", "beta", "moving_mean")
    found = [getattr(layer, name, None) for name in names]
    return [variable for variable in found if variable is not None]


def _channel_mask(shape: Sequence[int], indices: Sequence[int]) -> FloatArray:
    mask = np.ones(shape, np.float32)
    mask[..., list(indices)] = 0
    return mask


def _compiled_sweep(
    model: keras.Model, order: Sequence[Channel]
) -> Callable[[FloatArray, npt.NDArray[np.int64]], Any]:
    """``(batch images, labels)`` in, ``(len(order) + 1,)`` numbers of right answers out."""
    split = network.split_at(model, [channel.layer for channel in order])
    silent_from = {name: tf.constant(at) for name, at in _silent_from(model, order).items()}
    steps = tf.range(len(order) + 1)

    @tf.function(
        input_signature=[
            tf.TensorSpec((None, *model.input_shape[1:]), tf.float32),
            tf.TensorSpec((None,), tf.int64),
        ]
    )
    def hits(images: Any, labels: Any) -> Any:
        unchanged = split.head(images)

        def right(step: Any) -> Any:
            keep = {name: tf.cast(step < at, tf.float32) for name, at in silent_from.items()}
            scores = split.tail(unchanged, keep)
            return tf.math.count_nonzero(tf.equal(tf.argmax(scores, axis=-1), labels))

        return tf.map_fn(right, steps, fn_output_signature=tf.int64, parallel_iterations=1)

    return lambda images, labels: hits(images, labels).numpy()


def _silent_from(model: keras.Model, order: Sequence[Channel]) -> dict[str, npt.NDArray[np.int32]]:
    """Layer to ``(n_channels,)``: the step that silences each channel, or one never taken."""
    steps = {
        layer: np.full(model.get_layer(layer).filters, len(order) + 1, np.int32)
        for layer in {channel.layer for channel in order}
    }
    for step, channel in enumerate(order, start=1):
        steps[channel.layer][channel.index] = step
    return steps
