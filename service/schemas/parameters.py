"""Parameters of a method: all that is wrong with them at once, and defaults filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from core import catalogue
from core.errors import InvalidParams


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A method and its parameters, as they were sent, and what is wrong with them."""

    #: What was sent, with the parameters that it left out; as it came where something is wrong.
    given: Any
    #: What the name of the method is called.
    method_field: str
    problems: tuple[InvalidParams, ...] = ()

    def refusal(self) -> InvalidParams:
        """The problems as one error, with a JSON pointer (RFC 6901) to each."""
        first = self.problems[0]
        told = [
            {"pointer": "/".join(["#", *self._place(item)]), "detail": str(item)}
            for item in self.problems
        ]
        more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
        return InvalidParams(f"{first}{more}", **{**first.details, "errors": told})

    def refusal_with(self, title: str, others: ValidationError | None) -> ValidationError:
        """The problems, and all that is wrong beside them, as one error of pydantic."""
        found = [] if others is None else [_again(item) for item in others.errors()]
        own = [_line(str(item), self._place(item)) for item in self.problems]
        return ValidationError.from_exception_data(title, [*found, *own])

    def _place(self, problem: InvalidParams) -> tuple[str, ...]:
        field = str(problem.details.get("field"))
        return (self.method_field,) if field == "method" else ("params", field)


def check(given: Any, *, method_field: str = "method") -> Checked:
    """Look at the method and ``params`` of what was sent; what is no JSON object is left alone."""
    unchecked = Checked(given=given, method_field=method_field)
    if not isinstance(given, Mapping) or not isinstance(given.get("params", {}), Mapping):
        return unchecked  # pydantic says what is wrong
    method, params = given.get(method_field, catalogue.DEFAULT_METHOD), given.get("params", {})
    if not isinstance(method, str):
        return unchecked
    problems = _problems(method, params)
    if problems:
        return replace(unchecked, problems=tuple(problems))
    filled = catalogue.as_dict(catalogue.parse(method, params))
    return replace(unchecked, given={**given, "params": filled})


def _problems(method: str, params: Mapping[str, object]) -> list[InvalidParams]:
    if method not in catalogue.METHODS:
        return _refusals(method, {})
    return [item for name in params for item in _refusals(method, {name: params[name]})]


def _refusals(method: str, params: Mapping[str, object]) -> list[InvalidParams]:
    try:
        catalogue.parse(method, params)
    except InvalidParams as error:
        return [error]
    return []


def _again(item: Any) -> InitErrorDetails:
    return _line(item["msg"], item["loc"])


def _line(message: str, place: tuple[int | str, ...]) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError("given", message), loc=place, input=None)
