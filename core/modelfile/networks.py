"""From layers to a network: a chain of them, or a graph."""

from dataclasses import replace

from .. import errors
from .description import Architecture, Layer, Shape, TensorRef


def chain(name: str, layers: tuple[Layer, ...], shape: Shape | None) -> Architecture:
    """A Sequential, with the connections that it leaves unsaid.

    Args:
        name: Name of the network.
        layers: In order; the first may be an ``InputLayer``.
        shape: Shape of the input where no layer says it.

    Raises:
        NotAModel: There is an input in its middle.
    """
    if layers[0].kind != "InputLayer":
        own = {layer.name for layer in layers}
        free = next(item for item in (f"{name}_input", f"{name}_input_") if item not in own)
        options_ = {} if shape is None else {"shape": shape}
        layers = (Layer(kind="InputLayer", name=free, options=options_), *layers)
    chained = [layers[0]]
    for layer in layers[1:]:
        if layer.kind == "InputLayer":
            raise errors.NotAModel(f"{name!r} has an input in its middle", place=layer.name)
        chained.append(replace(layer, calls=((TensorRef(chained[-1].name),),)))
    return Architecture(
        name=name,
        kind="Sequential",
        layers=tuple(chained),
        inputs=(TensorRef(chained[0].name),),
        outputs=(TensorRef(chained[-1].name),),
        input_shape=_shape_of(chained[0]),
    )


def functional(
    name: str,
    layers: tuple[Layer, ...],
    inputs: tuple[TensorRef, ...],
    outputs: tuple[TensorRef, ...],
) -> Architecture:
    """A graph of layers whose connections the file says.

    Raises:
        NotAModel: Its inputs are not its input layers.
    """
    by_name = {layer.name: layer for layer in layers}
    declared = {layer.name for layer in layers if layer.kind == "InputLayer"}
    if {ref.layer for ref in inputs} != declared or len(inputs) != len(declared):
        raise errors.NotAModel(f"the inputs of {name!r} are not its input layers", place=name)
    layers, outputs = _calls_from_zero(layers, outputs)
    return Architecture(
        name=name,
        kind="Functional",
        layers=layers,
        inputs=inputs,
        outputs=outputs,
        input_shape=_shape_of(by_name[inputs[0].layer]),
    )


def _shape_of(layer: Layer) -> Shape | None:
    shape = layer.options.get("shape")
    return shape if isinstance(shape, tuple) else None


def _calls_from_zero(
    layers: tuple[Layer, ...], outputs: tuple[TensorRef, ...]
) -> tuple[tuple[Layer, ...], tuple[TensorRef, ...]]:
    """Calls of nested networks counted from 0; Keras 2 counts the making of one as its call 0."""
    used = [*outputs, *(ref for layer in layers for call in layer.calls for ref in call)]
    nested = {layer.name for layer in layers if layer.network is not None}
    first: dict[str, int] = {}
    for ref in used:
        if ref.layer in nested:
            first[ref.layer] = min(ref.call, first.get(ref.layer, ref.call))

    def moved(ref: TensorRef) -> TensorRef:
        return replace(ref, call=ref.call - first.get(ref.layer, 0))

    renumbered = tuple(
        replace(layer, calls=tuple(tuple(moved(ref) for ref in call) for call in layer.calls))
        for layer in layers
    )
    return renumbered, tuple(moved(ref) for ref in outputs)
