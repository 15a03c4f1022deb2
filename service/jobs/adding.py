"""The rows of new jobs."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from .. import audit, ids, quotas
from ..audit import Thing
from ..tables import Job, JobEvent, JobInput


def add(session: Session, job: Job, inputs: Sequence[JobInput]) -> Job:
    """Write down a job that waits, what it needs, and that it was submitted.

    Args:
        session: Once it is committed, the job will come to an end, whatever happens.
        job: A row of its own so far.
        inputs: Rows that do not name the job yet.
    """
    return add_all(session, [(job, inputs)])[0]


def add_all(session: Session, rows: Sequence[tuple[Job, Sequence[JobInput]]]) -> list[Job]:
    """The same for many jobs, in few statements; their ids sort as they are given.

    Raises:
        JobQuotaExceeded: Their owner has as many that have not ended as a user may have.
        GpuQuotaExceeded: Some are for a GPU, and the minutes of their owner are used up.
    """
    jobs = [job for job, _ in rows]
    quotas.admit_jobs(session, jobs)
    for job in jobs:
        job.id, job.n_events = ids.new_id(), 1
    session.add_all(jobs)
    session.flush()
    for job, inputs in rows:
        for item in inputs:
            item.job_id = job.id
        session.add_all(inputs)
        session.add(JobEvent(job_id=job.id, seq=1, type="state", data={"state": "queued"}))
    session.flush()
    _record(session, jobs)
    return jobs


def _record(session: Session, jobs: Sequence[Job]) -> None:
    """Who asked for what; an intake is part of an upload, and a batch is one thing."""
    asked = [job for job in jobs if job.kind != "intake"]
    for batch_id in {job.batch_id: None for job in asked if job.batch_id}:
        n_jobs = sum(job.batch_id == batch_id for job in asked)
        audit.record(session, "batch.submit", Thing("batch", batch_id), told={"n_jobs": n_jobs})
    for job in asked:
        if job.batch_id is None:
            told = {"kind": job.kind, "retry_of": job.retry_of}
            audit.record(session, "job.submit", Thing("job", job.id), told=told)
