"""The one task: Celery calls it with the id of a job that waits."""

import contextlib
import functools
from functools import partial

import celery
from celery import signals

from service import db, queue, workers
from service.errors import DatabaseUnavailable
from service.settings import Settings

from . import services, supervisor
from .draining import DrainingFlag
from .presence import Presence
from .services import Services


class Slot:
    """What a process has that does jobs; Celery forks one for each job at a time."""

    def __init__(self, made: Services) -> None:
        self._services = made
        self._presence = Presence(partial(_say, made))

    def open(self) -> None:
        """Get ready for the first job."""
        self._services.runner.warm()
        self._presence.start()

    def work(self, job_id: str) -> None:
        """Make one attempt at a job."""
        with self._presence.busy(job_id):
            supervisor.run(job_id, self._services)

    def close(self) -> None:
        """Leave nothing running."""
        self._presence.stop()
        self._services.runner.close()
        with (
            contextlib.suppress(DatabaseUnavailable),  # it is forgotten after a while anyway
            db.session_scope(self._services.engine) as session,
        ):
            workers.gone(session, self._services.slot.id)


def define(app: celery.Celery, settings: Settings) -> None:
    """Teach a Celery application to do jobs."""
    draining = DrainingFlag()

    @functools.cache  # made in the process that does the jobs, not in the one that forks it
    def slot() -> Slot:
        queues = tuple(app.amqp.queues.consume_from)
        return Slot(services.make(settings, queues=queues, is_draining=draining.is_set))

    @app.task(name=queue.TASK)
    def work(job_id: str) -> None:
        slot().work(job_id)

    # Celery would forget handlers that nobody else holds on to.
    signals.worker_process_init.connect(lambda **_: slot().open(), weak=False)
    signals.worker_process_shutdown.connect(lambda **_: slot().close(), weak=False)
    signals.worker_shutting_down.connect(lambda **_: draining.set(), weak=False)


def _say(made: Services, job_id: str | None) -> None:
    with db.session_scope(made.engine) as session:
        workers.seen(session, made.slot, job_id=job_id, is_draining=made.is_draining())
