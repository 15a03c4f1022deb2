"""Batches: many jobs that are submitted, watched, ended and tried again as one thing.

Each combination of model, data, method, budget and seed is a job of its own. A job may have
several budgets, which share how the model is measured before the repair, but nothing of the
repairs, which take nearly all of the time; with a job each they can run side by side, end, fail
and be tried again one by one, and the columns of a job tell of one cell of the matrix.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from . import errors, grids, jobs, paging, planning, visibility
from .jobs import NewJob
from .paging import Rows
from .schemas import BatchCreate, JobCreate, Plan
from .tables import FINAL, Batch, Job

Sessions = Callable[[], AbstractContextManager[Session]]


def submit(session: Session, owner_id: str, request: BatchCreate, *, max_jobs: int) -> Batch:
    """A new batch and all of its jobs, waiting; all of them, or none.

    Raises:
        NotFound: A model or data set is not there; ``errors`` names all that are wrong.
        Conflict: One is not ready, or is not what its role needs.
        InvalidRequest: It would be more jobs than a batch may have.
        InvalidParams: A declared target of the N+1 model is no class of one of the models.
    """
    grid = _grid(session, request, max_jobs)
    requests = [NewJob(item) for item in grid.requests()]
    batch = Batch(
        owner_id=owner_id,
        name=request.name,
        tags=list(request.tags),
        request=grid.to_json(),
        n_jobs=len(requests),
        n_open=len(requests),
    )
    session.add(batch)
    session.flush()
    jobs.submit_batch(session, batch, requests)
    return batch


def plan(session: Session, request: BatchCreate, *, max_jobs: int) -> Plan:
    """What `submit` would make; raises what that would raise."""
    found = _find(session, request, max_jobs)
    grid = grids.make(request, found)
    return planning.plan(session, list(grid.requests()), found)


def get(session: Session, batch_id: str) -> Batch:
    """The batch as it is now.

    Raises:
        NotFound: There is none.
    """
    return visibility.find(session, Batch, batch_id, noun="batch")


def list_batches(session: Session, *, cursor: str | None = None, limit: int = 50) -> Rows[Batch]:
    """A page of batches, newest first; what was asked of them is not loaded.

    Raises:
        InvalidRequest: The cursor or the limit is not a valid one.
    """
    seen = visibility.condition(session, Batch)
    query = sa.select(Batch).where(seen).options(defer(Batch.request))
    return paging.fetch(session, query, Batch.id, cursor=cursor, limit=limit)


def jobs_of(session: Session, batch_id: str) -> list[Job]:
    """The jobs of a batch in the order of the matrix, each that was retried replaced by the retry.

    Those in the trash are among them.
    """
    query = sa.select(Job).where(Job.batch_id == batch_id).order_by(Job.id)
    large = (Job.reports, Job.notes, Job.result)
    rows = session.scalars(query.options(*(defer(item) for item in large))).all()
    replaced = {job.retry_of for job in rows}
    return [job for job in rows if job.id not in replaced]


def cancel(sessions: Sessions, batch_id: str) -> None:
    """Ask for the end of every job that has not ended.

    A transaction for each job: one for all would hold the rows of many jobs while workers who end
    some of them hold that of the batch, and each would wait for the other.

    Raises:
        NotFound: There is no such batch.
    """
    with sessions() as session:
        get(session, batch_id)
        waits_or_runs = sa.and_(Job.batch_id == batch_id, Job.state.not_in(FINAL))
        # the last one first: a worker that looks for the next finds it canceled already
        open_ids = session.scalars(sa.select(Job.id).where(waits_or_runs).order_by(Job.id.desc()))
        job_ids = open_ids.all()
    for job_id in job_ids:
        _cancel(sessions, job_id)


def retry_failed(session: Session, batch_id: str) -> Sequence[Job]:
    """New jobs that do those that failed again, and replace them; none if none has failed.

    Raises:
        NotFound: There is no such batch, or a model or data set has been deleted.
    """
    batch = get(session, batch_id)
    session.refresh(batch, with_for_update=True)  # two who ask at once retry a job once
    failed = [job for job in jobs_of(session, batch_id) if job.state == "failed"]
    wanted = [NewJob(JobCreate.model_validate(job.request), retry_of=job.id) for job in failed]
    if not wanted:
        return []
    jobs.inputs.find(
        session, {need for item in wanted for need in jobs.inputs.of_job(item.request)}
    )
    batch.n_jobs += len(wanted)
    batch.n_open += len(wanted)
    batch.finished_at = None
    return jobs.submit_batch(session, batch, wanted)


def _cancel(sessions: Sessions, job_id: str) -> None:
    with sessions() as session:
        try:
            jobs.cancel(session, job_id)
        except errors.JobNotCancelable:
            return  # it has ended in the meantime


def _grid(session: Session, request: BatchCreate, max_jobs: int) -> grids.Grid:
    return grids.make(request, _find(session, request, max_jobs))


def _find(session: Session, request: BatchCreate, max_jobs: int) -> jobs.inputs.Found:
    _check_size(request, max_jobs)
    found = jobs.inputs.find(session, _needs(request))
    jobs.inputs.check_targets(request.goodnet, request.models, found)
    return found


def _needs(request: BatchCreate) -> Iterator[jobs.inputs.Wanted]:
    for place, model_id in enumerate(request.models):
        yield jobs.inputs.of_model(model_id, at=f"#/models/{place}")
    for place, data in enumerate(request.data):
        yield from jobs.inputs.of_data(data, at=f"#/data/{place}")


def _check_size(request: BatchCreate, max_jobs: int) -> None:
    factors, n_jobs = request.factors(), request.n_jobs()
    if n_jobs > max_jobs:
        product = " x ".join(
            f"{count} {name.replace('_', ' ')}" for name, count in factors.items() if count > 1
        )
        raise errors.InvalidRequest(
            f"{product} are {n_jobs:,} jobs, and a batch has {max_jobs:,} at most",
            hint="ask for less, or for several batches; NETMEND_MAX_BATCH_JOBS sets the limit",
            expected=max_jobs, received=n_jobs, factors=factors,
        )  # fmt: skip
