"""The order that Keras gives a model's layers, by which it pairs them with stored weights."""

from collections.abc import Iterator

from .description import Architecture, Layer, TensorRef

#: One call of a layer: its name, and which call.
_Call = tuple[str, int]


def in_keras_order(network: Architecture) -> tuple[Layer, ...]:
    """The layers as ``model.layers`` will have them, whatever their order in the configuration.

    The furthest from the output come first; among equals, what a walk back from the output meets
    first. tf_keras and Keras 3 do the same, in ``_map_graph_network`` and ``map_graph``.

    Args:
        network: A flat network that can be computed.
    """
    by_name = {layer.name: layer for layer in network.layers}
    met: dict[str, int] = {}
    finished: dict[_Call, None] = {}
    for ref in network.outputs:
        _walk(by_name, ref, met, finished)
    depths = _depths(by_name, list(finished))
    return tuple(sorted(network.layers, key=lambda layer: (-depths[layer.name], met[layer.name])))


def _walk(
    by_name: dict[str, Layer], output: TensorRef, met: dict[str, int], finished: dict[_Call, None]
) -> None:
    """Depth first, back from an output; a call is finished after all that it needs."""
    stack: list[tuple[_Call, Iterator[_Call]]] = []

    def enter(call: _Call) -> None:
        met.setdefault(call[0], len(met))
        stack.append((call, iter(_needs(by_name, call))))

    enter((output.layer, output.call))
    while stack:
        call, needs = stack[-1]
        needed = next((item for item in needs if item not in finished), None)
        if needed is None:
            finished[call] = None
            stack.pop()
        else:
            enter(needed)


def _depths(by_name: dict[str, Layer], finished: list[_Call]) -> dict[str, int]:
    """Layer to its distance from the output, the longest where there are several."""
    of_call: dict[_Call, int] = {}
    of_layer: dict[str, int] = {}
    for call in reversed(finished):
        depth = max(of_call.get(call, 0), of_layer.get(call[0], 0))
        of_layer[call[0]] = depth
        for needed in _needs(by_name, call):
            of_call[needed] = max(depth + 1, of_call.get(needed, 0))
    return of_layer


def _needs(by_name: dict[str, Layer], call: _Call) -> list[_Call]:
    layer = by_name[call[0]]
    return [(ref.layer, ref.call) for ref in layer.calls[call[1]]] if layer.calls else []
