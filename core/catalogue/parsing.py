"""Parameters from names and values, each of them checked."""

import dataclasses
import re
import string
import types
import typing
from collections.abc import Mapping
from typing import Any

from .. import errors
from .methods import METHODS
from .params import Params, choices


def parse(method: str, settings: Mapping[str, object]) -> Params:
    """The parameters of a method, from names and values (text is converted).

    Args:
        method: Name of a method, as in `METHODS`.
        settings: Parameter name to value; what is left out takes its default.

    Raises:
        InvalidParams: The method or a parameter is unknown, or a value does not fit.
    """
    if method not in METHODS:
        raise errors.InvalidParams(
            f"there is no method {method!r}; there are {', '.join(METHODS)}",
            field="method", received=method, expected=list(METHODS),
        )  # fmt: skip
    params = METHODS[method]
    known = {item.name: item for item in dataclasses.fields(params)}
    for key in settings:
        if key not in known:
            raise errors.InvalidParams(
                f"{method} has no parameter {key!r}; it has {', '.join(known)}",
                field=key, expected=sorted(known),
            )  # fmt: skip
    hints = typing.get_type_hints(params)
    return params(
        **{key: _checked(known[key], hints[key], value) for key, value in settings.items()}
    )


def _checked(item: dataclasses.Field[Any], hint: Any, value: object) -> object:
    words = choices(hint)
    if words:
        if value not in words:
            raise _refused(item, f"one of {', '.join(words)}", value)
        return value
    converted = _converted(item, hint, value)
    low, high = item.metadata.get("minimum"), item.metadata.get("maximum")
    if low is not None and not low <= converted <= high:  # also refuses NaN
        raise _refused(item, f"between {low} and {high}", value)
    return converted


def _converted(item: dataclasses.Field[Any], hint: type, value: object) -> Any:
    if isinstance(value, str) and hint is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if value.lower() not in words:
            raise _refused(item, "true or false", value)
        return words[value.lower()]
    if isinstance(value, str) and hint in (int, float):
        try:
            return hint(value)
        except ValueError as error:
            raise _refused(item, _NOUN[hint], value) from error
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not hint:
        raise _refused(item, _NOUN[hint], value)
    if isinstance(value, str) and _has_odd_number(value):
        raise _refused(item, f"text whose numbers have digits 0 to 9, {_MAX_DIGITS} at most", value)
    return value


def _has_odd_number(text: str) -> bool:
    """Whether there are digits that not all code reads alike, or more than any class has."""
    odd = any(letter.isdigit() and letter not in string.digits for letter in text)
    return odd or re.search(rf"[0-9]{{{_MAX_DIGITS + 1}}}", text) is not None


_MAX_DIGITS = 9


_NOUN: Mapping[type, str] = types.MappingProxyType(
    {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
)


def _refused(item: dataclasses.Field[Any], expected: str, value: object) -> errors.InvalidParams:
    return errors.InvalidParams(
        f"{item.name} must be {expected}, not {value!r}",
        field=item.name, expected=expected, received=repr(value),
    )  # fmt: skip
