"""Jobs that somebody threw away: kept for a while, brought back, or forgotten for good."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from . import audit, errors, visibility
from .audit import Thing
from .db import ago, now
from .tables import FINAL, Dataset, Job, Model

_DAY_S = 24 * 3600.0


def discard(session: Session, job_id: str) -> Job:
    """Put a job that has ended into the trash; once more is no error.

    Raises:
        NotFound: There is no such job.
        JobNotFinished: It has not ended.
        ResourceInUse: It checked a model or data set that is still there.
    """
    job = _ended(session, job_id)
    if job.deleted_at is None:
        session.execute(
            sa.update(Job)
            .where(Job.id == job_id, Job.deleted_at.is_(None))
            .values(deleted_at=now())
            .execution_options(synchronize_session=False)
        )
        session.refresh(job)
        audit.record(session, "job.delete", Thing("job", job_id))
    return job


def restore(session: Session, job_id: str) -> Job:
    """Bring a job back from the trash; one that does not lie there stays as it is.

    Raises:
        NotFound: There is no such job (any more).
    """
    job = visibility.find(session, Job, job_id, noun="job")
    job.deleted_at = None
    session.flush()
    audit.record(session, "job.restore", Thing("job", job_id))
    return job


def purge(session: Session, job_id: str) -> None:
    """Forget a job that has ended, with its events, figures and files, wherever it lies.

    The bytes of its files are freed by whoever clears the storage of what no row names.

    Raises:
        NotFound: There is no such job.
        JobNotFinished: It has not ended.
        ResourceInUse: It checked a model or data set that is still there.
    """
    _ended(session, job_id)
    session.execute(sa.delete(Job).where(Job.id == job_id))
    audit.record(session, "job.purge", Thing("job", job_id))


def purge_older(session: Session, days: float) -> int:
    """Forget the jobs that have been in the trash for so many days.

    Returns:
        How many there were.
    """
    old = sa.and_(Job.deleted_at.is_not(None), Job.deleted_at < ago(days * _DAY_S))
    deleted = session.scalars(sa.delete(Job).where(old).returning(Job.id)).all()
    return len(deleted)


def _ended(session: Session, job_id: str) -> Job:
    job = visibility.find(session, Job, job_id, noun="job")
    if job.state not in FINAL:
        raise errors.JobNotFinished(
            f"the job is {job.state}; cancel it first", id=job_id, received=job.state
        )
    for table in (Model, Dataset):
        checked = session.scalar(sa.select(table.id).where(table.intake_job_id == job_id))
        if checked is not None:
            raise errors.ResourceInUse(
                f"the job checked {checked}, and has its preview; delete that first",
                id=job_id, subject=checked,
            )  # fmt: skip
    return job
