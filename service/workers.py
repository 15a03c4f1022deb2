"""The slots that take jobs, as far as they have been heard of."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.sandbox import SandboxState

from . import visibility
from .db import ago, now
from .tables import Job, Worker

#: Who has not been heard of for a day does not come back under that id.
_DEAD_AFTER_S = 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Slot:
    """What a worker says of itself."""

    id: str
    host: str
    process: int
    queues: tuple[str, ...]
    #: ``cpu``, or the name of a GPU.
    device: str
    #: What its jobs are locked up with; ``None`` where nobody has looked.
    sandbox: SandboxState | None = None


def seen(
    session: Session, slot: Slot, *, job_id: str | None = None, is_draining: bool = False
) -> None:
    """A worker says that it is there, and what it does."""
    values = {
        "host": slot.host,
        "process": slot.process,
        "queues": list(slot.queues),
        "device": slot.device,
        "sandbox": slot.sandbox and asdict(slot.sandbox),
        "job_id": job_id,
        "is_draining": is_draining,
        "seen_at": now(),
    }
    changed = session.scalar(
        sa.update(Worker).where(Worker.id == slot.id).values(**values).returning(Worker.id)
    )
    if changed is None:
        session.add(Worker(id=slot.id, **values))
        session.flush()
        _forget_the_dead(session)


def gone(session: Session, worker_id: str) -> None:
    """A worker ends."""
    session.execute(sa.delete(Worker).where(Worker.id == worker_id))


def list_workers(session: Session, *, within_s: float) -> Sequence[Worker]:
    """The workers that were heard of within so many seconds, by id."""
    query = sa.select(Worker).where(Worker.seen_at > ago(within_s)).order_by(Worker.id)
    return session.scalars(query).all()


def _forget_the_dead(session: Session) -> None:
    """Remove the rows of workers that were killed; they could not do it themselves."""
    session.execute(sa.delete(Worker).where(Worker.seen_at < ago(_DEAD_AFTER_S)))


def jobs_in_sight(session: Session, seen: Sequence[Worker]) -> frozenset[str]:
    """What these workers do, as far as the session may see it: ids of jobs."""
    busy = [worker.job_id for worker in seen if worker.job_id]
    if not busy:
        return frozenset()
    query = sa.select(Job.id).where(Job.id.in_(busy), visibility.condition(session, Job))
    return frozenset(session.scalars(query))
