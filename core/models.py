"""Keras models: built from a checked description, described, copied."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import tf_keras as keras

from . import errors, modelfile
from .modelfile import Layer, ModelFile, TensorRef

#: Their values come from the file; drawing random ones first would only take time.
_INITIALIZERS: Mapping[str, tuple[str, ...]] = {
    "Conv2D": ("kernel_initializer",),
    "DepthwiseConv2D": ("depthwise_initializer",),
    "SeparableConv2D": ("depthwise_initializer", "pointwise_initializer"),
    "Dense": ("kernel_initializer",),
}


def build(model_file: ModelFile) -> keras.Model:
    """The Keras model of a description, made by our own constructor calls.

    Nested networks are inlined, so that every layer can be reached: layer ``b`` of network ``a``
    is called ``a.b``, as in ``model_file.weights``.

    Args:
        model_file: Checked; its arrays are copied.

    Raises:
        NotAModel: The options of a layer contradict each other.
    """
    network = model_file.network
    layers = {layer.name: _layer(layer) for layer in network.layers if layer.kind != "InputLayer"}
    tensors: dict[TensorRef, Any] = {
        ref: keras.Input(network.input_shape, name=ref.layer) for ref in network.inputs
    }
    for layer, index in modelfile.ordered(network):
        given = [tensors[ref] for ref in layer.calls[index]]
        tensors[TensorRef(layer.name, index)] = _called(layers[layer.name], given)
    model = keras.Model(tensors[network.inputs[0]], tensors[network.outputs[0]], name=network.name)
    for name, weights in model_file.weights.items():
        _set_weights(layers[name], weights.arrays)
    return model


def describe(model: keras.Model, *, name: str) -> ModelFile:
    """The checked description of a live model, with copies of its weights.

    Args:
        model: Any model whose layers are on the allow-list.
        name: What people call it.

    Raises:
        UnsafeModel: It has a layer or an option that is not on the allow-list.
        NotAModel: It is not an image classifier.
    """
    try:
        config = json.loads(model.to_json())
    except (NotImplementedError, TypeError, ValueError) as error:
        raise errors.UnsafeModel(
            f"the model {name!r} cannot say how it is built ({error}); build it of Keras' own"
            " layers, as a Sequential or Functional model",
            place=name,
        ) from error
    return modelfile.from_config(
        config,
        dict(_weights_of(model)),
        name=name,
        keras_version=str(config.get("keras_version", keras.__version__)),
    )


def captured(model_file: ModelFile, model: keras.Model) -> ModelFile:
    """The same file with the weights that a live model has now.

    A model that has gained layers needs a file of its own, which is a ``.h5`` whatever the old one
    was, without nested networks.

    Args:
        model_file: What ``model`` was built from.
        model: As `build` or `copy` made it; it may have been trained since, and have new layers.

    Raises:
        UnknownLayer: The model lacks one of the file's layers.
        IncompatibleWeights: A layer has other weights than in the file.
        NonFiniteWeights: A weight has become NaN or infinite.
    """
    if {layer.name for layer in model_file.network.layers} < {layer.name for layer in model.layers}:
        described = modelfile.flattened(describe(model, name=model_file.name), "")
        return replace(described, name=model_file.name, metadata=model_file.metadata)
    return modelfile.with_weights(
        model_file,
        {layer: _layer_named(model, layer).get_weights() for layer in model_file.weights},
    )


def copy(model: keras.Model) -> keras.Model:
    """The same model, with layers and weights of its own."""
    return build(describe(model, name=model.name))


def trainable_copy(model: keras.Model) -> keras.Model:
    """A copy of which every layer can be trained.

    That a layer is frozen says how the model was made, perhaps by whoever put the backdoor in; a
    repair must reach all of it.
    """
    copied = copy(model)
    for layer in copied.layers:
        layer.trainable = True
    return copied


def with_weights_of(model: keras.Model, trained: keras.Model) -> keras.Model:
    """A copy of the model, frozen layers and all, with the weights of another.

    Args:
        model: Stays as it is.
        trained: Has layers of the same names and shapes.
    """
    copied = copy(model)
    for layer in copied.layers:
        layer.set_weights(trained.get_layer(layer.name).get_weights())
    return copied


def _layer(layer: Layer) -> keras.layers.Layer:
    options = {name: _argument(name, value) for name, value in layer.options.items()}
    zeros = dict.fromkeys(_INITIALIZERS.get(layer.kind, ()), "zeros")
    constructor = getattr(keras.layers, layer.kind)
    try:
        return constructor(name=layer.name, trainable=layer.trainable, **options, **zeros)
    except (ValueError, TypeError) as error:
        raise _impossible(layer.name, error) from error


def _called(layer: keras.layers.Layer, given: list[Any]) -> Any:
    try:
        return layer(given[0] if len(given) == 1 else given)
    except (ValueError, TypeError) as error:
        raise _impossible(layer.name, error) from error


def _impossible(layer: str, error: Exception) -> errors.NotAModel:
    reason = str(error).partition("\n")[0]
    return errors.NotAModel(f"layer {layer!r} cannot be built: {reason}", place=layer)


def _argument(name: str, value: Any) -> Any:
    if name.endswith("_regularizer"):
        return keras.regularizers.L1L2(**value)
    return value


def _set_weights(layer: keras.layers.Layer, arrays: tuple[npt.NDArray[np.generic], ...]) -> None:
    expected = [tuple(variable.shape) for variable in layer.weights]
    assert expected == [array.shape for array in arrays], layer.name
    layer.set_weights(arrays)
    if isinstance(layer, keras.layers.Normalization):
        layer.finalize_state()  # it keeps what it computes from its weights


def _weights_of(
    model: keras.Model, prefix: str = ""
) -> Iterator[tuple[str, list[npt.NDArray[np.generic]]]]:
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _weights_of(layer, f"{prefix}{layer.name}.")
        else:
            yield prefix + layer.name, layer.get_weights()


def _layer_named(model: keras.Model, name: str) -> keras.layers.Layer:
    try:
        return model.get_layer(name)
    except ValueError as error:
        raise errors.UnknownLayer(f"the model has no layer {name!r}", field=name) from error
