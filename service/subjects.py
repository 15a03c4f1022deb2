"""What models and data sets have in common: they are checked, then ready or rejected."""

from collections.abc import Mapping
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core import errors as core_errors
from core.errors import ProjectError

from . import errors
from .tables import FINAL, Dataset, Job, JobInput, Model, Upload

_TABLES: tuple[type[Model] | type[Dataset], ...] = (Model, Dataset)
_NOUN = {Model: "model", Dataset: "data set"}
Subject = TypeVar("Subject", Model, Dataset)


def new(
    session: Session,
    table: type[Subject],
    upload: Upload,
    *,
    name: str | None,
    options: Mapping[str, object],
) -> Subject:
    """A row for a complete upload, which is still to be checked.

    Raises:
        UploadIncomplete: Bytes are missing.
    """
    if upload.state != "complete" or upload.sha256 is None or upload.n_bytes is None:
        raise errors.UploadIncomplete(f"upload {upload.id} is not complete", id=upload.id)
    subject = table(
        owner_id=upload.owner_id,
        name=name or upload.file_name,
        file_name=upload.file_name,
        sha256=upload.sha256,
        n_bytes=upload.n_bytes,
        options=dict(options),
    )
    session.add(subject)
    session.flush()
    return subject


def get(session: Session, table: type[Subject], subject_id: str) -> Subject:
    """The row as it is now.

    Raises:
        NotFound: There is none.
    """
    found = (
        session.get(table, subject_id, populate_existing=True) if "\x00" not in subject_id else None
    )
    if found is None:
        raise errors.NotFound(f"there is no {_NOUN[table]} {subject_id}", id=subject_id)
    return found


def get_ready(
    session: Session, table: type[Subject], subject_id: str, *, role: str | None = None
) -> Subject:
    """The row, if a job can use it; it is not deleted before the transaction ends.

    Raises:
        NotFound: There is none.
        Conflict: It is not ready, or has another role.
    """
    subject = get(session, table, subject_id)
    session.refresh(subject, with_for_update={"read": True, "key_share": True})
    if subject.state != "ready":
        raise errors.Conflict(
            f"the {_NOUN[table]} {subject.name!r} is {subject.state}, not ready",
            id=subject_id, received=subject.state, expected="ready",
        )  # fmt: skip
    if role and subject.options.get("role") != role:
        raise errors.Conflict(
            f"the {_NOUN[table]} {subject.name!r} was declared {subject.options.get('role')}, "
            f"and a {role} one is needed here",
            id=subject_id, received=subject.options.get("role"), expected=role,
        )  # fmt: skip
    return subject


def ready(
    session: Session, job_id: str, *, facts: Mapping[str, object], canonical_sha256: str
) -> None:
    """What an intake checked can be used."""
    _settle(session, job_id, state="ready", facts=dict(facts), canonical_sha256=canonical_sha256)


def reject(session: Session, job_id: str, error: ProjectError) -> None:
    """What an intake checked cannot be used; nothing happens if the job is not an intake."""
    _settle(session, job_id, state="rejected", error=core_errors.to_json(error))


def delete(session: Session, subject: Model | Dataset) -> None:
    """Forget it. Jobs that used it keep their results.

    Raises:
        ResourceInUse: A job that has not ended needs it.
    """
    column = JobInput.model_id if isinstance(subject, Model) else JobInput.dataset_id
    session.refresh(subject, with_for_update=True)  # no new job can take it meanwhile
    users = session.scalars(
        sa.select(Job.id)
        .join(JobInput, JobInput.job_id == Job.id)
        .where(column == subject.id, Job.state.not_in(FINAL))
        .order_by(Job.id)
        .distinct()
    ).all()
    if users:
        raise errors.ResourceInUse(
            f"{subject.name!r} is needed by {len(users)} job(s) that have not ended",
            id=subject.id, jobs=list(users[:10]),
        )  # fmt: skip
    session.delete(subject)
    session.flush()


def _settle(session: Session, job_id: str, **values: object) -> None:
    for table in _TABLES:
        session.execute(
            sa.update(table)
            .where(table.intake_job_id == job_id, table.state == "checking")
            .values(**values)
            .execution_options(synchronize_session=False)
        )
