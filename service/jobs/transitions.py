"""The one way in which a job changes state: a single guarded UPDATE, and an event of it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from .. import webhooks
from ..db import epoch, now
from ..tables import FINAL, LIVE, Batch, Job, JobEvent, is_live

Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One attempt at a job, as its owner knows it."""

    job_id: str
    #: The fencing token.
    attempt: int
    #: ``intake``, ``repair``, ``predict`` or ``diagnose``.
    kind: str
    queue: str
    owner_id: str
    #: What was asked for: a `schemas.JobCreate` or, of an intake, ``{subject, id, file_name,
    #: name, sha256, options}``; as JSON.
    request: dict[str, Any]


def owned(claim: Claim, *states: str) -> sa.ColumnElement[bool]:
    """The condition that an attempt still owns its job, which is in one of these states."""
    return sa.and_(
        Job.id == claim.job_id, Job.attempt == claim.attempt, Job.state.in_(states or LIVE)
    )


def expired() -> sa.ColumnElement[bool]:
    """The condition that the owner of a job has not been heard of; who owns one has a lease."""
    # Jobs without a lease are not asked for as well: SQLite would go through far more rows then.
    return sa.and_(is_live(), Job.lease_until < epoch())


def change(
    session: Session,
    guard: sa.ColumnElement[bool],
    *,
    to: str,
    told: dict[str, Any] | None = None,
    **values: Any,
) -> Row | None:
    """Move the one job that the guard lets through into another state.

    Args:
        session: The change and its event are in one transaction.
        guard: Names the job by id, and the state that it has to be in.
        to: The new state.
        told: What the event says beside the state.
        values: Other columns.

    Returns:
        What a `Claim` is made of, or ``None``: somebody else was faster.
    """
    row = session.execute(
        sa.update(Job)
        .where(guard)
        .values(state=to, n_events=Job.n_events + 1, **values)
        .returning(*_RETURNED)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is not None:
        data = {"state": to, "attempt": row.attempt, **(told or {})}
        session.execute(
            sa.insert(JobEvent).values(job_id=row.job_id, seq=row.n_events, type="state", data=data)
        )
        if to in FINAL:
            _tell_of_the_end(session, row)
    return row


#: Columns of a job that nobody works on.
UNOWNED: dict[str, Any] = {"lease_until": None}
#: Columns of a job that waits, for the first time or again.
WAITING: dict[str, Any] = {
    **UNOWNED,
    "worker_id": None,
    "stage": None,
    "progress_current": None,
    "progress_total": None,
    "progress_at": None,
    "sent_at": None,
    "sends": 0,
    "started_at": None,
}


def ended() -> dict[str, Any]:
    """Columns of a job that is over."""
    return {**UNOWNED, "finished_at": now()}


def _tell_of_the_end(session: Session, row: Row) -> None:
    if row.kind == "repair":
        webhooks.job_ended(session, row.job_id, row.owner_id)
    if row.batch_id is not None and _count_down(session, row.batch_id) == 0:
        webhooks.batch_ended(session, row.batch_id, row.owner_id)


def _count_down(session: Session, batch_id: str) -> int:
    """One job less of a batch is open; the last one closes it. Answers how many are open now.

    Counted in the row of the batch, which both of two jobs that end at once have to lock: asking
    whether other jobs are open, each would see the other one.
    """
    is_last = Batch.n_open == 1
    return session.execute(
        sa.update(Batch)
        .where(Batch.id == batch_id)
        .values(n_open=Batch.n_open - 1, finished_at=sa.case((is_last, now()), else_=None))
        .returning(Batch.n_open)
        .execution_options(synchronize_session=False)
    ).scalar_one()


_RETURNED = (
    Job.id.label("job_id"),
    Job.batch_id,
    Job.attempt,
    Job.kind,
    Job.queue,
    Job.owner_id,
    Job.request,
    Job.n_events,
)
