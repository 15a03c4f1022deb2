"""Arithmetic with a constant, such as ``x / 255``, which becomes a `Rescaling`."""

from collections.abc import Callable, Mapping
from typing import Any

from .. import errors
from .nodes import Node

#: From the constant to the scale and offset that do the same.
Rescale = Callable[[float], tuple[float, float]]

_SMALLEST, _LARGEST = 1e-15, 1e15
_RESCALING: Mapping[str, Rescale] = {
    "divide": lambda constant: (1.0 / constant, 0.0),
    "multiply": lambda constant: (constant, 0.0),
    "add": lambda constant: (1.0, constant),
    "subtract": lambda constant: (1.0, -constant),
}
_KERAS_2: Mapping[str, str] = {
    "math.truediv": "divide",
    "math.divide": "divide",
    "math.multiply": "multiply",
    "math.add": "add",
    "math.subtract": "subtract",
    "__operators__.add": "add",
}
_KERAS_3: Mapping[str, str] = {
    "TrueDivide": "divide",
    "Divide": "divide",
    "Multiply": "multiply",
    "Add": "add",
    "Subtract": "subtract",
}
_KERAS_3_MODULE = "keras.src.ops.numpy"
KERAS_2_CLASS = "TFOpLambda"


def is_operation(class_name: str, module: object) -> bool:
    """Whether an entry is an operation, which Keras 3 only tells from a layer by its module."""
    return class_name in (KERAS_2_CLASS, "TrueDivide", "Divide") or (
        module == _KERAS_3_MODULE and class_name in _KERAS_3
    )


def is_operation_by_its_calls(class_name: str, calls: tuple[Node, ...]) -> bool:
    """Whether an entry without a module, as Keras 3 writes into ``.h5``, is an operation."""
    return class_name in _KERAS_3 and any(call.constants for call in calls)


def is_layer_in_keras(class_name: str | None) -> bool:
    """Whether Keras counts it among a model's layers; it does not with Keras 3's operations."""
    return class_name not in _KERAS_3


def rescaling(class_name: str, config: Mapping[str, Any], place: str) -> Rescale:
    """What turns the constant of an operation into a scale and an offset.

    Args:
        class_name: As it stands in the file.
        config: The entry's configuration.
        place: Its name, for messages.

    Raises:
        UnsafeModel: It is another operation.
    """
    function = config.get("function") if class_name == KERAS_2_CLASS else class_name
    operation = (_KERAS_2 if class_name == KERAS_2_CLASS else _KERAS_3).get(str(function))
    if operation is None:
        raise _refused(place, f"the TensorFlow operation {str(function)[:80]!r}", function)
    return _RESCALING[operation]


def arguments(rescale: Rescale, calls: tuple[Node, ...], place: str) -> dict[str, object]:
    """Arguments of the `Rescaling` that does the same.

    Raises:
        UnsafeModel: The calls have not one and the same constant, or it is no usual number.
    """
    constants = {constant for call in calls for constant in call.constants}
    if len(constants) != 1 or any(len(call.constants) != 1 for call in calls):
        raise _refused(place, "an operation without one constant", sorted(constants))
    (constant,) = constants
    if not _SMALLEST < abs(constant) < _LARGEST and constant != 0:
        raise _refused(place, f"an operation with {constant}", constant)
    try:
        scale, offset = rescale(constant)
    except ZeroDivisionError as error:
        raise _refused(place, "a division by zero", constant) from error
    return {"scale": scale, "offset": offset}


def _refused(place: str, what: str, received: object) -> errors.UnsafeModel:
    return errors.UnsafeModel(
        f"layer {place!r} is {what}; only +, -, * and / with one number are read",
        place=place, received=str(received)[:80],
    )  # fmt: skip
