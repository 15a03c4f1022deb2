"""What happens to a job: claimed, done in a child, kept, finished; or failed, or given back."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import structlog
from sqlalchemy.orm import Session

from core import errors
from core.errors import ProjectError
from core.results import Event
from service import artifacts, db, jobs
from service.errors import DatabaseUnavailable, InsufficientStorage, StorageUnavailable
from service.jobs import Beat, Claim

from . import crashpoints, diagnose, folders, intake, predict, repair
from .attempts import Attempt, Settle
from .endings import CancelWanted, ChildLost, Draining, LeaseLost, Stopped
from .heartbeat import Heartbeat
from .joblog import JobLog
from .limits import Limits
from .services import Services

log = structlog.get_logger()

#: What does a job of each kind.
_WORK: Mapping[str, Callable[[Attempt], Settle]] = {
    "intake": intake.work,
    "repair": repair.work,
    "predict": predict.work,
    "diagnose": diagnose.work,
}
_DATABASE_PAUSE_S = 0.5


def run(job_id: str, services: Services) -> None:
    """Make one attempt at a job; nothing happens when it is not there to be had.

    The row of the job decides whose it is. Whoever lost it writes nothing more about it.
    """
    if services.is_draining():
        _leave_to_another(job_id, services)
        return
    claimed_at = time.monotonic()
    claim = _claim(job_id, services)
    if claim is None:
        return
    crashpoints.reach("after_claim")
    with structlog.contextvars.bound_contextvars(job_id=job_id, attempt=claim.attempt):
        log.info("job claimed", kind=claim.kind)
        _hold(claim, claimed_at, services)


def _claim(job_id: str, services: Services) -> Claim | None:
    worker_id, lease_s = services.slot.id, services.settings.lease_s
    try:
        with db.session_scope(services.engine) as session:
            return jobs.claim(session, job_id, worker_id=worker_id, lease_s=lease_s)
    except db.NOT_NOW as error:
        log.warning("job not claimed", job_id=job_id, reason=str(error))
        return None  # it stays queued, or its lease runs out


def _leave_to_another(job_id: str, services: Services) -> None:
    """The job stays queued, and is announced again at once: this message of it is used up."""
    try:
        with db.session_scope(services.engine) as session:
            jobs.mark_unsent(session, job_id)
    except db.NOT_NOW as error:
        log.warning("job not handed on", job_id=job_id, reason=str(error))  # so it is a bit later


def _hold(claim: Claim, claimed_at: float, services: Services) -> None:
    """Do the work of a job that is ours, and write down what came of it."""
    settings = services.settings
    heartbeat = Heartbeat(
        partial(_beat, claim, services),
        lease_s=settings.lease_s,
        heartbeat_s=settings.heartbeat_s,
        claimed_at=claimed_at,
    )
    try:
        with heartbeat:
            settle = _outcome(claim, heartbeat, services)
            crashpoints.reach("before_finish")
            _write_down(settle, claim, heartbeat, services)
    except LeaseLost:
        log.warning("job lost to another worker")
    crashpoints.reach("after_finish")


def _outcome(claim: Claim, heartbeat: Heartbeat, services: Services) -> Settle:
    """Do the work; how to write down what came of it.

    Raises:
        LeaseLost: The job is somebody else's by now.
    """
    joblog = JobLog(claim.job_id, claim.attempt, services.settings)
    try:
        return _done(claim, heartbeat, services, joblog)
    except LeaseLost:
        raise
    except Stopped as stop:
        log.info("job stopped", reason=type(stop).__name__)
        return _ENDS[type(stop)](claim, joblog, services)
    except ProjectError as error:
        return _end_after(error, claim, joblog, services)
    except Exception:  # the border: a bug is told as such, and its trace goes to the log
        log.exception("job failed by a bug")
        files = joblog.kept(services.storage)
        return partial(jobs.fail, claim=claim, error=errors.InternalError(), files=files)


def _done(claim: Claim, heartbeat: Heartbeat, services: Services, joblog: JobLog) -> Settle:
    settings = services.settings
    with folders.attempt_folder(settings.job_folder, claim.job_id, claim.attempt) as folder:
        attempt = Attempt(
            claim=claim,
            folder=folder,
            services=services,
            heartbeat=heartbeat,
            limits=Limits(
                memory_bytes=settings.max_job_memory_bytes,
                no_progress_s=settings.no_progress_limit_s,
            ),
            log=joblog,
        )
        _start(attempt)
        return _WORK[claim.kind](attempt)


def _start(attempt: Attempt) -> None:
    with db.session_scope(attempt.services.engine) as session:
        if not jobs.start(session, attempt.claim):
            raise CancelWanted  # or the lease is lost, which the end of it will show
    crashpoints.reach("after_start")


def _beat(claim: Claim, services: Services, events: Sequence[Event]) -> Beat | None:
    with db.session_scope(services.engine) as session:
        progress = events[-1] if events else None
        beat = jobs.beat(session, claim, lease_s=services.settings.lease_s, progress=progress)
        if beat is not None:
            jobs.record_events(session, claim, events)
        return beat


def _write_down(settle: Settle, claim: Claim, heartbeat: Heartbeat, services: Services) -> None:
    """Write the end of an attempt; a database that is away is waited for, as long as we may.

    Raises:
        LeaseLost: The job is somebody else's by now.
    """
    events = heartbeat.untold()
    while True:
        heartbeat.check_lease()
        try:
            with db.session_scope(services.engine) as session:
                jobs.record_events(session, claim, events)
                is_ours = settle(session)
        except db.NOT_NOW as error:
            log.warning("the end of a job waits", reason=str(error))
            time.sleep(_DATABASE_PAUSE_S)
        else:
            log.info("job left", is_ours=is_ours)
            return


def _end_after(error: ProjectError, claim: Claim, joblog: JobLog, services: Services) -> Settle:
    """How an attempt is written down that met an error, which need not be the fault of the job."""
    if isinstance(error, DatabaseUnavailable | StorageUnavailable):
        log.warning("job stopped", reason=str(error))
        return partial(jobs.release, claim=claim, reason=error.code)
    if isinstance(error, InsufficientStorage | errors.OutputNotWritable):
        log.warning("job stopped", reason=str(error))  # the disk of this machine is full
        return _lost(claim, joblog, services, error)
    log.info("job failed", code=error.code)
    files = joblog.kept(services.storage)
    return partial(jobs.fail, claim=claim, error=error, files=files)


def _canceled(claim: Claim, joblog: JobLog, services: Services) -> Settle:
    return partial(jobs.canceled, claim=claim, files=joblog.kept(services.storage))


def _released(claim: Claim, _joblog: JobLog, _services: Services) -> Settle:
    return partial(jobs.release, claim=claim)


def _lost(
    claim: Claim, joblog: JobLog, services: Services, error: ProjectError | None = None
) -> Settle:
    """Count a loss: the job may go on, elsewhere or later, if there were not too many."""
    files = joblog.kept(services.storage, is_last=False)
    max_losses = services.settings.max_worker_losses

    def lose(session: Session) -> bool:
        is_ours = jobs.lose(session, claim, max_losses=max_losses, error=error)
        if is_ours:
            artifacts.add(session, claim.job_id, claim.attempt, files)
        return is_ours

    return lose


#: How an attempt is written down that somebody stopped.
_ENDS: Mapping[type[Stopped], Callable[[Claim, JobLog, Services], Settle]] = {
    CancelWanted: _canceled,
    Draining: _released,
    ChildLost: _lost,
}
