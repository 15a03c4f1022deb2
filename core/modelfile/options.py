"""What a layer's option may hold: a few kinds of plain values, each with words for a message."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: Modules that Keras writes beside its own classes.
KERAS_MODULE = re.compile(r"(keras|tf_keras|tensorflow\.keras|builtins)(\.[a-z0-9_]+)*\Z")

#: Activations that are the same function in every Keras that is read, and the hard ones, which are
#: not: those of Keras 3 become networks.
ACTIVATIONS = frozenset({
    "linear", "relu", "relu6", "softmax", "sigmoid", "tanh", "elu", "selu", "softplus", "softsign",
    "swish", "silu", "gelu", "mish", "exponential", "leaky_relu", "hard_sigmoid", "hard_silu",
    "hard_swish",
})  # fmt: skip

_INITIALIZERS = frozenset({
    "Zeros", "Ones", "Constant", "Identity", "Orthogonal", "VarianceScaling", "RandomNormal",
    "RandomUniform", "TruncatedNormal", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform",
    "LecunNormal", "LecunUniform",
})  # fmt: skip
_INITIALIZER_NAMES = frozenset({
    "zeros", "ones", "constant", "identity", "orthogonal", "variance_scaling", "random_normal",
    "random_uniform", "truncated_normal", "glorot_normal", "glorot_uniform", "he_normal",
    "he_uniform", "lecun_normal", "lecun_uniform", "normal", "uniform",
})  # fmt: skip
_REGULARIZERS = frozenset({"L1", "L2", "L1L2"})
_OBJECT_KEYS = frozenset({"module", "class_name", "config", "registered_name", "shared_object_id"})
_LARGEST_NUMBER = 1e15
_MAX_ITEMS = 4096
_MAX_AXES = 4


@dataclass(frozen=True)
class Option:
    """What one option may hold."""

    #: In words, after "must be".
    expected: str
    accepts: Callable[[Any], bool]
    #: From the value in the file to the argument of our own call.
    argument: Callable[[Any], object] = lambda value: _frozen(value)


def whole(low: int, high: int) -> Option:
    """A whole number within limits, inclusive."""
    return Option(f"a whole number from {low} to {high}", lambda value: _is_whole(value, low, high))


def number(low: float, high: float = math.inf) -> Option:
    """A number within limits, inclusive."""
    limits = f"{low:g} or more" if high == math.inf else f"from {low:g} to {high:g}"
    return Option(f"a number, {limits}", lambda value: _is_number(value) and low <= value <= high)


def row(low: int, high: int) -> Option:
    """A list of whole numbers, such as a shape."""

    def accepts(value: Any) -> bool:
        is_list = isinstance(value, list) and 0 < len(value) <= _MAX_AXES
        return is_list and all(_is_whole(item, low, high) for item in value)

    return Option(f"a list of whole numbers from {low} to {high}", accepts)


def sizes(low: int, high: int) -> Option:
    """A whole number, a list of them, or a list of lists, such as a kernel size or a padding."""

    def accepts(value: Any, depth: int = 0) -> bool:
        if isinstance(value, list):
            fits = depth < 2 and 0 < len(value) <= _MAX_AXES
            return fits and all(accepts(item, depth + 1) for item in value)
        return _is_whole(value, low, high)

    return Option(f"whole numbers from {low} to {high}", accepts)


def one_of(*choices: str) -> Option:
    """One of a few words."""
    return Option(" or ".join(choices), lambda value: isinstance(value, str) and value in choices)


def no_object(value: Any) -> bool:
    """Whether a value is made of nulls, flags, numbers, words and short lists only."""
    if isinstance(value, list):
        return len(value) <= _MAX_ITEMS and all(no_object(item) for item in value)
    return value is None or isinstance(value, bool | int | float | str)


def is_keras_object(value: Any) -> bool:
    """Whether a value has the form in which Keras writes one of its own objects."""
    if not isinstance(value, dict) or not set(value) <= _OBJECT_KEYS:
        return False
    class_name, registered = value.get("class_name"), value.get("registered_name")
    is_own = isinstance(class_name, str) and registered in (None, class_name)
    return is_own and _is_keras_module(value.get("module"))


def _is_whole(value: Any, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= _LARGEST_NUMBER


def _are_numbers(value: Any) -> bool:
    if isinstance(value, list):
        return 0 < len(value) <= _MAX_ITEMS and all(_are_numbers(item) for item in value)
    return _is_number(value)


def _is_noise_shape(value: Any) -> bool:
    sizes_or_none = value if isinstance(value, list) and 0 < len(value) <= _MAX_AXES else [""]
    return all(size is None or _is_whole(size, 1, 1 << 20) for size in sizes_or_none)


def _is_keras_module(module: Any) -> bool:
    return module is None or (isinstance(module, str) and bool(KERAS_MODULE.match(module)))


def _is_activation(value: Any) -> bool:
    if isinstance(value, dict):
        # tf_keras writes a function that it took from TensorFlow like this.
        plain = {**value, "registered_name": None}
        is_function = value.get("class_name") == "function"
        registered = value.get("registered_name") in (None, "function", value.get("config"))
        return is_function and registered and is_keras_object(plain) and _is_activation(
            str(value.get("config"))
        )  # fmt: skip
    return isinstance(value, str) and value in ACTIVATIONS


def _is_initializer(value: Any) -> bool:
    if not isinstance(value, dict):
        return isinstance(value, str) and value in _INITIALIZERS | _INITIALIZER_NAMES
    config = value.get("config")
    return (
        isinstance(config, dict)
        and is_keras_object(value)
        and value["class_name"] in _INITIALIZERS
        and all(no_object(item) for item in config.values())
    )


def _is_regularizer(value: Any) -> bool:
    config = value.get("config") if isinstance(value, dict) else None
    return (
        isinstance(config, dict)
        and is_keras_object(value)
        and value["class_name"] in _REGULARIZERS
        and set(config) <= {"l1", "l2"}
        and all(_is_number(item) for item in config.values())
    )


def _regularizer_argument(value: Mapping[str, Any]) -> object:
    config = value["config"]
    return {"l1": float(config.get("l1", 0.0)), "l2": float(config.get("l2", 0.0))}


def _activation_argument(value: Any) -> object:
    return value["config"] if isinstance(value, dict) else value


def _frozen(value: Any) -> object:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


FLAG = Option("true or false", lambda value: type(value) is bool)
OFF = Option("false", lambda value: value is False)
NUMBER = Option("a number", _is_number)
#: The share of numbers that training leaves out; if it left out all of them, nothing would be left.
RATE = Option("a number, 0 or more and below 1", lambda value: _is_number(value) and 0 <= value < 1)
NUMBERS = Option("a number or a list of numbers", _are_numbers)
NOTHING = Option("null", lambda value: value is None)
NOISE_SHAPE = Option("a list of sizes", _is_noise_shape)
ACTIVATION = Option("the name of a Keras activation", _is_activation, _activation_argument)
INITIALIZER = Option("a Keras initializer", _is_initializer)
REGULARIZER = Option("L1, L2 or L1L2", _is_regularizer, _regularizer_argument)
