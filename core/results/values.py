"""What all values share: a JSON form, and the way back from it."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, Self, Union


class Value:
    """What all values share: a JSON form, and the way back from it."""

    def to_json(self) -> dict[str, Any]:
        """The value as plain dicts, lists, strings and numbers; the inverse of `from_json`."""
        return {
            item.name: _plain(getattr(self, item.name))
            for item in dataclasses.fields(self)  # type: ignore[arg-type]
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The value that `to_json` wrote; unknown keys are ignored, so that files may grow.

        Raises:
            ValueError: A key is missing or holds something of the wrong form.
        """
        hints = typing.get_type_hints(cls)
        known = {item.name for item in dataclasses.fields(cls)}  # type: ignore[arg-type]
        try:
            return cls(**{key: _typed(hints[key], data[key]) for key in data if key in known})
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a {cls.__name__}: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Value):
        return value.to_json()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _typed(hint: Any, data: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        inner = next(item for item in arguments if item is not type(None))
        return None if data is None else _typed(inner, data)
    if origin is tuple:
        items = arguments if arguments[-1] is not Ellipsis else (arguments[0],) * len(data)
        return tuple(_typed(item, part) for item, part in zip(items, data, strict=True))
    if origin is Mapping:
        return {key: _typed(arguments[1], part) for key, part in data.items()}
    if isinstance(hint, type) and issubclass(hint, Value):
        return hint.from_json(data)
    return data
