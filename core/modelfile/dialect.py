"""A description as a Keras 2 configuration, which tf_keras and Keras 3 both read."""

from collections.abc import Mapping
from typing import Any

from . import variables
from .description import Architecture, Layer, TensorRef, Variable

#: Said to have written our own files; any 2.x makes Keras read the weights as they are.
KERAS_VERSION = "2.15.0"


def keras_2_config(network: Architecture) -> dict[str, Any]:
    """The configuration of a flat network.

    Only what differs from a default is written, so that even Keras 2.2 knows every option.

    Args:
        network: As `graph.flat` gives it.
    """
    return {
        "class_name": "Model",  # what Keras 2.2 calls a Functional; all later ones know it
        "config": {
            "name": network.name,
            "layers": [_entry(layer) for layer in network.layers],
            "input_layers": [_reference(ref) for ref in network.inputs],
            "output_layers": [_reference(ref) for ref in network.outputs],
        },
    }


def weight_names(layer: str, own: tuple[Variable, ...]) -> tuple[str, ...]:
    """What Keras 2 calls the arrays of a layer, such as ``conv_1/kernel:0``."""
    return tuple(f"{layer}/{variable.name}:0" for variable in own)


def _entry(layer: Layer) -> dict[str, Any]:
    return {
        "class_name": layer.kind,
        "name": layer.name,
        "config": _config(layer),
        "inbound_nodes": [[[*_reference(ref), {}] for ref in call] for call in layer.calls],
    }


def _config(layer: Layer) -> dict[str, Any]:
    if layer.kind == "InputLayer":
        shape = layer.options["shape"]
        assert isinstance(shape, tuple)
        return {"name": layer.name, "batch_input_shape": [None, *shape], "dtype": "float32"}
    own = {name: _option(name, value) for name, value in layer.options.items()}
    if not layer.trainable and layer.kind in variables.WEIGHTED:
        own["trainable"] = False
    return {"name": layer.name, **own}


def _option(name: str, value: object) -> object:
    if isinstance(value, Mapping) and name.endswith("_regularizer"):
        return {"class_name": "L1L2", "config": dict(value)}
    return _plain(value)


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value


def _reference(ref: TensorRef) -> list[object]:
    return [ref.layer, ref.call, ref.output]
