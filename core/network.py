"""The graph of a Keras model: what follows a layer, and the model cut in two before one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf
import tf_keras as keras

#: Layers that keep the channels apart and take 0 to 0.
_CHANNELWISE = (
    keras.layers.MaxPooling2D,
    keras.layers.AveragePooling2D,
    keras.layers.GlobalMaxPooling2D,
    keras.layers.GlobalAveragePooling2D,
    keras.layers.Dropout,
    keras.layers.SpatialDropout2D,
    keras.layers.ZeroPadding2D,
)
_ACTIVATIONS = (keras.layers.Activation, keras.layers.ReLU, keras.layers.LeakyReLU)


@dataclass(frozen=True)
class Call:
    """One use of a layer in the graph."""

    layer: keras.layers.Layer
    #: Keys of the tensors that go in, and come out.
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class Split:
    """A model cut in two: ``tail(head(images), {})`` is ``model(images)``."""

    #: Images to the tensors that the tail needs, by their keys.
    head: Callable[[Any], dict[int, Any]]
    #: Those tensors, and layer name to what its output channels are multiplied with, to scores.
    tail: Callable[[Mapping[int, Any], Mapping[str, Any]], Any]


def calls(model: keras.Model) -> list[Call]:
    """The uses of the model's layers, each after those whose output it takes."""
    # tf_keras keeps the sorted graph here and runs it from here; it has no public name for it.
    depths = sorted(model._nodes_by_depth, reverse=True)
    nodes = [node for depth in depths for node in model._nodes_by_depth[depth]]
    return [
        Call(
            layer=node.layer,
            inputs=() if node.is_input else tuple(id(item) for item in node.keras_inputs),
            outputs=tuple(id(item) for item in tf.nest.flatten(node.outputs)),
        )
        for node in nodes
    ]


def layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers of the model, in the order of the graph, each once."""
    return list({id(call.layer): call.layer for call in calls(model)}.values())


def with_normalization(model: keras.Model, name: str) -> list[keras.layers.Layer]:
    """The layer, and the batch normalization that is the only one to take its output, if any."""
    layer = model.get_layer(name)
    following = _only_consumer(model, layer)
    if isinstance(following, keras.layers.BatchNormalization):
        return [layer, following]
    return [layer]


def activation_output(model: keras.Model, name: str) -> Any:
    """The symbolic tensor where a convolution's channels are read: after its ReLU.

    The activation may be the layer's own, or follow it, behind a batch normalization or a pooling;
    where none follows, the channels are read at the layer itself.
    """
    layer = with_normalization(model, name)[-1]
    if model.get_layer(name).activation is not keras.activations.linear:
        return layer.output
    following = _only_consumer(model, layer)
    while isinstance(following, _CHANNELWISE):
        following = _only_consumer(model, following)
    return (following if isinstance(following, _ACTIVATIONS) else layer).output


def keeps_zero(layer: keras.layers.Layer) -> bool:
    """Whether the layer's activation takes 0 to 0, so that a channel can be made 0."""
    return float(layer.activation(tf.zeros((1, 2)))[0, 0]) == 0.0


def is_softmax(model: keras.Model) -> bool:
    """Whether the scores of the model are probabilities already, not logits."""
    last = calls(model)[-1].layer
    if isinstance(last, keras.layers.Softmax):
        return True
    return getattr(last, "activation", None) is keras.activations.softmax


def split_at(model: keras.Model, names: Sequence[str]) -> Split:
    """The model cut in front of what depends on any of the layers.

    The layers themselves belong to the head where no other of them stands before, and with each
    the batch normalization, activation and pooling behind it: multiplying by 0 or 1 comes to the
    same there, and they run once. The channels can be multiplied in the tail.

    Args:
        model: One input, one output.
        names: Convolutions whose channels the tail may silence.
    """
    points = {id(_silence_point(model, name)): name for name in set(names)}
    graph = calls(model)
    source, target = id(model.inputs[0]), id(model.outputs[0])
    before = _independent(graph, set(points))
    after = [call for call in graph if call not in before]

    def head(images: Any) -> dict[int, Any]:
        needed = {key for call in after for key in call.inputs} | {target}
        values = _run(before, {source: images})
        return {key: value for key, value in values.items() if key in needed}

    def tail(values: Mapping[int, Any], keep: Mapping[str, Any]) -> Any:
        scale = {key: keep[name] for key, name in points.items() if name in keep}
        start = {
            key: value * scale[key] if key in scale else value for key, value in values.items()
        }
        return _run(after, start, scale)[target]

    return Split(head, tail)


def _silence_point(model: keras.Model, name: str) -> Any:
    """The last symbolic tensor that a silent channel reaches as a 0 of its own."""
    layer = with_normalization(model, name)[-1]
    following = _only_consumer(model, layer)
    while isinstance(following, _CHANNELWISE) or _is_zero_activation(following):
        assert following is not None
        layer, following = following, _only_consumer(model, following)
    return layer.output


def _is_zero_activation(layer: keras.layers.Layer | None) -> bool:
    if isinstance(layer, keras.layers.Activation):
        return keeps_zero(layer)
    return isinstance(layer, keras.layers.ReLU | keras.layers.LeakyReLU)


def _independent(graph: Sequence[Call], points: set[int]) -> list[Call]:
    """The calls that no point comes before; a point's own call is one of them."""
    touched = set(points)
    before = []
    for call in graph:
        if touched.isdisjoint(call.inputs):
            before.append(call)
        else:
            touched.update(call.outputs)
    return before


def _run(
    graph: Sequence[Call], values: Mapping[int, Any], scale: Mapping[int, Any] | None = None
) -> dict[int, Any]:
    known = dict(values)
    for call in graph:
        if not call.inputs:
            continue  # the input itself
        arguments = [known[key] for key in call.inputs]
        result = _apply(call.layer, arguments if len(arguments) > 1 else arguments[0])
        for key, value in zip(call.outputs, tf.nest.flatten(result), strict=True):
            known[key] = value * scale[key] if scale and key in scale else value
    return known


def _apply(layer: keras.layers.Layer, arguments: Any) -> Any:
    if layer._expects_training_arg:
        return layer(arguments, training=False)
    return layer(arguments)


def _only_consumer(model: keras.Model, layer: keras.layers.Layer) -> keras.layers.Layer | None:
    taking = [call.layer for call in calls(model) if id(layer.output) in call.inputs]
    return taking[0] if len(taking) == 1 else None
