"""First step of every view: what the request says, checked."""

import json
import math
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, NoReturn, TypeVar

import flask
import pydantic
from pydantic import Field

from service import errors as service_errors
from service import paging

from . import errors

Schema = TypeVar("Schema", bound=pydantic.BaseModel)

#: What JSON can escape and no database takes.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")

_OFFSET = re.compile(r"[0-9]{1,18}")
_SECONDS = re.compile(r"[0-9]{1,6}")
_EVENT_ID = re.compile(r"[0-9]{1,9}")

#: Whole numbers that a database takes.
_LARGEST = 2**63 - 1

#: How `answering.cacheable` begins the ETag of what can be edited.
_VERSION = re.compile(r"([0-9]{1,9})-")


class PageQuery(pydantic.BaseModel):
    """Which page of a list."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    cursor: str | None = Field(default=None, description="``next`` of the page before.")
    limit: int = Field(default=50, ge=1, le=paging.MAX_LIMIT)


def body(schema: type[Schema]) -> Schema:
    """The JSON body of this request.

    Raises:
        UnsupportedMediaType: The body is not declared as JSON.
        MalformedJson: It is not JSON.
        InvalidRequest: It does not fit the schema; the error names every place.
    """
    if not flask.request.is_json:
        raise errors.UnsupportedMediaType(
            "send the body as JSON, with 'Content-Type: application/json'",
            expected="application/json", received=flask.request.mimetype,
        )  # fmt: skip
    return checked(schema, _json(flask.request.get_data()))


def optional_body(schema: type[Schema]) -> Schema:
    """The JSON body of this request, or the defaults where nothing was sent."""
    return body(schema) if flask.request.get_data() else schema()


def query(schema: type[Schema]) -> Schema:
    """What stands behind the question mark; fields that are lists may be repeated.

    Raises:
        InvalidRequest: A value does not fit the schema, or a name is unknown.
    """
    given = flask.request.args.to_dict(flat=False)
    return checked(schema, {key: _one_or_many(schema, key, given[key]) for key in given})


def form(schema: type[Schema], given: Mapping[str, list[str]]) -> Schema:
    """The fields of a form; those that are lists may be repeated, an empty one was not filled in.

    Raises:
        InvalidRequest: A value does not fit the schema, or a name is unknown.
    """
    filled = {name: [value for value in values if value] for name, values in given.items()}
    found = {name: _one_or_many(schema, name, values) for name, values in filled.items() if values}
    return checked(schema, found)


def checked(schema: type[Schema], given: object) -> Schema:
    """What was read somehow, as plain JSON, checked like the body of a request.

    Raises:
        InvalidRequest: It does not fit the schema; the error names every place.
    """
    for text in _texts(given):
        if _NOT_TEXT.search(text):
            raise service_errors.InvalidRequest(
                f"{text!r} has a character in it that is not text: NUL, or half of a pair"
            )
    try:
        return schema.model_validate(given)
    except pydantic.ValidationError as error:
        found = [_told(item["loc"], item["msg"]) for item in error.errors(include_url=False)]
        first = f"{found[0]['pointer']}: {found[0]['detail']}"
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise service_errors.InvalidRequest(f"{first}{more}", errors=found) from error


def accepted(*kinds: str) -> str:
    """The media type, of those that there are, that the caller likes best.

    Raises:
        NotAcceptable: They want none of them.
    """
    best = flask.request.accept_mimetypes.best_match(kinds)
    if best is None and flask.request.accept_mimetypes:
        raise errors.NotAcceptable(
            f"there is {', '.join(kinds)}", expected=list(kinds),
            received=str(flask.request.accept_mimetypes),
        )  # fmt: skip
    return best or kinds[0]


def wait_s(*, default: float, at_most: float) -> float:
    """How long the caller wants to wait for an answer: ``Prefer: wait=N`` (RFC 7240).

    A wish that cannot be read is no wish; the standard wants no error for it.
    """
    for preference in flask.request.headers.get("Prefer", "").split(","):
        name, _, seconds = preference.strip().lower().partition("=")
        if name == "respond-async":
            return 0.0
        if name == "wait" and _SECONDS.fullmatch(seconds.strip('"')):
            return min(float(seconds.strip('"')), at_most)
    return default


def version() -> int:
    """The version that the caller wants to edit: ``If-Match`` as `answering.cacheable` made it.

    Raises:
        PreconditionRequired: The request does not say which version it edits.
        PreconditionFailed: What it says is not an ETag of ours.
    """
    given = flask.request.if_match.as_set()
    if not given:
        raise errors.PreconditionRequired(expected="If-Match")
    found = _VERSION.match(next(iter(given)) or "")
    if len(given) > 1 or found is None:
        raise service_errors.PreconditionFailed(hint="send the ETag of the last answer as If-Match")
    return int(found[1])


def upload_offset() -> int:
    """Where the bytes of this request belong.

    Raises:
        InvalidRequest: ``Upload-Offset`` is missing or not a whole number.
    """
    given = flask.request.headers.get("Upload-Offset", "")
    if not _OFFSET.fullmatch(given):
        wrong = {"pointer": "Upload-Offset", "detail": "a whole number of bytes"}
        raise service_errors.InvalidRequest(
            f"the header Upload-Offset says where the bytes belong, and is {given!r}",
            errors=[wrong],
        )
    return int(given)


def stream(*, at_most: int) -> IO[bytes]:
    """The body as it comes in, unread.

    Raises:
        RequestEntityTooLarge: It says that it is larger; one that does not say how large it is
            raises this as soon as it has become too large.
    """
    # One more, because behind a server that ends the stream itself (gunicorn) Werkzeug refuses
    # also a body of exactly the limit as soon as its end is looked for.
    flask.request.max_content_length = max(at_most, 0) + 1
    return flask.request.stream


def last_event_id() -> int:
    """Number of the last event that the caller saw, as browsers send it; 0 where it is none."""
    given = flask.request.headers.get("Last-Event-ID", "")
    return int(given) if _EVENT_ID.fullmatch(given) else 0


def _json(data: bytes) -> Any:
    try:
        return json.loads(data, parse_constant=_refuse, parse_int=_whole, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise errors.MalformedJson(f"the body is not JSON: {error}") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _whole(digits: str) -> int:
    number = int(digits)
    if abs(number) > _LARGEST:
        raise ValueError(f"a number of {len(digits)} digits is too large")
    return number


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is too large")
    return number


def _texts(given: object) -> Iterator[str]:
    """All strings in what JSON can hold, names of members too; however deep it is."""
    waiting = [given]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            waiting += [*item, *item.values()]
        elif isinstance(item, list):
            waiting += item


def _told(place: Sequence[int | str], detail: str) -> dict[str, str]:
    """One thing that is wrong; the pointer is a JSON pointer into the body (RFC 6901)."""
    parts = [str(part).replace("~", "~0").replace("/", "~1") for part in place]
    return {"pointer": "/".join(["#", *parts]), "detail": detail}


def _one_or_many(schema: type[Schema], name: str, values: list[str]) -> list[str] | str:
    field = schema.model_fields.get(name)
    is_many = field is not None and typing.get_origin(field.annotation) in (list, tuple)
    return values if is_many or len(values) > 1 else values[0]
