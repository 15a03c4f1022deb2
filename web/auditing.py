"""Downloads of models, in the audit log."""

import flask
import structlog

from service import audit, db
from service.audit import Thing

from . import services

_DELIVERED = frozenset({200, 206})
#: Files of jobs that are models, or hold some.
MODEL_SUFFIXES = (".h5", ".keras", ".zip")

_log = structlog.get_logger(__name__)


def delivered(response: flask.Response, thing: Thing) -> flask.Response:
    """The response; that it hands out a model is written down first.

    Where that cannot be done now, such as on a full disk, the file is handed out all the same, and
    a line in the log of the server says so: people are to get at their results then.
    """
    if flask.request.method != "GET" or response.status_code not in _DELIVERED:
        return response
    try:
        with services.session() as session:
            audit.record(session, f"{thing.kind}.download", thing)
    except db.NOT_NOW as error:
        _log.warning("download not audited", kind=thing.kind, id=thing.id, reason=error.code)
    return response
