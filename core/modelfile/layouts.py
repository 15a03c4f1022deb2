"""Where each Keras format keeps which weight array of a model."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from . import operations
from .description import Architecture, Layer, Variable, leaves

_Variables = Mapping[str, tuple[Variable, ...]]


@dataclass(frozen=True)
class Slot:
    """One weight array of a model."""

    #: Flat name of the layer, as in `graph.flat`.
    layer: str
    #: Which of the layer's variables.
    index: int


def legacy(architecture: Architecture, variables: _Variables) -> dict[str, tuple[Slot, ...]]:
    """Outermost layer to its arrays, in the order of ``weight_names``.

    Keras lists what training changes first; in a nested network over all its layers. Layers
    without arrays are left out.
    """
    slots = {layer.name: _legacy_slots(layer, variables) for layer in architecture.layers}
    return {name: own for name, own in slots.items() if own}


def container(architecture: Architecture) -> dict[str, str]:
    """Flat name of each layer to its group in ``model.weights.h5``, such as ``layers/conv2d_1``.

    The groups are named by class and counted in the order of the layers, not by layer name.
    """
    return dict(_groups(architecture, prefix="", group=""))


def stored_layers(architecture: Architecture) -> list[Layer]:
    """The layers that Keras counts as a model's layers, in its order."""
    return [
        layer
        for layer in architecture.layers
        if operations.is_layer_in_keras(layer.file_class)
        and not (architecture.kind == "Sequential" and layer.kind == "InputLayer")
    ]


def _legacy_slots(layer: Layer, variables: _Variables) -> tuple[Slot, ...]:
    inner = [(layer.name, layer)]
    if layer.network is not None:
        inner = list(leaves(layer.network, f"{layer.name}."))
    trained: list[Slot] = []
    fixed: list[Slot] = []
    for name, leaf in inner:
        for index, variable in enumerate(variables.get(name, ())):
            group = trained if leaf.trainable and variable.trainable else fixed
            group.append(Slot(name, index))
    return *trained, *fixed


def _groups(architecture: Architecture, *, prefix: str, group: str) -> Iterator[tuple[str, str]]:
    used: dict[str, int] = {}
    for layer in stored_layers(architecture):
        name = _snake_case(layer.file_class or layer.kind)
        count = used[name] = used.get(name, -1) + 1
        own = f"{group}layers/{name}_{count}" if count else f"{group}layers/{name}"
        if layer.network is None:
            yield prefix + layer.name, own
        else:
            yield from _groups(layer.network, prefix=f"{prefix}{layer.name}.", group=f"{own}/")


def _snake_case(class_name: str) -> str:
    words = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", class_name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", words).lower()
