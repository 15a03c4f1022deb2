"""The rows of new jobs."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from .. import ids
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
    """The same for many jobs, in few statements; their ids sort as they are given."""
    jobs = [job for job, _ in rows]
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
    return jobs
