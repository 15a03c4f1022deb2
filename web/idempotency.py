"""``Idempotency-Key``: who asks twice, because no answer came, gets one thing and one answer."""

import functools
import hashlib
import re
from collections.abc import Callable
from typing import Any

import flask

from service import errors as service_errors
from service import idempotency

from . import security, services

View = Callable[..., flask.Response]

#: What a key may look like.
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
#: Headers of an answer that are worth repeating.
_KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Upload-Offset", "Upload-Complete")


def replayable(view: View) -> View:
    """Let a view that makes something be asked again with the same key.

    What the view does and the answer to it are kept in one transaction, so there is never one
    without the other. Only success is kept: after an error the same key may be tried again.
    """

    @functools.wraps(view)
    def answered_once(**arguments: Any) -> flask.Response:
        key = flask.request.headers.get("Idempotency-Key")
        if key is None:
            return view(**arguments)
        if not _KEY.fullmatch(key):
            raise service_errors.InvalidRequest(
                "an Idempotency-Key is 1 to 255 visible ASCII characters",
                errors=[{"pointer": "Idempotency-Key", "detail": "1 to 255 visible characters"}],
            )
        with services.one_transaction() as session:
            user_id = security.caller().user_id
            kept = idempotency.recall(session, user_id, key, fingerprint=_fingerprint())
            if kept is not None:
                return _again(kept)
            response = view(**arguments)
            idempotency.keep(session, user_id, key, answer=_answer(response))
        return response

    return answered_once


def _fingerprint() -> str:
    """Hash of all that makes this request another one."""
    request = flask.request
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    digest.update(request.get_data())
    return digest.hexdigest()


def _answer(response: flask.Response) -> dict[str, Any]:
    return {
        "status": response.status_code,
        "headers": {
            name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers
        },
        "body": response.get_data(as_text=True),
    }


def _again(answer: dict[str, Any]) -> flask.Response:
    response = flask.Response(answer["body"], answer["status"], answer["headers"])
    response.headers["Idempotent-Replayed"] = "true"
    return response
