"""Weights as they lie in a file, matched against an architecture and then read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from .. import errors
from . import dialect, layouts
from .description import Architecture, LayerWeights, Shape, Variable
from .hdf5 import Hdf5File

_Variables = Mapping[str, tuple[Variable, ...]]


@dataclass(frozen=True)
class Source:
    """Where one weight array lies, and what the file calls it."""

    name: str
    path: str


#: Every array of an architecture, to where it lies.
Match = Mapping[layouts.Slot, Source]


class StoredWeights(Protocol):
    """Weights in one of the layouts of Keras."""

    def match(self, architecture: Architecture, variables: _Variables) -> Match:
        """Where each array of an architecture lies; names only, shapes are not looked at.

        Raises:
            IncompatibleWeights: The file has more layers or arrays, or fewer.
        """
        ...


@dataclass(frozen=True)
class LegacyWeights:
    """A group for each layer, and lists of their names: ``.h5`` of all versions."""

    #: Layer to the names of its arrays, in the order of the file; layers without are left out.
    layers: Mapping[str, tuple[str, ...]]
    #: What stands before a layer's group, ``model_weights/`` or nothing.
    prefix: str

    def match(self, architecture: Architecture, variables: _Variables) -> Match:
        """See `StoredWeights`; layers go by name or, where the names differ, by order as Keras."""
        slots = layouts.legacy(architecture, variables)
        if len(slots) != len(self.layers):
            raise _different(f"{len(slots)} layers with weights", f"{len(self.layers)}")
        stored = list(self.layers) if set(slots) != set(self.layers) else list(slots)
        found: dict[layouts.Slot, Source] = {}
        for layer, own in zip(stored, slots.values(), strict=True):
            names = self.layers[layer]
            if len(names) != len(own):
                raise _different(f"{len(own)} weights", f"{len(names)}", layer)
            found |= {
                slot: Source(name, f"{self.prefix}{layer}/{name}")
                for slot, name in zip(own, names, strict=True)
            }
        return found


@dataclass(frozen=True)
class ContainerWeights:
    """Groups named by class, and arrays by number: ``.keras`` and the new ``.weights.h5``."""

    file: Hdf5File

    def match(self, architecture: Architecture, variables: _Variables) -> Match:
        """See `StoredWeights`."""
        groups = layouts.container(architecture)
        found: dict[layouts.Slot, Source] = {}
        for layer, own in variables.items():
            arrays = f"{groups[layer]}/vars"
            found |= {
                layouts.Slot(layer, index): Source(name, f"{arrays}/{index}")
                for index, name in enumerate(dialect.weight_names(layer, own))
            }
        self._refuse_left_over({source.path for source in found.values()})
        return found

    def _refuse_left_over(self, used: set[str]) -> None:
        # Keras 3 may keep the state of a dropout's random numbers, which no answer depends on.
        for path in self.file.paths:
            is_weight = path.startswith("layers/") and "/seed_generator/" not in path
            if is_weight and path not in used:
                raise errors.IncompatibleWeights(
                    f"the file has a weight at /{path}, which the architecture has not",
                    place=f"/{path}",
                )


def legacy_weights(file: Hdf5File, prefix: str) -> LegacyWeights:
    """The legacy layout under a group.

    Args:
        file: A checked file.
        prefix: ``model_weights/`` in a model, nothing in a file of weights only.

    Raises:
        CorruptFile: A layer that is listed is not there, or an array is listed twice.
    """
    layers = {}
    for layer in file.names(prefix.rstrip("/"), "layer_names"):
        names = file.names(f"{prefix}{layer}", "weight_names")
        if len(set(names)) < len(names) or layer in layers:
            raise errors.CorruptFile(
                f"the file lists layer {layer!r} or one of its weights twice", place=f"/{layer}"
            )
        if names:
            layers[layer] = names
    return LegacyWeights(layers, prefix)


def fits(
    file: Hdf5File, weights: StoredWeights, architecture: Architecture, variables: _Variables
) -> bool:
    """Whether the weights have exactly the shapes of an architecture."""
    try:
        match = weights.match(architecture, variables)
        for slot, source in match.items():
            _check_shape(file, source, variables[slot.layer][slot.index], slot.layer)
    except errors.IncompatibleWeights:
        return False
    return True


def read(file: Hdf5File, match: Match, variables: _Variables) -> dict[str, LayerWeights]:
    """The arrays, by flat layer name; every shape is checked before anything is read.

    Raises:
        IncompatibleWeights: An array is missing or has another shape.
        CorruptFile: An array cannot be read.
    """
    for slot, source in match.items():
        _check_shape(file, source, variables[slot.layer][slot.index], slot.layer)
    weights = {}
    for layer, own in variables.items():
        sources = [match[layouts.Slot(layer, index)] for index in range(len(own))]
        arrays = zip(sources, own, strict=True)
        weights[layer] = LayerWeights(
            names=tuple(source.name for source in sources),
            arrays=tuple(file.array(source.path, variable.dtype) for source, variable in arrays),
        )
    return weights


def _check_shape(file: Hdf5File, source: Source, variable: Variable, layer: str) -> None:
    shape: Shape | None = file.shape(source.path)
    if shape is None:
        raise errors.IncompatibleWeights(
            f"layer {layer!r}: the file has no {variable.name} at /{source.path}",
            place=layer, option=variable.name,
        )  # fmt: skip
    if shape != variable.shape:
        raise errors.IncompatibleWeights(
            f"layer {layer!r}: {variable.name} must have the shape {list(variable.shape)},"
            f" but the file has {list(shape)}",
            place=layer, option=variable.name, expected=variable.shape, received=shape,
        )  # fmt: skip


def _different(
    expected: str, received: str, layer: str | None = None
) -> errors.IncompatibleWeights:
    where = "the architecture" if layer is None else f"layer {layer!r}"
    return errors.IncompatibleWeights(
        f"{where} has {expected}, but the file has {received}",
        place=layer, expected=expected, received=received,
    )  # fmt: skip
