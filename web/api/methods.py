"""The repair methods there are, with the JSON Schema of their parameters."""

from typing import Any

import flask
import pydantic

from core import catalogue
from service import errors as service_errors

from .. import answering, policies
from ..openapi import Description, describe

blueprint = flask.Blueprint("methods", __name__)


class MethodView(pydantic.BaseModel):
    """A repair method."""

    name: str
    summary: str
    #: Where it falls short.
    weakness: str
    #: Where the method was published.
    source: str
    is_default: bool
    #: JSON Schema of ``params`` of a job, with defaults and limits.
    params: dict[str, Any]


class MethodList(pydantic.BaseModel):
    """All repair methods."""

    data: list[MethodView]


@blueprint.get("/methods")
@describe(Description(policy=policies.READ, answers={200: MethodList}, tag="methods"))
def list_methods() -> flask.Response:
    """The repair methods there are."""
    views = [_view(params) for params in catalogue.METHODS.values()]
    return answering.cacheable(answering.view(MethodList(data=views)))


@blueprint.get("/methods/<name>")
@describe(Description(policy=policies.READ, answers={200: MethodView}, tag="methods"))
def show_method(name: str) -> flask.Response:
    """One repair method."""
    params = catalogue.METHODS.get(name)
    if params is None:
        raise service_errors.NotFound(
            f"there is no method {name!r}; there are {', '.join(catalogue.METHODS)}",
            expected=list(catalogue.METHODS),
        )
    return answering.cacheable(answering.view(_view(params)))


def _view(params: type[catalogue.Params]) -> MethodView:
    return MethodView(
        name=params.name,
        summary=params.summary,
        weakness=params.weakness,
        source=params.source,
        is_default=params.name == catalogue.DEFAULT_METHOD,
        params=catalogue.json_schema(params),
    )
