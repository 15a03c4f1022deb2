"""How things stand, counted for whoever watches over the service."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import workers
from .db import epoch, now
from .tables import FINAL, Job, Upload, is_live

#: A worker that has been silent for longer does not count as there.
_WORKER_SEEN_S = 60.0


@dataclass(frozen=True, kw_only=True)
class JobCount:
    """How many jobs of a queue are in a state."""

    queue: str
    state: str
    n_jobs: int


@dataclass(frozen=True, kw_only=True)
class Census:
    """Everything that is counted, at one moment."""

    #: Of the states that a job does not stay in.
    open_jobs: tuple[JobCount, ...]
    #: Queue to the age of its oldest waiting job, in seconds.
    oldest_waiting_s: Mapping[str, float]
    #: State to number of jobs that ended in it.
    ended_jobs: Mapping[str, int]
    #: Verdict to number of jobs.
    verdicts: Mapping[str, int]
    #: Jobs whose worker has not been heard of, and that nobody has taken back yet.
    expired_leases: int
    #: How many times a job's worker was lost.
    worker_losses: int
    #: Queue to number of slots that listen to it.
    workers: Mapping[str, int]
    #: Uploads that are not complete.
    uploads_receiving: int


def take(session: Session) -> Census:
    """Count everything; from indexes alone, but for the losses, which are in the rows.

    Of 100,000 jobs that takes about a tenth of a second: not for every request.
    """
    waiting = _waiting(session)
    return Census(
        open_jobs=(*(count for count, _ in waiting), *_live(session)),
        oldest_waiting_s={count.queue: age_s for count, age_s in waiting},
        ended_jobs=_by(session, Job.state, Job.state.in_(FINAL)),
        verdicts=_by(session, Job.verdict, Job.verdict.is_not(None)),
        expired_leases=_count(session, is_live(), Job.lease_until < epoch()),
        worker_losses=session.scalar(sa.select(sa.func.sum(Job.losses))) or 0,
        workers=_workers(session),
        uploads_receiving=_count(session, Upload.state == "receiving"),
    )


def _waiting(session: Session) -> list[tuple[JobCount, float]]:
    """The waiting jobs of each queue, and the age of the oldest in seconds."""
    # Ids grow with time, and unlike the time itself they are in the index.
    queues = (
        sa.select(Job.queue, sa.func.count().label("n_jobs"), sa.func.min(Job.id).label("oldest"))
        .where(Job.state == "queued")
        .group_by(Job.queue)
        .subquery()
    )
    query = sa.select(queues.c.queue, queues.c.n_jobs, Job.created_at, now()).join(
        Job, Job.id == queues.c.oldest
    )
    return [
        (JobCount(queue=queue, state="queued", n_jobs=n_jobs), _seconds(moment - since))
        for queue, n_jobs, since, moment in session.execute(query)
    ]


def _seconds(age: datetime.timedelta) -> float:
    return max(0.0, age.total_seconds())


def _live(session: Session) -> list[JobCount]:
    query = (
        sa.select(Job.queue, Job.state, sa.func.count())
        .where(is_live())
        .group_by(Job.queue, Job.state)
    )
    return [
        JobCount(queue=queue, state=state, n_jobs=n_jobs)
        for queue, state, n_jobs in session.execute(query)
    ]


def _by(session: Session, column: Any, condition: sa.ColumnElement[bool]) -> dict[str, int]:
    query = sa.select(column, sa.func.count()).where(condition).group_by(column)
    return dict(session.execute(query).all())


def _count(session: Session, *conditions: sa.ColumnElement[bool]) -> int:
    # The column names the table, and is in every index of it.
    return session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0


def _workers(session: Session) -> dict[str, int]:
    seen = workers.list_workers(session, within_s=_WORKER_SEEN_S)
    queues = [queue for worker in seen if not worker.is_draining for queue in worker.queues]
    return {queue: queues.count(queue) for queue in queues}
