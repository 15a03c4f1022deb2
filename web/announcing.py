"""Tell the workers of a job that was just submitted, once it is certain to exist."""

from typing import Any

import flask
import structlog

from service import db, jobs, queue
from service.errors import QueueUnavailable

from . import services

#: Where the hints of a request wait until it is certain that there is something to tell.
_WAITING = "netmend_hints"

_log = structlog.get_logger(__name__)


def after_this_request(session: Any, job_id: str) -> None:
    """Send a hint once the row is committed, so that an idle worker starts without delay.

    Only for a job that nobody stands before: else it would jump the queue, whose order is the
    dispatcher's to keep. A hint that cannot be sent costs nothing but time, for the same reason.
    """
    job = jobs.get(session, job_id)
    if jobs.position(session, job) != 1:
        return
    flask.g.setdefault(_WAITING, []).append((job_id, job.queue))
    flask.after_this_request(_send_what_was_kept)


def now(job_id: str, on: str) -> None:
    """Send a hint of a job that is committed; for whoever waits for its end."""
    _send(job_id, on)


def before_waiting() -> None:
    """Send the hints of this request before it ends; its transaction has been committed."""
    for job_id, on in flask.g.pop(_WAITING, []):
        _send(job_id, on)


def _send_what_was_kept(response: flask.Response) -> flask.Response:
    if response.status_code < 400:  # else the transaction was rolled back
        before_waiting()
    return response


def _send(job_id: str, on: str) -> None:
    try:
        queue.check(services.current().queue)  # says sooner than `send` that nobody is there
        queue.send(services.current().queue, on, job_id)
        with services.session() as session:
            jobs.mark_sent(session, job_id)
    except (*db.NOT_NOW, QueueUnavailable) as error:
        _log.warning("job not announced; the dispatcher will", job_id=job_id, reason=error.code)
