"""Who is asking, what their token allows, and the headers that every answer carries."""

import re
import types
from collections.abc import Mapping

import flask

from service import accounts, ids
from service import errors as service_errors
from service.accounts import Identity

from . import policies, services, sessions
from .policies import SAFE_METHODS

#: An id that a proxy in front of us may hand in; anything else is replaced.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

_HEADERS: Mapping[str, str] = types.MappingProxyType(
    {
        "Content-Security-Policy": (
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)


def register(app: flask.Flask) -> None:
    """Number the requests of this application and put the headers on its answers."""
    app.before_request(_number)
    app.after_request(_add_headers)


def request_id() -> str:
    """Id of this request: in its answer, its problem and the log."""
    if "request_id" not in flask.g:
        flask.g.request_id = ids.new_id()
    return str(flask.g.request_id)


def identify() -> None:
    """Find out who is asking, before a view of the API runs: a program, or a script of our pages.

    Raises:
        Unauthenticated: Neither a valid bearer token nor a session came with the request.
        Forbidden: The token is valid but does not allow this.
        CsrfFailed: A session came, but without the mark of our pages.
    """
    admit(_of_session() or _of_token())


def admit(identity: Identity) -> None:
    """Let somebody through to the view that they ask for, if its policy allows that.

    Raises:
        Forbidden: Their token or their role does not have the scope.
        RateLimited: They ask for it too often.
    """
    view = flask.current_app.view_functions[flask.request.endpoint or ""]
    policy = policies.of(view, flask.request.method)
    if policy.scope is not None:
        identity.require(policy.scope)
    flask.g.identity = identity
    if policy.rate is not None and flask.request.method not in SAFE_METHODS:
        services.current().rates.count(policy.rate, identity.user_id)


def caller() -> Identity:
    """Who is asking; known after `identify`."""
    identity: Identity = flask.g.identity
    return identity


def _of_session() -> Identity | None:
    """Who signed in in the browser that asks; a bearer token goes before a session."""
    if flask.request.authorization is not None:
        return None
    identity = sessions.current()
    if identity is not None and flask.request.method not in SAFE_METHODS:
        # A browser sends its cookies for other sites, too. The body stays unread: it may be a file.
        sessions.check_mark(flask.request.headers.get("X-CSRFToken", ""))
    return identity


def _of_token() -> Identity:
    with services.session(read_only=True) as session:
        return accounts.authenticate(session, _bearer())


def _bearer() -> str:
    given = flask.request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise service_errors.Unauthenticated(
            "the request has no bearer token; send 'Authorization: Bearer nmt_…'"
        )
    return given.token


def _number() -> None:
    given = flask.request.headers.get("X-Request-Id", "")
    flask.g.request_id = given if _REQUEST_ID.fullmatch(given) else ids.new_id()


def _add_headers(response: flask.Response) -> flask.Response:
    for name, content in _HEADERS.items():
        response.headers.setdefault(name, content)  # a view may be stricter
    response.headers["X-Request-Id"] = request_id()
    response.headers.setdefault("Cache-Control", "no-store")
    if flask.request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
