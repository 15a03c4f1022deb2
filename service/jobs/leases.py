"""Who owns a job, for how long, and what happens to those whose owner is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import errors as core_errors
from core.errors import ProjectError
from core.results import Event

from .. import errors, subjects
from ..db import epoch, now
from ..tables import LIVE, Job
from . import transitions
from .transitions import Claim

_SWEEP_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class Beat:
    """What the owner of a job is told when it says that it is alive."""

    cancel_requested: bool


@dataclass(frozen=True, kw_only=True)
class Swept:
    """Ids of the jobs whose owner was lost, by what became of them."""

    requeued: tuple[str, ...]
    failed: tuple[str, ...]
    canceled: tuple[str, ...]


def claim(session: Session, job_id: str, *, worker_id: str, lease_s: float) -> Claim | None:
    """Take a job that waits; of all who try, one gets it.

    Returns:
        The attempt, or ``None``: it does not wait (any more), or there is no such job.
    """
    row = transitions.change(
        session,
        sa.and_(Job.id == job_id, Job.state == "queued"),
        to="starting",
        told={"worker_id": worker_id},
        attempt=Job.attempt + 1,
        worker_id=worker_id,
        lease_until=epoch() + lease_s,
        started_at=now(),
        progress_at=now(),
    )
    return _claim(row) if row else None


def start(session: Session, claim: Claim) -> bool:
    """The work has begun. False: the lease is lost, or the job is being canceled."""
    guard = transitions.owned(claim, "starting")
    return transitions.change(session, guard, to="running") is not None


def beat(
    session: Session, claim: Claim, *, lease_s: float, progress: Event | None = None
) -> Beat | None:
    """Say that the owner is alive: the lease starts afresh, and a wish to cancel comes back.

    Returns:
        ``None`` when the lease is lost: kill the work and discard what it made.
    """
    row = session.execute(
        sa.update(Job)
        .where(transitions.owned(claim))
        .values(lease_until=epoch() + lease_s, **(_progress(progress) if progress else {}))
        .returning(Job.cancel_requested)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return Beat(cancel_requested=row.cancel_requested) if row else None


def sweep(session: Session, *, max_losses: int) -> Swept:
    """Take jobs from owners that have not been heard of for longer than their lease.

    A job goes back into the queue, or fails at its ``max_losses``-th loss, or is canceled if that
    was asked for. Several may sweep at once.
    """
    swept: dict[str, list[str]] = {"queued": [], "failed": [], "canceled": []}
    query = (
        sa.select(*_OWNED)
        .where(transitions.expired())
        .limit(_SWEEP_LIMIT)
        .with_for_update(skip_locked=True)  # SQLite, which has one writer, ignores this
    )
    # Two who sweep lock the rows of batches in one order. To sort in SQL would be to read all jobs.
    rows = sorted(session.execute(query).all(), key=lambda row: (row.batch_id or "", row.id))
    for row in rows:
        state = _take_away(session, row, transitions.expired(), max_losses=max_losses)
        if state is not None:
            swept[state].append(row.id)
    return Swept(
        requeued=tuple(swept["queued"]),
        failed=tuple(swept["failed"]),
        canceled=tuple(swept["canceled"]),
    )


def lose(
    session: Session, claim: Claim, *, max_losses: int, error: ProjectError | None = None
) -> bool:
    """The attempt came to nothing, for no fault of the job: what `sweep` would do, now.

    Args:
        session: Commit it soon.
        claim: The attempt.
        max_losses: At which of its losses the job fails.
        error: What was wrong with this machine, such as a full disk. That takes a while to mend:
            the workers are told of the job after a pause. ``None``: the process that did the work
            died, though its worker did not.

    Returns:
        False when the lease is lost.
    """
    guard = transitions.owned(claim)
    row = session.execute(sa.select(*_OWNED).where(guard).with_for_update()).one_or_none()
    if row is None:
        return False
    return _take_away(session, row, guard, max_losses=max_losses, error=error) is not None


def live_attempts(session: Session, job_ids: Sequence[str]) -> set[tuple[str, int]]:
    """Of these jobs, those that somebody works on: id and attempt."""
    query = sa.select(Job.id, Job.attempt).where(Job.id.in_(job_ids), Job.state.in_(LIVE))
    return {(row.id, row.attempt) for row in session.execute(query)}


_OWNED = (Job.id, Job.batch_id, Job.state, Job.attempt, Job.losses)


def _claim(row: transitions.Row) -> Claim:
    return Claim(
        job_id=row.job_id,
        attempt=row.attempt,
        kind=row.kind,
        queue=row.queue,
        owner_id=row.owner_id,
        request=row.request,
    )


def _progress(event: Event) -> dict[str, Any]:
    return {
        "stage": event.stage,
        "progress_current": event.current,
        "progress_total": event.total,
        "progress_at": now(),
    }


def _swept_to(state: str, losses: int, max_losses: int) -> str:
    if state == "canceling":
        return "canceled"
    return "failed" if losses >= max_losses else "queued"


def _take_away(
    session: Session,
    row: transitions.Row,
    guard: sa.ColumnElement[bool],
    *,
    max_losses: int,
    error: ProjectError | None = None,
) -> str | None:
    """The state that the job is in now; ``None`` if it was somebody else's already."""
    losses = row.losses + 1
    state, reason = _swept_to(row.state, losses, max_losses), error or _lost(losses)
    waits_a_while = _told(losses) if error else {}
    changed = transitions.change(
        session,
        sa.and_(Job.id == row.id, Job.attempt == row.attempt, Job.state == row.state, guard),
        to=state,
        told={"reason": reason.code},
        losses=losses,
        error=core_errors.to_json(reason) if state == "failed" else None,
        **({**transitions.WAITING, **waits_a_while} if state == "queued" else transitions.ended()),
    )
    if changed is None:
        return None
    if state != "queued":
        subjects.reject(session, row.id, reason if state == "failed" else core_errors.Canceled())
    return state


def _told(times: int) -> dict[str, Any]:
    """Columns of a waiting job of which the workers have just been told, for so many times."""
    return {"sent_at": epoch(), "sends": times}


def _lost(losses: int) -> errors.WorkerLost:
    times = "once" if losses == 1 else f"{losses} times"
    return errors.WorkerLost(f"the worker that had the job was lost {times}", losses=losses)
