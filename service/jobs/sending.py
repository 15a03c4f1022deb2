"""Which waiting jobs the workers are told of, and in which order."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from ..db import epoch
from ..tables import Job, is_live

#: A message that brought no worker is repeated after the pause, twice, four, eight times it.
_MAX_PAUSES = 8


class Hint(NamedTuple):
    """A message to send: this job waits in that queue."""

    job_id: str
    queue: str


def waiting(session: Session, *, limit: int, resend_after_s: float) -> list[Hint]:
    """The jobs that workers should be told of now, in the order in which they should run.

    Higher priority goes first; among equals, whoever has the fewest jobs running or ahead; then
    the older one. A broker keeps the order in which it was told, so only the first few are told.

    Args:
        session: Reads only.
        limit: How many jobs of each queue may be announced at a time.
        resend_after_s: When a job that was announced, and is still waiting, counts as not
            announced; the pause doubles up to three times.
    """
    queues = session.scalars(sa.select(Job.queue).where(Job.state == "queued").distinct()).all()
    return [
        Hint(job_id, queue)
        for queue in sorted(queues)
        for job_id in _due(session, queue, limit, resend_after_s)
    ]


def mark_sent(session: Session, job_id: str) -> None:
    """Workers were told of a job that waits."""
    session.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.state == "queued")
        .values(sent_at=epoch(), sends=Job.sends + 1)
        .execution_options(synchronize_session=False)
    )


def mark_unsent(session: Session, job_id: str) -> None:
    """Whoever was told of a job that waits will not do it; somebody else is to be told."""
    session.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.state == "queued")
        .values(sent_at=None)
        .execution_options(synchronize_session=False)
    )


def position(session: Session, job: Job) -> int | None:
    """The place of a job in its queue, from 1; ``None`` when it does not wait."""
    if job.state != "queued":
        return None
    places = _ordered(job.queue).subquery()
    return session.scalar(sa.select(places.c.place).where(places.c.id == job.id))


def _due(session: Session, queue: str, limit: int, resend_after_s: float) -> list[str]:
    announced = session.scalar(
        sa.select(sa.func.count())
        .select_from(Job)
        .where(Job.queue == queue, Job.state == "queued", sa.not_(_is_due(resend_after_s)))
    )
    room = limit - (announced or 0)
    places = _ordered(queue).subquery()
    query = (
        sa.select(Job.id)
        .join(places, places.c.id == Job.id)
        .where(_is_due(resend_after_s))
        .order_by(places.c.place)
        .limit(max(room, 0))
    )
    return list(session.scalars(query))


def _is_due(resend_after_s: float) -> sa.ColumnElement[bool]:
    pauses = sa.case(
        {count: 2 ** (count - 1) for count in range(1, 4)}, value=Job.sends, else_=_MAX_PAUSES
    )
    return sa.or_(Job.sent_at.is_(None), Job.sent_at + resend_after_s * pauses < epoch())


def _ordered(queue: str) -> sa.Select[Any]:
    """Id and place, from 1, of each job that waits in a queue."""
    running = (
        sa.select(Job.owner_id, sa.func.count().label("n_running"))
        .where(Job.queue == queue, is_live(), Job.lease_until > 0)  # so that their index is used
        .group_by(Job.owner_id)
        .subquery()
    )
    n_ahead = sa.func.row_number().over(
        partition_by=Job.owner_id, order_by=(Job.priority.desc(), Job.id)
    )
    turns = (
        sa.select(
            Job.id,
            Job.priority,
            (n_ahead + sa.func.coalesce(running.c.n_running, 0)).label("turn"),
        )
        .outerjoin(running, running.c.owner_id == Job.owner_id)
        .where(Job.queue == queue, Job.state == "queued")
        .subquery()
    )
    place = sa.func.row_number().over(order_by=(turns.c.priority.desc(), turns.c.turn, turns.c.id))
    return sa.select(turns.c.id, place.label("place"))
