"""`netmend methods`: the repair methods there are, and their parameters."""

from collections.abc import Mapping
from typing import Any

from core import catalogue

from . import options, terminal


def methods(method: options.MethodName = None, *, as_json: options.AsJson = False) -> int:
    """List the repair methods, or the parameters of one.

    \b
    netmend methods
    netmend methods fine-pruning
    netmend methods fine-pruning --json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    schemas = {name: catalogue.json_schema(params) for name, params in catalogue.METHODS.items()}
    if method is not None:
        catalogue.parse(method, {})  # says so where there is none of that name
    if as_json:
        terminal.print_json(schemas[method] if method else schemas)
    elif method:
        _print_method(schemas[method], catalogue.METHODS[method].source)
    else:
        rows = [(name, schema["description"]) for name, schema in schemas.items()]
        terminal.print_table(("Method", "What it does"), rows)
    return 0


def _print_method(schema: Mapping[str, Any], source: str) -> None:
    terminal.say(f"{schema['title']}: {schema['description']}")
    terminal.say(f"Source: {source}")
    rows = [
        (name, _takes(facts), _plain(facts["default"]), facts["description"])
        for name, facts in schema["properties"].items()
    ]
    terminal.print_table(("Parameter", "Takes", "Default", "What it is"), rows)


def _takes(facts: Mapping[str, Any]) -> str:
    if "enum" in facts:
        return " or ".join(facts["enum"])
    if "minimum" in facts:
        return f"{facts['type']}, {facts['minimum']:g} to {facts['maximum']:g}"
    return str(facts["type"])


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
