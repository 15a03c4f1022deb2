"""The one task: Celery calls it with the id of a job that waits."""

import contextlib
import faulthandler
import functools
from functools import partial

import celery
import structlog
from celery import signals

from core.sandbox import SandboxState
from service import db, logs, pulse, queue, workers
from service.settings import Settings

from . import services, supervisor, tidying
from .draining import DrainingFlag
from .presence import Presence
from .services import Services

log = structlog.get_logger()

#: So long may a worker take to end after its jobs were given back.
_FAREWELL_S = 10.0


class Slot:
    """What a process has that does jobs; Celery forks one for each job at a time."""

    def __init__(self, made: Services) -> None:
        self._services = made
        self._presence = Presence(partial(_say_and_tidy, made))

    @property
    def id(self) -> str:
        """What it is called in rows and in the log."""
        return self._services.slot.id

    def open(self) -> None:
        """Get ready for the first job."""
        _tell(self._services.slot.sandbox)
        self._services.runner.warm()
        self._presence.start()

    def work(self, job_id: str) -> None:
        """Make one attempt at a job."""
        with self._presence.busy(job_id):
            supervisor.run(job_id, self._services)

    def close(self) -> None:
        """Leave nothing running."""
        log.info("worker ends")
        self._presence.stop()
        self._services.runner.close()
        with contextlib.suppress(*db.NOT_NOW):  # it is forgotten after a while anyway
            tidying.tidy(self._services)
            with db.session_scope(self._services.engine) as session:
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

    def begin(**_: object) -> None:
        logs.configure(settings, process="worker", worker=slot().id)
        slot().open()

    def end(**_: object) -> None:
        draining.set()
        # Celery waits for its processes for ever, whatever became of them. Who deploys does not:
        # it says where it hangs, and ends.
        faulthandler.dump_traceback_later(settings.cancel_grace_s + _FAREWELL_S, exit=True)

    # Celery would forget handlers that nobody else holds on to.
    signals.worker_process_init.connect(begin, weak=False)
    signals.worker_process_shutdown.connect(lambda **_: slot().close(), weak=False)
    signals.worker_shutting_down.connect(end, weak=False)


def _tell(state: SandboxState | None) -> None:
    """How jobs will be locked up; whoever reads the log is to see where they are not."""
    if state is None or not state.is_complete:
        log.warning("jobs are not locked up", sandbox=str(state))
    else:
        log.info("jobs are locked up", sandbox=str(state))


def _say_and_tidy(made: Services, job_id: str | None) -> None:
    pulse.beat(made.settings, "worker")
    with db.session_scope(made.engine) as session:
        workers.seen(session, made.slot, job_id=job_id, is_draining=made.is_draining())
    tidying.tidy(made)
