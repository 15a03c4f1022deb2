"""Parameters as JSON: their values, and the schema of what a method takes."""

import dataclasses
import typing
from typing import Any

from .params import Params, choices


def as_dict(params: Params) -> dict[str, Any]:
    """Parameter name to value, with the defaults."""
    return dataclasses.asdict(params)


def json_schema(params: type[Params]) -> dict[str, Any]:
    """JSON Schema (2020-12) of a method's parameters, with defaults and help texts."""
    hints = typing.get_type_hints(params)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": params.name,
        "description": params.summary,
        "type": "object",
        "additionalProperties": False,
        "properties": {
            item.name: _property(item, hints[item.name]) for item in dataclasses.fields(params)
        },
    }


def _property(item: dataclasses.Field[Any], hint: Any) -> dict[str, Any]:
    names = {int: "integer", float: "number", bool: "boolean", str: "string"}
    words = choices(hint)
    limits = {key: item.metadata[key] for key in ("minimum", "maximum") if key in item.metadata}
    kind: dict[str, Any] = {"enum": list(words)} if words else {"type": names[hint]}
    return {**kind, **limits, "default": item.default, "description": item.metadata["help"]}
