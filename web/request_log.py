"""One line in the log for each request, and the id of the request in every line about it."""

import time

import flask
import structlog

from . import security

_log = structlog.get_logger(__name__)

#: Asked every few seconds by machines; a line for each would hide the others.
_SELDOM_READ = frozenset({"/healthz", "/readyz", "/metrics"})


def register(app: flask.Flask) -> None:
    """Log the requests of this application; call it after `security.register`."""
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def _begin() -> None:
    structlog.contextvars.bind_contextvars(request_id=security.request_id())
    flask.g.log_began = time.monotonic()


def _tell(response: flask.Response) -> flask.Response:
    # The rule, not the path: paths hold names of files, and queries what people look for.
    route = str(flask.request.url_rule or "unknown")
    tell = _log.debug if route in _SELDOM_READ else _log.info
    tell(
        "request answered",
        method=flask.request.method,
        route=route,
        status=response.status_code,
        ms=_milliseconds(),
        user_id=_user_id(),
    )
    return response


def _end(_: BaseException | None) -> None:
    # Threads are used again: the next request is not to have what this one leaves behind.
    structlog.contextvars.clear_contextvars()


def _milliseconds() -> float | None:
    """From the request to the start of its answer; ``None`` if it was refused before we saw it."""
    began = flask.g.get("log_began")
    return None if began is None else round(1000 * (time.monotonic() - began), 1)


def _user_id() -> str | None:
    identity = flask.g.get("identity")
    return None if identity is None else identity.user_id
