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
_ACTIVATIONS = (
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.ELU,
)
#: Layers behind which a distribution over the classes is still one.
_RESHAPING = (keras.layers.Flatten, keras.layers.Reshape, keras.layers.GlobalAveragePooling2D)
#: Layers behind which the channels of a convolution can still be the scores of the classes.
_TO_SCORES = (
    *_CHANNELWISE,
    *_ACTIVATIONS,
    *_RESHAPING,
    keras.layers.BatchNormalization,
    keras.layers.Rescaling,
    keras.layers.Softmax,
)


@dataclass(frozen=True)
class Call:
    """One use of a layer in the graph."""

    layer: keras.layers.Layer
    #: Keys of the tensors that go in, and come out.
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    #: The first symbolic tensor that comes out; nearly always the only one.
    tensor: Any


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
            tensor=tf.nest.flatten(node.outputs)[0],
        )
        for node in nodes
    ]


def layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers of the model, in the order of the graph, each once."""
    return list({id(call.layer): call.layer for call in calls(model)}.values())


def is_shared(model: keras.Model, layer: keras.layers.Layer) -> bool:
    """Whether the model uses the layer more than once."""
    return sum(call.layer is layer for call in calls(model)) > 1


def with_normalization(model: keras.Model, name: str) -> list[keras.layers.Layer]:
    """The layer, and the batch normalization of its channels, if nothing else takes its output.

    One that normalizes another axis, or other layers as well, has no channel of its own for each
    of the layer's; the layer then stands alone.
    """
    layer, *following = [call.layer for call in _chain(model, name)]
    if following and _normalizes_channels(following[0]) and not is_shared(model, following[0]):
        return [layer, following[0]]
    return [layer]


def activation_output(model: keras.Model, name: str) -> Any:
    """The symbolic tensor where a convolution's channels are read: after its ReLU.

    The activation may be the layer's own, or follow it, behind a batch normalization or a pooling;
    where none follows, the channels are read at the layer itself, after its batch normalization.
    """
    chain = _chain(model, name)
    if chain[0].layer.activation is not keras.activations.linear:
        return chain[0].tensor
    start = len(with_normalization(model, name))
    for call in chain[start:]:
        if isinstance(call.layer, _ACTIVATIONS):
            return call.tensor
        if not isinstance(call.layer, _CHANNELWISE):
            break
    return chain[start - 1].tensor


def keeps_zero(layer: keras.layers.Layer) -> bool:
    """Whether the layer's activation takes 0 to 0, so that a channel can be made 0."""
    return float(layer.activation(tf.zeros((1, 2)))[0, 0]) == 0.0


def gives_scores(model: keras.Model, name: str) -> bool:
    """Whether the channels of a convolution are the scores of the classes, as in a net of no Dense.

    To silence one is to take a class away.
    """
    _, *following = chain = _chain(model, name)
    return chain[-1].tensor is model.outputs[0] and all(
        isinstance(call.layer, _TO_SCORES) for call in following
    )


def is_softmax(model: keras.Model) -> bool:
    """Whether the scores of the model are probabilities already, not logits."""
    last = _score_call(model)
    if isinstance(last.layer, keras.layers.Softmax):
        return True
    return getattr(last.layer, "activation", None) is keras.activations.softmax


def score_layer(model: keras.Model) -> keras.layers.Layer | None:
    """The Dense, or the convolution of single pixels, that makes the scores of features.

    ``None`` where the scores come out of another layer.
    """
    graph = calls(model)
    makers = {key: call for call in graph for key in call.outputs}
    last = _score_call(model, graph)
    while isinstance(last.layer, (*_RESHAPING, keras.layers.Softmax, *_ACTIVATIONS)):
        last = makers[last.inputs[0]]
    is_pixelwise = isinstance(last.layer, keras.layers.Conv2D) and last.layer.kernel_size == (1, 1)
    return last.layer if is_pixelwise or isinstance(last.layer, keras.layers.Dense) else None


def logits(model: keras.Model) -> Callable[[Any], Any]:
    """Images to the scores of the classes before a softmax; the weights are the model's own.

    A sure softmax is 1 and 0 to the last digit, and says nothing of the way to another class.
    Where the softmax cannot be taken off, the logarithm of what it gives stands in: it differs
    from the logits by one number for all classes.
    """
    if not is_softmax(model):
        return lambda images: model(images, training=False)
    graph = calls(model)
    last = _score_call(model, graph)
    before, after = graph[: graph.index(last)], graph[graph.index(last) + 1 :]

    def scores(images: Any) -> Any:
        known = _run(before, {id(model.inputs[0]): images})
        known[last.outputs[0]] = _without_softmax(last.layer, known[last.inputs[0]])
        return _run(after, known)[id(model.outputs[0])]

    return scores


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


def _score_call(model: keras.Model, graph: Sequence[Call] | None = None) -> Call:
    """The call whose output is the scores, but for their shape."""
    makers = {key: call for call in graph or calls(model) for key in call.outputs}
    last = makers[id(model.outputs[0])]
    while isinstance(last.layer, _RESHAPING):
        last = makers[last.inputs[0]]
    return last


def _without_softmax(layer: keras.layers.Layer, values: Any) -> Any:
    """What a layer that ends in a softmax would give without it, but for a number added to all."""
    if isinstance(layer, keras.layers.Softmax | keras.layers.Activation):
        return values
    if not isinstance(layer, keras.layers.Dense | keras.layers.Conv2D):
        return tf.math.log(_apply(layer, values) + keras.backend.epsilon())
    if isinstance(layer, keras.layers.Conv2D):
        product = layer.convolution_op(values, layer.kernel)
    else:
        product = tf.linalg.matmul(values, layer.kernel)
    return product + layer.bias if layer.use_bias else product


def _silence_point(model: keras.Model, name: str) -> Any:
    """The last symbolic tensor that a silent channel reaches as a 0 of its own."""
    chain, start = _chain(model, name), len(with_normalization(model, name))
    last = chain[start - 1]
    for call in chain[start:]:
        if not (isinstance(call.layer, _CHANNELWISE) or _is_zero_activation(call.layer)):
            break
        last = call
    return last.tensor


def _is_zero_activation(layer: keras.layers.Layer) -> bool:
    if not isinstance(layer, _ACTIVATIONS):
        return False
    return float(layer(tf.zeros((1, 2)))[0, 0]) == 0.0


def _normalizes_channels(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.layers.BatchNormalization) and list(layer.axis) == [3]


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


def _chain(model: keras.Model, name: str) -> list[Call]:
    """The use of a layer, and the uses behind it up to where the network branches or joins.

    By their tensors, not by their layers: one ReLU may follow many convolutions.
    """
    graph = calls(model)
    chain = [next(call for call in graph if call.layer.name == name)]
    while True:
        taking = [call for call in graph if id(chain[-1].tensor) in call.inputs]
        if len(taking) != 1 or len(taking[0].inputs) != 1:
            return chain
        chain.append(taking[0])
