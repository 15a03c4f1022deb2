"""Tell the workers of a job that was just submitted, once it is certain to exist."""

from typing import Any

import flask
import structlog

from service import errors as service_errors
from service import jobs, queue

from . import services

_log = structlog.get_logger(__name__)


def after_this_request(session: Any, job_id: str) -> None:
    """Send a hint once the row is committed, so that an idle worker starts without delay.

    Only for a job that nobody stands before: else it would jump the queue, whose order is the
    dispatcher's to keep. A hint that cannot be sent costs nothing but time, for the same reason.
    """
    job = jobs.get(session, job_id)
    if jobs.position(session, job) != 1:
        return
    on = job.queue

    def send(response: flask.Response) -> flask.Response:
        if response.status_code < 400:  # else the transaction was rolled back
            _send(job_id, on)
        return response

    flask.after_this_request(send)


def _send(job_id: str, on: str) -> None:
    try:
        queue.check(services.current().queue)  # says sooner than `send` that nobody is there
        queue.send(services.current().queue, on, job_id)
        with services.session() as session:
            jobs.mark_sent(session, job_id)
    except (service_errors.QueueUnavailable, service_errors.DatabaseUnavailable) as error:
        _log.warning("job not announced; the dispatcher will", job_id=job_id, reason=error.code)
