"""How a configuration says what a layer is called on, in the dialects of Keras 2 and Keras 3."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .. import errors
from .description import TensorRef

_MAX_CALLS = 1000
_MAX_TENSORS = 1000
#: Arguments of a call that change nothing when they are null (or, for the first, false).
_HARMLESS = frozenset({"training", "mask", "name"})


@dataclass(frozen=True)
class Node:
    """One call of a layer: its tensors, and the constants among its arguments."""

    tensors: tuple[TensorRef, ...]
    constants: tuple[float, ...] = ()


def parse(inbound: Any, place: str) -> tuple[Node, ...]:
    """The calls of a layer, from its ``inbound_nodes``.

    Args:
        inbound: As it stands in the file.
        place: Name of the layer, for messages.

    Raises:
        UnsafeModel: A call has arguments other than tensors and one constant.
        NotAModel: It has not the form that Keras writes.
    """
    if not isinstance(inbound, list) or len(inbound) > _MAX_CALLS:
        raise _malformed(inbound, place)
    return tuple(_node(item, place) for item in inbound)


def tensors_only(calls: tuple[Node, ...], place: str) -> tuple[tuple[TensorRef, ...], ...]:
    """The tensors of each call.

    Raises:
        UnsafeModel: A call has a constant among its arguments.
    """
    for call in calls:
        if call.constants:
            raise _refused(place, call.constants[0])
    return tuple(call.tensors for call in calls)


def reference(value: Any, place: str) -> TensorRef:
    """The tensor that ``[layer, call, output]`` names."""
    match value:
        case [str(layer), int(call), int(output)] if 0 <= call < 10_000 and 0 <= output < 100:
            return TensorRef(layer, call, output)
    raise _malformed(value, place)


def references(value: Any, place: str) -> tuple[TensorRef, ...]:
    """The tensors of ``input_layers`` or ``output_layers``; Keras 3 leaves out the outer list."""
    if isinstance(value, list) and value and isinstance(value[0], str):
        return (reference(value, place),)
    if not isinstance(value, list) or not 0 < len(value) <= _MAX_TENSORS:
        raise _malformed(value, place)
    return tuple(reference(item, place) for item in value)


def _node(item: Any, place: str) -> Node:
    node = _keras_3_node(item, place) if isinstance(item, dict) else _keras_2_node(item, place)
    if not 0 < len(node.tensors) <= _MAX_TENSORS:
        raise _malformed(item, place)
    return node


def _keras_2_node(item: Any, place: str) -> Node:
    if not isinstance(item, list) or not item:
        raise _malformed(item, place)
    # An arithmetic operation has one tensor and no list around it.
    tensors = [item] if isinstance(item[0], str) else item
    refs, constants = [], []
    for tensor in tensors:
        if not isinstance(tensor, list) or len(tensor) not in (3, 4):
            raise _malformed(tensor, place)
        refs.append(reference(tensor[:3], place))
        constants += _constants(tensor[3] if len(tensor) == 4 else {}, place)
    return Node(tuple(refs), tuple(constants))


def _keras_3_node(item: Mapping[str, Any], place: str) -> Node:
    arguments = item.get("args")
    if not isinstance(arguments, list) or not set(item) <= {"args", "kwargs"}:
        raise _malformed(item, place)
    refs, constants = [], _constants(item.get("kwargs"), place)
    for argument in _flat(arguments):
        if _is_number(argument):
            constants.append(float(argument))
        else:
            refs.append(_keras_3_tensor(argument, place))
    return Node(tuple(refs), tuple(constants))


def _keras_3_tensor(argument: Any, place: str) -> TensorRef:
    match argument:
        case {"class_name": "__keras_tensor__", "config": {"keras_history": history}}:
            return reference(history, place)
    raise _refused(place, argument)


def _constants(keywords: Any, place: str) -> list[float]:
    constants = []
    for name, value in _keywords(keywords, place):
        if name == "y" and _is_number(value):
            constants.append(float(value))
        elif name not in _HARMLESS or not (value is None or (name, value) == ("training", False)):
            raise _refused(place, {name: value})
    return constants


def _keywords(keywords: Any, place: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(keywords, dict | None):
        raise _malformed(keywords, place)
    yield from (keywords or {}).items()


def _flat(arguments: list[Any]) -> Iterator[Any]:
    for argument in arguments:
        if isinstance(argument, list):
            yield from _flat(argument)
        else:
            yield argument


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _refused(place: str, argument: object) -> errors.UnsafeModel:
    return errors.UnsafeModel(
        f"layer {place!r} is called with {str(argument)[:80]!r};"
        " a layer may only be called on what other layers give",
        place=place, received=str(argument)[:80],
    )  # fmt: skip


def _malformed(value: object, place: str) -> errors.NotAModel:
    return errors.NotAModel(
        f"{place!r} is connected in a way that Keras does not write: {str(value)[:80]!r}",
        place=place, received=str(value)[:80],
    )  # fmt: skip
