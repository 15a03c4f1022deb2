"""New jobs, and what their owners can do about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pydantic
import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import errors as core_errors

from .. import audit, errors, subjects
from ..audit import Thing
from ..schemas import PRIORITIES, JobCreate, JobEdit
from ..tables import FINAL, Batch, Dataset, Job, JobInput, Model
from . import adding, inputs, queries, transitions


@dataclass(frozen=True)
class NewJob:
    """A job to be made, and the one that it does again."""

    request: JobCreate
    retry_of: str | None = None


def submit(
    session: Session, owner_id: str, request: JobCreate, *, retry_of: str | None = None
) -> Job:
    """A new job, waiting. Once this is committed, it will come to an end, whatever happens.

    Raises:
        NotFound: A model or data set is not there.
        Conflict: One is not ready, or is not what its role needs.
        InvalidParams: A declared target of the N+1 model is no class of the model.
    """
    inputs.find_of_job(session, request)
    return adding.add(session, _row(owner_id, request, retry_of=retry_of), inputs.rows(request))


def submit_batch(session: Session, batch: Batch, wanted: Sequence[NewJob]) -> list[Job]:
    """New jobs of a batch, waiting; what they need was found by `inputs.find` before.

    They are not counted here: who submits them has the row of the batch.
    """
    rows = [
        _row(batch.owner_id, item.request, retry_of=item.retry_of, batch_id=batch.id)
        for item in wanted
    ]
    needed = [inputs.rows(item.request) for item in wanted]
    return adding.add_all(session, list(zip(rows, needed, strict=True)))


def submit_intake(session: Session, subject: Model | Dataset) -> Job:
    """A new job that checks what was uploaded; `subject` stays ``checking`` until it ends."""
    kind = "model" if isinstance(subject, Model) else "dataset"
    request = {
        "subject": kind,
        "id": subject.id,
        "name": subject.name,
        "file_name": subject.file_name,
        "sha256": subject.sha256,
        "options": subject.options,
    }
    job = Job(
        kind="intake",
        queue="quick",
        owner_id=subject.owner_id,
        name=subject.name,
        request=request,
    )
    column = "model_id" if isinstance(subject, Model) else "dataset_id"
    needed = JobInput(role="subject", position=0, **{column: subject.id})
    adding.add(session, job, [needed])
    subject.intake_job_id = job.id
    session.flush()
    return job


def cancel(session: Session, job_id: str) -> Job:
    """Ask for a job to be stopped. One that waits is canceled at once; asking twice is no error.

    Raises:
        NotFound: There is no such job.
        JobNotCancelable: It has ended.
    """
    queries.get(session, job_id)  # what is not to be seen is not to be changed
    waits = sa.and_(Job.id == job_id, Job.state == "queued")
    works = sa.and_(Job.id == job_id, Job.state.in_(("starting", "running")))
    asked: dict[str, Any] = {"cancel_requested": True}
    if transitions.change(session, waits, to="canceled", **transitions.ended(), **asked):
        subjects.reject(session, job_id, core_errors.Canceled())
    else:
        transitions.change(session, works, to="canceling", **asked)
    job = queries.get(session, job_id)
    if not job.cancel_requested:
        raise errors.JobNotCancelable(
            f"the job has ended: it is {job.state}", id=job_id, received=job.state
        )
    audit.record(session, "job.cancel", Thing("job", job_id))
    return job


def edit(session: Session, job_id: str, changes: JobEdit, *, version: int) -> Job:
    """Change what people call a job and say about it; fields that were not given stay.

    Raises:
        NotFound: There is no such job.
        PreconditionFailed: Somebody else changed it since that version.
    """
    queries.get(session, job_id)
    given = changes.model_dump(mode="json", exclude_unset=True)
    edited = session.scalar(
        sa.update(Job)
        .where(Job.id == job_id, Job.version == version)
        .values(version=Job.version + 1, **given)
        .returning(Job.version)
        .execution_options(synchronize_session=False)
    )
    job = queries.get(session, job_id)
    if edited is None:
        raise errors.PreconditionFailed(
            f"the job is at version {job.version}, not {version}: look at it again",
            expected=job.version, received=version,
        )  # fmt: skip
    return job


def retry(
    session: Session, job_id: str, overrides: Mapping[str, Any], *, owner_id: str | None = None
) -> Job:
    """A new job that does an old one again, with changes.

    Args:
        session: Commit it soon.
        job_id: A repair that has ended.
        overrides: Fields of `schemas.JobCreate` that take another value. What is said of the N+1
            model is added to the old, and so are parameters, unless the method changes.
        owner_id: Whose the new job is; the owner of the old one's if not given.

    Raises:
        NotFound: There is no such job, or one of its inputs has been deleted.
        JobNotFinished: It has not ended.
        Conflict: It is not a repair.
        InvalidRequest: An override is unknown or out of range.
        InvalidParams: A parameter of the method is.
    """
    job = queries.get(session, job_id)
    if job.kind != "repair":
        raise errors.Conflict("only repairs can be retried; upload the file again", id=job_id)
    if job.state not in FINAL:
        raise errors.JobNotFinished(f"the job is {job.state}", id=job_id, received=job.state)
    request = _changed(job.request, overrides)
    return submit(session, owner_id or job.owner_id, request, retry_of=job_id)


def _row(owner_id: str, request: JobCreate, **more: str | None) -> Job:
    return Job(
        kind=request.kind,
        queue=request.queue,
        owner_id=owner_id,
        name=request.name,
        tags=list(request.tags),
        notes=request.notes,
        request=request.model_dump(mode="json"),
        method=request.method,
        priority=PRIORITIES[request.priority],
        **more,
    )


def _changed(request: Mapping[str, Any], overrides: Mapping[str, Any]) -> JobCreate:
    merged = {**request, **overrides}
    if isinstance(overrides.get("goodnet"), Mapping):
        merged["goodnet"] = {**request["goodnet"], **overrides["goodnet"]}
    if merged.get("method") != request["method"]:
        merged["params"] = overrides.get("params", {})
    elif isinstance(overrides.get("params"), Mapping):
        merged["params"] = {**request["params"], **overrides["params"]}
    try:
        return JobCreate.model_validate(merged)
    except pydantic.ValidationError as error:
        problems = [
            {"pointer": "#/overrides/" + "/".join(map(str, item["loc"])), "detail": item["msg"]}
            for item in error.errors()
        ]
        raise errors.InvalidRequest("an override does not fit", errors=problems) from error
