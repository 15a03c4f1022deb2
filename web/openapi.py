"""The OpenAPI 3.1 document of the API, gathered from what the views say of themselves."""

import importlib.metadata
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import flask
import pydantic
from pydantic import Field
from spectree import Response, SecurityScheme, SecuritySchemeData, SpecTree
from spectree.models import SecureType
from spectree.plugins.flask_plugin import FlaskPlugin

from . import policies
from .policies import Policy

View = TypeVar("View", bound=Callable[..., flask.Response])
Schema = type[pydantic.BaseModel]

_MARK = "openapi_description"
_SCHEME = "token"
#: Where an operation says who may ask for it.
_POLICY = "x-netmend-policy"
_PROBLEM = "application/problem+json"
#: Media type of files of all kinds.
ANY = "*/*"


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a view takes and answers; its docstring says the rest."""

    #: Status to what is answered: a schema, a media type, or nothing.
    answers: Mapping[int, Schema | str | None]
    tag: str
    body: Schema | None = None
    #: Fields of a form with ``file`` that may come instead of the body; an ``upload_id`` is none.
    form: Schema | None = None
    #: Media type of a body that is not JSON.
    raw_body: str | None = None
    query: Schema | None = None
    headers: Schema | None = None
    #: Media type of the stream that it answers to those who accept one.
    stream: str | None = None
    #: Who may ask.
    policy: Policy | None = None


class Problem(pydantic.BaseModel):
    """What every error looks like (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    #: Stable; never renamed.
    code: str
    request_id: str
    #: Whether the same request may succeed a little later.
    retriable: bool
    #: Every place of the request that is wrong, as ``pointer`` and ``detail``.
    errors: list[dict[str, str]] | None = None
    hint: str | None = None
    details: dict[str, Any] | None = None


class FileAlone(pydantic.BaseModel):
    """A form with a file and nothing else."""


class PostHeaders(pydantic.BaseModel):
    """Headers of what makes something."""

    idempotency_key: str | None = Field(
        None,
        alias="Idempotency-Key",
        max_length=255,
        description="Sent again with the same request, brings the first answer again.",
    )


class SubmitHeaders(PostHeaders):
    """Headers of what makes a job."""

    prefer: str | None = Field(
        None,
        alias="Prefer",
        description="``wait=30`` answers when the job has ended, within so many seconds; 60 at "
        "most, and not while too many others wait.",
    )


class WaitHeaders(pydantic.BaseModel):
    """Headers of what is worth waiting for."""

    prefer: str | None = Field(
        None,
        alias="Prefer",
        description="``wait=20``: so many seconds, 30 at most; ``respond-async``: not at all.",
    )


class EditHeaders(pydantic.BaseModel):
    """Headers of an edit."""

    if_match: str = Field(alias="If-Match", description="ETag of what is edited.")


class StreamHeaders(pydantic.BaseModel):
    """Headers of a stream."""

    last_event_id: str | None = Field(
        None, alias="Last-Event-ID", description="Number of the last event that was seen."
    )


class FileHeaders(pydantic.BaseModel):
    """Headers of a download."""

    range: str | None = Field(None, alias="Range", description="``bytes=first-last``")
    if_none_match: str | None = Field(None, alias="If-None-Match")


class ChunkHeaders(pydantic.BaseModel):
    """Headers of a part of a file."""

    upload_offset: int = Field(
        alias="Upload-Offset", ge=0, description="Where in the file the bytes of the body begin."
    )


def describe(description: Description) -> Callable[[View], View]:
    """Put a description on a view; it changes nothing of what the view does."""

    def mark(view: View) -> View:
        vars(view)[_MARK] = description
        return view if description.policy is None else policies.needs(description.policy)(view)

    return mark


def document(app: flask.Flask) -> dict[str, Any]:
    """The OpenAPI document of every described view of an application."""
    described = {
        endpoint: (view, vars(view)[_MARK])
        for endpoint, view in app.view_functions.items()
        if _MARK in vars(view)
    }
    tree = _tree()
    views = {endpoint: _told(tree, endpoint, *found) for endpoint, found in described.items()}
    tree.backend = _Views(tree, views)
    with app.app_context():
        written: dict[str, Any] = tree.spec
    for operation in _operations(written):
        _finish(operation, described[operation["operationId"]][1])
    return written


class _Views(FlaskPlugin):
    """Shows spectree the views that are described, and no others."""

    def __init__(self, tree: SpecTree, views: Mapping[str, Any]) -> None:
        super().__init__(tree)
        self._views = views

    def find_routes(self) -> Iterator[Any]:
        rules = self.get_current_app().url_map.iter_rules()
        return (rule for rule in rules if rule.endpoint in self._views)

    def parse_func(self, route: Any) -> Iterator[tuple[str, Any]]:
        return ((method, self._views[route.endpoint]) for method in sorted(route.methods))


def _tree() -> SpecTree:
    return SpecTree(
        "flask",
        title="netmend",
        version=importlib.metadata.version("netmend"),
        description="Repairs backdoored Keras image classifiers.",
        annotations=False,
        naming_strategy=lambda schema: _component(schema.__name__),
        nested_naming_strategy=lambda _parent, child: _component(child),
        validation_error_model=Problem,
        security_schemes=[
            SecurityScheme(name=_SCHEME, data=SecuritySchemeData(SecureType.HTTP, scheme="bearer"))
        ],
        security={_SCHEME: []},
    )


def _told(tree: SpecTree, endpoint: str, view: Any, description: Description) -> Any:
    """The view as spectree knows it; this one only describes, it is never called."""
    schemas = {
        f"HTTP_{status}": answer if isinstance(answer, type) else None
        for status, answer in description.answers.items()
    }
    return tree.validate(
        query=description.query,
        json=description.body,
        headers=description.headers,
        resp=Response(**schemas),
        tags=[description.tag],
        operation_id=endpoint,
    )(view)


def _finish(operation: dict[str, Any], description: Description) -> None:
    """Add what spectree has no words for: problems, files, streams, raw bodies."""
    responses = operation["responses"]
    for status, kind in description.answers.items():
        if isinstance(kind, str):
            responses[str(status)]["content"] = {kind: {} if kind == ANY else _text()}
    if description.query is not None:
        responses["414"] = {"description": "Too long an address", "content": {"text/html": _text()}}
    if description.stream is not None:
        responses["200"]["content"][description.stream] = _text()
    responses.pop("422", None)
    problem = {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}
    responses["default"] = {"description": "A problem", "content": {_PROBLEM: problem}}
    if description.form is not None:
        operation["requestBody"]["content"]["multipart/form-data"] = {
            "schema": _form(description.form)
        }
    if description.raw_body is not None:
        bytes_as_they_are: dict[str, Any] = {"schema": {}}
        operation["requestBody"] = {"content": {description.raw_body: bytes_as_they_are}}
    if description.policy is not None:
        operation.update(_told_of(description.policy))


def _told_of(policy: Policy) -> dict[str, Any]:
    told = {
        "scope": policy.scope,
        "roles": list(policy.roles),
        "owned": policy.is_owned,
        "private": policy.is_private,
    }
    return {_POLICY: told, **({"security": []} if policy.scope is None else {})}


def _text() -> dict[str, Any]:
    return {"schema": {"type": "string"}}


def _form(fields: Schema) -> dict[str, Any]:
    properties = dict(fields.model_json_schema().get("properties", {}))
    properties.pop("upload_id", None)
    file = {"type": "string", "format": "binary", "description": "One file; or some, if so said."}
    return {"type": "object", "required": ["file"], "properties": {"file": file, **properties}}


def _operations(written: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    return (item for methods in written["paths"].values() for item in methods.values())


def _component(name: str) -> str:
    """The name of a schema as OpenAPI allows it: ``Page[JobView]`` is ``PageJobView``."""
    return re.sub(r"[^A-Za-z0-9]", "", name)
