"""What happened to a job, in order and without gaps."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.results import Event

from ..tables import Job, JobEvent
from . import transitions
from .transitions import Claim


def record_events(session: Session, claim: Claim, events: Sequence[Event]) -> bool:
    """Append what the work reported. False when the lease is lost; nothing is written then."""
    if not events:
        return True
    last = session.execute(
        sa.update(Job)
        .where(transitions.owned(claim))
        .values(n_events=Job.n_events + len(events))
        .returning(Job.n_events)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if last is None:
        return False
    first = last - len(events) + 1
    session.add_all(
        JobEvent(job_id=claim.job_id, seq=seq, type="progress", data=event.to_json())
        for seq, event in enumerate(events, first)
    )
    session.flush()
    return True


def events_after(
    session: Session, job_id: str, seq: int = 0, *, limit: int = 500
) -> list[JobEvent]:
    """The events of a job with a higher number, in order; 0 is before the first."""
    query = (
        sa.select(JobEvent)
        .where(JobEvent.job_id == job_id, JobEvent.seq > seq)
        .order_by(JobEvent.seq)
        .limit(limit)
    )
    return list(session.scalars(query))
