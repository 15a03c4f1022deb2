"""Forms made from a JSON Schema: what to show, what came back, and what is wrong with it.

A field is called by its place in the request, with dots: ``params.epochs``, ``goodnet.rule``. What
came back is only turned into the types of the schema here; the service checks it, and says all that
is wrong at once.
"""

import contextlib
import dataclasses
import math
import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import werkzeug.datastructures

from core.errors import ProjectError

Form = werkzeug.datastructures.MultiDict[str, str]
Kind = Literal["choice", "switch", "whole", "number", "percent", "text"]

PARAMS = "params."
_COUNT = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field as a form shows it (``parts/schema_form.html``)."""

    name: str
    label: str
    help: str = ""
    kind: Kind = "text"
    #: What stands in it: as it was typed, or as the value is written.
    value: str = ""
    #: Of a choice: what is sent, and what is read.
    choices: Sequence[tuple[str, str]] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: str = ""
    #: What is wrong with the value; empty if nothing is.
    problem: str = ""
    #: Whether what the page says of the whole depends on it.
    refreshes: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether something else than the default stands in it."""
        return self.value != self.default

    @property
    def default_words(self) -> str:
        """The default as it is read: of a choice, its words."""
        return dict(self.choices).get(self.default, self.default)


def fields(
    schema: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    form: Form | None = None,
    problems: Mapping[str, str] = types.MappingProxyType({}),
    prefix: str = PARAMS,
) -> tuple[Field, ...]:
    """The fields of a flat object, in the order of its schema.

    Args:
        schema: As `core.catalogue.json_schema` makes it.
        values: Property to value; what is left out has its default.
        form: What was sent, to be shown again; goes before the values.
        problems: As `problems_of` finds them.
        prefix: What the names of the fields begin with.
    """
    sent = form or werkzeug.datastructures.MultiDict()
    return tuple(
        _field(
            prefix + name,
            described,
            value=last(sent, prefix + name, _written(values.get(name, described["default"]))),
            problem=problems.get(prefix + name, ""),
        )
        for name, described in schema["properties"].items()
    )


def values_of(schema: Mapping[str, Any], form: Form, *, prefix: str = PARAMS) -> dict[str, Any]:
    """What was sent, by property, in the types of the schema.

    A field that was left empty is left out: it takes its default. A text that is no number where
    one is needed stays as it is, for the service to refuse.
    """
    sent = {name: last(form, prefix + name) for name in schema["properties"]}
    return {
        name: _READ[_kind(schema["properties"][name])](text.strip())
        for name, text in sent.items()
        if text.strip()
    }


def problems_of(error: ProjectError) -> dict[str, str]:
    """Name of a field to what is wrong with it, as an error of the service tells.

    What belongs to no field is under the empty name.
    """
    told = error.details.get("errors")
    if not isinstance(told, Sequence):
        return {"": str(error)}
    found: dict[str, str] = {}
    for item in told:
        found.setdefault(_name_at(item["pointer"]), item["detail"])
    return found


def last(form: Form, name: str, default: str = "") -> str:
    """The last of the values that a field was sent with; a box that is ticked comes after a no."""
    return (form.getlist(name) or [default])[-1]


def share(percent: str) -> float | str | None:
    """``4`` or ``4 %`` as 0.04, nothing as ``None``; a text that is no number stays one."""
    text = percent.strip().removesuffix("%").strip()
    if not text:
        return None
    number = _number(text)
    return number if isinstance(number, str) else round(number / 100, 12)


def shares(percents: str) -> list[float | str]:
    """``2, 4 10`` as 0.02, 0.04 and 0.1; texts that are no numbers stay texts."""
    found = (share(part) for part in re.split(r"[,;\s]+", percents.replace("%", " ")))
    return [item for item in found if item is not None]


def count(text: str) -> int | str:
    """``7`` as 7; a text that is no whole number from 0 on stays one."""
    text = text.strip()
    return int(text) if _COUNT.fullmatch(text) else text


def counts(text: str) -> list[int | str]:
    """``0, 1 7`` as 0, 1 and 7; texts that are no whole numbers stay texts."""
    return [count(part) for part in re.split(r"[,;\s]+", text) if part]


def filled(
    items: Sequence[Field],
    form: Form,
    *,
    written: Mapping[str, str] = types.MappingProxyType({}),
    problems: Mapping[str, str] = types.MappingProxyType({}),
) -> tuple[Field, ...]:
    """Fields with what was typed into them, else what is written there, else their default."""
    return tuple(
        dataclasses.replace(
            item,
            value=last(form, item.name, written.get(item.name, item.default)),
            problem=problems.get(item.name, ""),
        )
        for item in items
    )


def words_of(text: str) -> list[str]:
    """Tags and the like, written with commas between them; each once."""
    found = (part.strip() for part in text.split(","))
    return list(dict.fromkeys(part for part in found if part))


def _field(name: str, described: Mapping[str, Any], *, value: str, problem: str) -> Field:
    return Field(
        name=name,
        label=name.rpartition(".")[2].replace("_", " ").capitalize(),
        help=_sentence(described.get("description", "")),
        kind=_kind(described),
        value=value,
        choices=[(item, item) for item in described.get("enum", ())],
        minimum=described.get("minimum"),
        maximum=described.get("maximum"),
        default=_written(described["default"]),
        problem=problem,
    )


def _kind(described: Mapping[str, Any]) -> Kind:
    return "choice" if "enum" in described else _KINDS[described["type"]]


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _whole(text: str) -> int | str:
    with contextlib.suppress(ValueError):
        return int(text)
    return text


def _number(text: str) -> float | str:
    with contextlib.suppress(ValueError):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def _name_at(pointer: str) -> str:
    """``#/overrides/data/poisoned_test/0`` is in the field ``data.poisoned_test``."""
    parts = pointer.removeprefix("#").removeprefix("/").split("/")
    named = [part for part in parts if not part.isdecimal()]
    return ".".join(named[1:] if named[0] == "overrides" else named)


_KINDS: Mapping[str, Kind] = types.MappingProxyType(
    {"boolean": "switch", "integer": "whole", "number": "number", "string": "text"}
)
_READ: Mapping[Kind, Callable[[str], Any]] = types.MappingProxyType(
    {
        "choice": str,
        "switch": lambda text: text == "true",
        "whole": _whole,
        "number": _number,
        "text": str,
    }
)
