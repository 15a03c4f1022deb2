"""Every error as ``application/problem+json`` (RFC 9457): class to status, code, request id."""

import inspect
import json
import traceback
import types
from collections.abc import Mapping
from typing import Any

import flask
import structlog
from werkzeug.exceptions import HTTPException

from core import errors
from service import errors as service_errors

from . import errors as web_errors
from . import security

#: Seconds after which to try again what the service cannot do right now.
_RETRY_AFTER_S = 2
_NOTHING_HERE = "there is nothing at this address"
#: Statuses of what may succeed a little later.
_LATER = (429, 503)

#: Class to status; a class that is not named here has the status of its nearest parent.
STATUS: Mapping[type[errors.ProjectError], int] = types.MappingProxyType(
    {
        errors.ProjectError: 500,
        errors.InvalidInput: 422,
        errors.UnsupportedFormat: 415,
        errors.TooLarge: 413,
        errors.InternalError: 500,
        web_errors.MalformedRequest: 400,
        web_errors.MalformedJson: 400,
        web_errors.UnsupportedMediaType: 415,
        web_errors.MethodNotAllowed: 405,
        service_errors.PreconditionFailed: 412,
        web_errors.PreconditionRequired: 428,
        web_errors.NotAcceptable: 406,
        web_errors.RangeNotSatisfiable: 416,
        web_errors.TooManyStreams: 503,
        service_errors.NotFound: 404,
        service_errors.Gone: 410,
        service_errors.TryFailed: 503,
        service_errors.Conflict: 409,
        service_errors.InvalidRequest: 422,
        service_errors.IdempotencyKeyReused: 422,
        service_errors.ChecksumMismatch: 422,
        service_errors.Unauthenticated: 401,
        service_errors.Forbidden: 403,
        service_errors.RateLimited: 429,
        service_errors.UploadTooLarge: 413,
        service_errors.InsufficientStorage: 507,
        service_errors.QueueUnavailable: 503,
        service_errors.DatabaseUnavailable: 503,
        service_errors.StorageUnavailable: 503,
        service_errors.DamagedFile: 502,
    }
)

#: What Flask and Werkzeug refuse by themselves, as errors of ours.
_OURS: Mapping[int, type[errors.ProjectError]] = types.MappingProxyType(
    {
        404: service_errors.NotFound,
        405: web_errors.MethodNotAllowed,
        413: service_errors.UploadTooLarge,
        415: web_errors.UnsupportedMediaType,
        416: web_errors.RangeNotSatisfiable,
    }
)

_log = structlog.get_logger(__name__)


def register(app: flask.Flask) -> None:
    """Answer the errors of this application as problems."""
    app.register_error_handler(errors.ProjectError, _of_ours)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_a_bug)


def status_of(kind: type[errors.ProjectError]) -> int:
    """HTTP status of a class of error."""
    return next(STATUS[parent] for parent in kind.__mro__ if parent in STATUS)


def title_of(kind: type[errors.ProjectError]) -> str:
    """What the error is, in one sentence that is the same each time."""
    return (inspect.getdoc(kind) or "").partition("\n")[0]


def kinds() -> Mapping[str, type[errors.ProjectError]]:
    """Code to class, for every error there is."""
    root: type[errors.ProjectError] = errors.ProjectError
    found = [root, *_below(root)]
    return {kind.code: kind for kind in found}


def is_for_people() -> bool:
    """Whether a browser asked for a page; programs that take anything get JSON."""
    accepted = flask.request.accept_mimetypes
    wants_page = accepted.best_match(("application/json", "text/html")) == "text/html"
    return wants_page and not flask.request.path.startswith("/api/")


def _of_ours(error: errors.ProjectError) -> flask.Response:
    status = status_of(type(error))
    if status == 500:
        return _of_a_bug(error)
    told = errors.to_json(error)
    problem = {
        "type": f"/problems/{error.code}",
        "title": title_of(type(error)),
        "status": status,
        "detail": told["message"],
        "code": error.code,
        "request_id": security.request_id(),
        "retriable": status in _LATER,
        **_members(told["details"]),
    }
    response = _response(problem, status)
    if isinstance(error, service_errors.UploadOffsetMismatch):
        response.headers["Upload-Offset"] = str(error.details.get("expected"))
    return response


def _of_http(error: HTTPException) -> flask.Response:
    """What Flask refused; its words are kept where they say more than ours."""
    if error.code is None or error.code >= 500:
        return _of_a_bug(error)
    kind = _OURS.get(error.code, web_errors.MalformedRequest)
    words = _NOTHING_HERE if error.code == 404 else error.description
    response = _of_ours(kind(words))
    kept = {key: value for key, value in error.get_headers() if key in {"Allow", "Content-Range"}}
    response.headers.extend(kept)
    return response


def _of_a_bug(error: Exception) -> flask.Response:
    # formatted here: what logs locals with a trace would log tokens and passwords
    trace = "".join(traceback.format_exception(error))
    _log.error("request failed", request_id=security.request_id(), trace=trace)
    problem = {
        "type": f"/problems/{errors.InternalError.code}",
        "title": title_of(errors.InternalError),
        "status": 500,
        "detail": "something went wrong inside netmend; the log of the server says what",
        "code": errors.InternalError.code,
        "request_id": security.request_id(),
        "retriable": False,
    }
    return _response(problem, 500)


def _members(details: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of the error: what RFC 9457 clients look for on top, the others under ``details``."""
    on_top = {key: details[key] for key in ("errors", "hint") if key in details}
    others = {key: value for key, value in details.items() if key not in on_top}
    return {**on_top, **({"details": others} if others else {})}


def _response(problem: Mapping[str, Any], status: int) -> flask.Response:
    response = _page(problem) if is_for_people() else _document(problem)
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="netmend"'
    if status in _LATER:
        after_s = problem.get("details", {}).get("retry_after_s", _RETRY_AFTER_S)
        response.headers["Retry-After"] = str(after_s)
    return response


def _document(problem: Mapping[str, Any]) -> flask.Response:
    return flask.Response(json.dumps(problem), mimetype="application/problem+json")


def _page(problem: Mapping[str, Any]) -> flask.Response:
    return flask.Response(flask.render_template("pages/problem.html", problem=problem))


def _below(kind: type[errors.ProjectError]) -> list[type[errors.ProjectError]]:
    return [found for child in kind.__subclasses__() for found in (child, *_below(child))]
