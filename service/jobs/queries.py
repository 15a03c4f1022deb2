"""Looking at jobs."""

import json

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from .. import errors, paging
from ..paging import Rows
from ..schemas import JobFilter
from ..tables import LIVE, Job, JobInput


def get(session: Session, job_id: str) -> Job:
    """The job as it is now.

    Raises:
        NotFound: There is no such job.
    """
    job = session.get(Job, job_id, populate_existing=True) if "\x00" not in job_id else None
    if job is None:
        raise errors.NotFound(f"there is no job {job_id}", id=job_id)
    return job


def inputs_of(session: Session, job_id: str) -> list[JobInput]:
    """The models and data sets that a job needs, by role."""
    query = sa.select(JobInput).where(JobInput.job_id == job_id)
    return list(session.scalars(query.order_by(JobInput.role, JobInput.position)))


def list_jobs(
    session: Session, wanted: JobFilter, *, cursor: str | None = None, limit: int = 50
) -> Rows[Job]:
    """A page of jobs, newest first; their requests, notes and reports are not loaded.

    Raises:
        InvalidRequest: The cursor or the limit is not a valid one.
    """
    query = (
        sa.select(Job)
        .where(*_conditions(wanted))
        .options(defer(Job.request), defer(Job.reports), defer(Job.notes))
    )
    return paging.fetch(session, query, Job.id, cursor=cursor, limit=limit)


def count_by_queue(session: Session) -> dict[str, dict[str, int]]:
    """Queue to state to number of jobs, of those that have not ended."""
    query = (
        sa.select(Job.queue, Job.state, sa.func.count())
        .where(Job.state.in_(("queued", *LIVE)))
        .group_by(Job.queue, Job.state)
    )
    counts: dict[str, dict[str, int]] = {}
    for queue, state, n_jobs in session.execute(query):
        counts.setdefault(queue, {})[state] = n_jobs
    return counts


def _conditions(wanted: JobFilter) -> list[sa.ColumnElement[bool]]:
    possible = {
        "state": lambda states: Job.state.in_(states),
        "verdict": lambda verdicts: Job.verdict.in_(verdicts),
        "kind": lambda kind: Job.kind == kind,
        "method": lambda method: Job.method == method,
        "owner": lambda owner: Job.owner_id == owner,
        "model": lambda model: _needs(JobInput.model_id == model),
        "dataset": lambda dataset: _needs(JobInput.dataset_id == dataset),
        "tag": _has_tag,
        "q": _mentions,
        "created_after": lambda moment: Job.created_at > moment,
    }
    return [
        condition(getattr(wanted, field))
        for field, condition in possible.items()
        if getattr(wanted, field)
    ]


def _needs(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return Job.id.in_(sa.select(JobInput.job_id).where(condition))


def _has_tag(tag: str) -> sa.ColumnElement[bool]:
    # tags are stored as a JSON list of texts; neither database can index that the same way
    return sa.cast(Job.tags, sa.Text).contains(json.dumps(tag), autoescape=True)


def _mentions(words: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        *(
            sa.or_(
                Job.name.icontains(word, autoescape=True),
                Job.notes.icontains(word, autoescape=True),
            )
            for word in words.split()
        )
    )
