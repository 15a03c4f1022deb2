"""Models that were not read from a file: from a live one, from another one, from single layers."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .. import errors
from . import configs, dialect, graph
from .description import Architecture, Layer, LayerWeights, TensorRef
from .keras_order import in_keras_order
from .model_file import ModelFile, checked, typed_arrays


def from_config(
    config: Mapping[str, Any],
    weights: Mapping[str, Sequence[npt.NDArray[np.generic]]],
    *,
    name: str,
    keras_version: str | None = None,
) -> ModelFile:
    """A model from a configuration and arrays, through the same checks as a file.

    Args:
        config: As in ``model.to_json()``, parsed.
        weights: Flat layer name (``outer.inner``) to its arrays, in Keras' order.
        name: What people call it.
        keras_version: Of the Keras that the configuration is from.

    Raises:
        UnsafeModel: Something in the configuration is not on the allow-list.
        NotAModel: It is not the configuration of an image classifier.
        IncompatibleWeights: The arrays are not those of the configuration.
        NonFiniteWeights: A weight is NaN or infinite.
    """
    architecture = configs.architecture(config, keras_version=keras_version)
    draft = ModelFile(
        name=name,
        sha256="",
        container="h5",
        keras_version=keras_version,
        architecture=architecture,
        weights={},
        warnings=architecture.warnings,
    )
    named = {
        layer: _named(draft, layer, arrays) for layer, arrays in weights.items() if len(arrays)
    }
    return checked(replace(draft, weights=named, sha256=_digest(config, named)))


def from_layers(
    *,
    name: str,
    layers: Sequence[Layer],
    inputs: Sequence[TensorRef],
    outputs: Sequence[TensorRef],
    weights: Mapping[str, LayerWeights],
    metadata: Mapping[str, object],
) -> ModelFile:
    """A model of our own, which tf_keras and Keras 3 both load from its ``.h5``.

    Args:
        name: Of the model.
        layers: Not nested, connected by their calls; in any order.
        inputs: The input layers.
        outputs: What the model gives.
        weights: Layer name to its arrays.
        metadata: What goes into the file beside the model; JSON.

    Raises:
        InvalidInput: The layers are none that would be read from a file.
    """
    shape = next(layer.options.get("shape") for layer in layers if layer.kind == "InputLayer")
    assert isinstance(shape, tuple)
    network = graph.flat(
        Architecture(
            name=name,
            kind="Functional",
            layers=tuple(layers),
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            input_shape=shape,
        )
    )
    ordered = replace(network, layers=in_keras_order(network))
    config = dialect.keras_2_config(ordered)
    # Through the reader, so that our own files obey the rules that all others must.
    architecture = configs.architecture(json.loads(json.dumps(config)))
    return checked(
        ModelFile(
            name=name,
            sha256=_digest(config, weights),
            container="h5",
            keras_version=dialect.KERAS_VERSION,
            architecture=architecture,
            weights=dict(weights),
            metadata=metadata,
        )
    )


def flattened(model_file: ModelFile, prefix: str) -> ModelFile:
    """The same function without nested networks, every layer name after a prefix.

    With different prefixes two models fit into one. Slashes become dots: Keras 3 takes no slash
    in a name.

    Args:
        model_file: Any.
        prefix: Letters, digits, ``_``, ``.`` or ``-``; begins with a letter or digit.

    Raises:
        NotAModel: Two layers would have the same name.
    """
    network = model_file.network
    names = {layer.name: prefix + layer.name.replace("/", ".") for layer in network.layers}
    if len(set(names.values())) < len(names):
        raise errors.NotAModel("two layers of the model differ only by / and . in their names")
    weights = {
        names[layer]: LayerWeights(
            dialect.weight_names(names[layer], model_file.variables[layer]), own.arrays
        )
        for layer, own in model_file.weights.items()
    }
    return from_layers(
        name=prefix + re.sub(r"[^A-Za-z0-9_.\-]", ".", network.name),
        layers=[_renamed(layer, names) for layer in network.layers],
        inputs=[_renamed_ref(ref, names) for ref in network.inputs],
        outputs=[_renamed_ref(ref, names) for ref in network.outputs],
        weights=weights,
        metadata=model_file.metadata,
    )


def _named(draft: ModelFile, layer: str, arrays: Sequence[npt.NDArray[np.generic]]) -> LayerWeights:
    variables = draft.variables.get(layer, ())
    typed = typed_arrays(layer, variables, arrays)
    return LayerWeights(dialect.weight_names(layer, variables), typed)


def _renamed(layer: Layer, names: Mapping[str, str]) -> Layer:
    calls = tuple(tuple(_renamed_ref(ref, names) for ref in call) for call in layer.calls)
    return replace(layer, name=names[layer.name], calls=calls, file_class=None)


def _renamed_ref(ref: TensorRef, names: Mapping[str, str]) -> TensorRef:
    return replace(ref, layer=names[ref.layer])


def _digest(config: Mapping[str, Any], weights: Mapping[str, LayerWeights]) -> str:
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
    for layer in sorted(weights):
        for array in weights[layer].arrays:
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
