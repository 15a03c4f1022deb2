"""Tells the workers of jobs that wait, and takes jobs back from workers that died.

One of it is enough; several do no harm, because a message is only a hint.
"""

import dataclasses
import signal
import time
from collections.abc import Callable

import celery
import sqlalchemy as sa
import structlog

from service import db, jobs, logs, pulse, queue
from service.errors import QueueUnavailable
from service.settings import Settings

from .courier import Courier
from .draining import DrainingFlag

log = structlog.get_logger()

_PAUSE_S = 0.5


def main() -> None:
    """What ``python -m worker.dispatcher`` runs, until SIGTERM or Ctrl-C."""
    settings, ended = Settings(), DrainingFlag()
    logs.configure(settings, process="dispatcher")
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda *_: ended.set())
    engine = db.make_engine(settings)
    with Courier(engine, settings):
        run(engine, queue.make_app(settings), settings, is_over=ended.is_set)
    engine.dispose()


def run(
    engine: sa.Engine, app: celery.Celery, settings: Settings, *, is_over: Callable[[], bool]
) -> None:
    """Go round after round until it is over; a database or broker that is away is waited for."""
    while not is_over():
        pulse.beat(settings, "dispatcher")
        try:
            go_round(engine, app, settings)
        except (*db.NOT_NOW, QueueUnavailable) as error:
            log.warning("dispatcher waits", reason=str(error))
        time.sleep(_PAUSE_S)


def go_round(engine: sa.Engine, app: celery.Celery, settings: Settings) -> None:
    """Sweep up after workers that died, and announce jobs that wait, the most urgent first.

    Raises:
        DatabaseUnavailable: Nothing could be done.
        InsufficientStorage: The database cannot grow; nothing could be done either.
        QueueUnavailable: Not all could be announced; the others will be in a later round.
    """
    with db.session_scope(engine) as session:
        swept = jobs.sweep(session, max_losses=settings.max_worker_losses)
    if swept.requeued or swept.failed or swept.canceled:
        log.warning("jobs taken back", **dataclasses.asdict(swept))
    with db.session_scope(engine, read_only=True) as session:
        waiting = jobs.waiting(
            session, limit=settings.send_window, resend_after_s=settings.resend_after_s
        )
    for job_id, queue_name in waiting:
        queue.send(app, queue_name, job_id)
        with db.session_scope(engine) as session:
            jobs.mark_sent(session, job_id)


if __name__ == "__main__":
    main()
