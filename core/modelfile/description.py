"""The checked description of a model: its layers, how they are connected, and their weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

#: Sizes without the batch axis, such as ``(height, width, channels)``.
Shape = tuple[int, ...]


@dataclass(frozen=True)
class TensorRef:
    """One output of one call of a layer."""

    layer: str
    #: Which call of the layer, from 0; above 0 only where a layer is shared.
    call: int = 0
    #: Which output of that call; above 0 only for a nested network.
    output: int = 0


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer, or a network nested as a layer."""

    #: Class name in tf_keras, such as ``Conv2D``; ``Sequential`` or ``Functional`` when nested.
    kind: str
    name: str
    #: Checked constructor arguments; an ``InputLayer`` has ``shape``.
    options: Mapping[str, object] = field(default_factory=dict)
    trainable: bool = True
    #: The tensors of each call, in call order; an ``InputLayer`` is never called.
    calls: tuple[tuple[TensorRef, ...], ...] = ()
    #: What is inside a nested network.
    network: Architecture | None = None
    #: Class name in the file where that differs: an arithmetic operation becomes a ``Rescaling``,
    #: an activation that only Keras 3 has a nested network.
    file_class: str | None = None

    def with_input_renamed(self, old: str, new: str) -> Layer:
        """The same layer, with what it took from layer ``old`` taken from layer ``new``."""
        calls = tuple(
            tuple(replace(ref, layer=new) if ref.layer == old else ref for ref in call)
            for call in self.calls
        )
        return replace(self, calls=calls)


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """Layers and connections; a ``Sequential`` is a chain that starts with an ``InputLayer``."""

    name: str
    #: ``Sequential`` or ``Functional``.
    kind: str
    #: In the order of the file, which is the order in which Keras stores weights.
    layers: tuple[Layer, ...]
    inputs: tuple[TensorRef, ...]
    outputs: tuple[TensorRef, ...]
    #: ``(height, width, channels)``; ``None`` in a nested network that takes what comes.
    input_shape: Shape | None
    #: The checked configuration that says the same; ``None`` for one that was made here.
    source_config: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)
    #: What the reader should know, a sentence each.
    warnings: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Variable:
    """One weight array that a layer has."""

    name: str
    shape: Shape
    #: Whether training changes it, unlike a moving mean.
    trainable: bool = True
    dtype: str = "float32"


@dataclass(frozen=True, eq=False)
class LayerWeights:
    """The weight arrays of one layer, in the order of its `Variable` list."""

    #: What a ``.h5`` calls each array, such as ``conv_1/kernel:0``.
    names: tuple[str, ...]
    arrays: tuple[npt.NDArray[np.generic], ...]


def leaves(architecture: Architecture, prefix: str = "") -> Iterator[tuple[str, Layer]]:
    """Every layer that is not itself a network, with its flat name (``outer.inner``)."""
    for layer in architecture.layers:
        if layer.network is None:
            yield prefix + layer.name, layer
        else:
            yield from leaves(layer.network, f"{prefix}{layer.name}.")
