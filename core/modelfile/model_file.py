"""A model as a file holds it: description, weights, and what it takes to write it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from .. import errors
from . import dialect, graph, shapes, variables
from .description import Architecture, LayerWeights, Shape, TensorRef, Variable

Container = Literal["h5", "keras", "weights"]

_CONVOLUTIONS = ("Conv2D", "SeparableConv2D", "DepthwiseConv2D")


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelFile:
    """A checked model; `checked` is how one is made."""

    #: What people call it: the file's name without its ending.
    name: str
    #: Of the file it was read from; of configuration and weights where there was none.
    sha256: str
    #: Format it came in: a model as ``.h5`` or ``.keras``, or weights only.
    container: Container
    #: Version of Keras that wrote it, where the file says.
    keras_version: str | None
    architecture: Architecture
    #: Flat layer name (``outer.inner``) to its arrays, for the layers that have any.
    weights: Mapping[str, LayerWeights]
    #: What netmend wrote beside a model of its own; empty for all others.
    metadata: Mapping[str, object] = field(default_factory=dict)
    #: What the reader should know, a sentence each.
    warnings: tuple[str, ...] = ()

    @cached_property
    def network(self) -> Architecture:
        """The architecture without nesting; its names are those of `weights`."""
        return graph.flat(self.architecture)

    @cached_property
    def variables(self) -> Mapping[str, tuple[Variable, ...]]:
        """Flat layer name to the arrays that it has, for the layers that have any."""
        return variables.variables(self.network)

    @property
    def source_config(self) -> Mapping[str, Any]:
        """The checked configuration in the dialect of the file, or our own in that of Keras 2."""
        return self.architecture.source_config or dialect.keras_2_config(self.network)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """``(height, width, channels)``."""
        height, width, channels = shapes.input_shape(self.network)
        return height, width, channels

    @property
    def n_classes(self) -> int:
        """Number of scores that the model gives for one image."""
        return self._output_shape[0]

    @property
    def n_parameters(self) -> int:
        """Numbers in all weights together."""
        return sum(array.size for own in self.weights.values() for array in own.arrays)

    @property
    def convolutions(self) -> tuple[str, ...]:
        """Names of the two-dimensional convolutions, in the order in which they are computed."""
        return tuple(layer.name for layer in self.network.layers if layer.kind in _CONVOLUTIONS)

    @property
    def output_shapes(self) -> Mapping[str, Shape]:
        """Flat layer name to the shape of what the first call of the layer gives for an image."""
        return {ref.layer: shape for ref, shape in self._shapes.items() if ref.call == 0}

    @property
    def _output_shape(self) -> Shape:
        return self._shapes[self.network.outputs[0]]

    @cached_property
    def _shapes(self) -> Mapping[TensorRef, Shape]:
        return shapes.outputs(self.network)

    def check(self) -> None:
        """Raises what is wrong with the model as an image classifier, or with its weights.

        Raises:
            NotAModel: It does not take one image and give two or more scores.
            IncompatibleWeights: An array is missing, left over, or of another shape.
            NonFiniteWeights: A weight is NaN or infinite.
        """
        self._check_classifier()
        for layer in {**self.variables, **self.weights}:
            _check_weights(layer, self.variables.get(layer, ()), self.weights.get(layer))

    def _check_classifier(self) -> None:
        if len(shapes.input_shape(self.network)) != 3:
            raise errors.NotAModel(
                f"the model takes {list(shapes.input_shape(self.network))}; an image classifier"
                " takes (height, width, channels)",
                place=self.network.inputs[0].layer,
            )
        output = self._output_shape
        if len(self.network.outputs) != 1 or len(output) != 1 or output[0] < 2:
            raise errors.NotAModel(
                f"the model gives {len(self.network.outputs)} output of shape {list(output)};"
                " an image classifier gives one score for each of two or more classes",
                place=self.network.outputs[0].layer, received=output,
            )  # fmt: skip


def checked(model_file: ModelFile) -> ModelFile:
    """The same, after every check."""
    model_file.check()
    return model_file


def with_weights(
    model_file: ModelFile, arrays: Mapping[str, Sequence[npt.NDArray[np.generic]]]
) -> ModelFile:
    """The same model with other weights.

    Args:
        model_file: Any.
        arrays: Flat layer name to its new arrays; layers that are left out keep theirs.

    Raises:
        IncompatibleWeights: There is no such layer, or an array has another shape.
        NonFiniteWeights: A weight is NaN or infinite.
    """
    weights = dict(model_file.weights)
    for layer, own in arrays.items():
        typed = typed_arrays(layer, model_file.variables.get(layer, ()), own)
        if typed:
            weights[layer] = LayerWeights(model_file.weights[layer].names, typed)
    return checked(replace(model_file, weights=weights))


def typed_arrays(
    layer: str, variables: tuple[Variable, ...], arrays: Sequence[npt.NDArray[np.generic]]
) -> tuple[npt.NDArray[np.generic], ...]:
    """Copies of the arrays of a layer, in the types that it has.

    Raises:
        IncompatibleWeights: They are more or fewer than the layer has.
    """
    if len(arrays) != len(variables):
        raise errors.IncompatibleWeights(
            f"layer {layer!r} has {len(variables)} weight arrays, not {len(arrays)}", place=layer
        )
    with np.errstate(over="ignore"):  # infinite weights are refused with their place
        return tuple(
            np.asarray(array).astype(variable.dtype)
            for array, variable in zip(arrays, variables, strict=True)
        )


def _check_weights(layer: str, own: tuple[Variable, ...], weights: LayerWeights | None) -> None:
    arrays = () if weights is None else weights.arrays
    expected = [variable.shape for variable in own]
    received = [array.shape for array in arrays]
    if expected != received:
        raise errors.IncompatibleWeights(
            f"layer {layer!r} takes weights of the shapes {expected}, not {received}",
            place=layer, expected=expected, received=received,
        )  # fmt: skip
    for variable, array in zip(own, arrays, strict=True):
        if not np.isfinite(array).all():
            raise errors.NonFiniteWeights(
                f"layer {layer!r}: {variable.name} has weights that are NaN or infinite;"
                " the training that made them went wrong, or the file is damaged",
                place=layer, option=variable.name,
            )  # fmt: skip
