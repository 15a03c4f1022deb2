"""What models and data sets have in common: they are checked, then ready or rejected."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from core import errors as core_errors
from core.errors import ProjectError

from . import audit, db, errors, paging, uploads, visibility
from .audit import Thing
from .paging import Rows
from .schemas import DatasetCreate, DatasetFilter, ModelCreate, SubjectEdit, SubjectFilter
from .tables import FINAL, Dataset, Job, JobInput, Model, Upload, User

#: So many of the repairs that name a model or data set are counted for a list.
COUNTED = 99
#: A data set can be clean validation and clean test of one job.
_MOST_ROLES = 2
_TABLES: tuple[type[Model] | type[Dataset], ...] = (Model, Dataset)
_NOUN = {Model: "model", Dataset: "data set"}
Subject = TypeVar("Subject", bound=Model | Dataset)


def known(
    session: Session,
    table: type[Subject],
    owner_id: str,
    request: ModelCreate | DatasetCreate,
) -> Subject | None:
    """What the same bytes, declared alike by the same user, have become before; not if rejected.

    Raises:
        NotFound: There is no such upload, or it is somebody else's.
    """
    upload = uploads.get(session, request.upload_id, owner_id=owner_id)
    # of two who ask at once the second one waits here, and then finds what the first one made
    session.execute(sa.select(User.id).where(User.id == owner_id).with_for_update(key_share=True))
    same = sa.and_(
        table.owner_id == owner_id, table.sha256 == upload.sha256, table.state != "rejected"
    )
    found = session.scalars(sa.select(table).where(same).order_by(table.id))
    return next((row for row in found if row.options == _options(request)), None)


def receive(
    session: Session,
    table: type[Subject],
    owner_id: str,
    request: ModelCreate | DatasetCreate,
) -> Subject:
    """A row for what was uploaded, which is still to be checked.

    Raises:
        NotFound: There is no such upload, or it is somebody else's.
        UploadIncomplete: Bytes of it are missing.
    """
    upload = uploads.get(session, request.upload_id, owner_id=owner_id)
    return new(session, table, upload, name=request.name, options=_options(request))


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
    return visibility.find(session, table, subject_id, noun=_NOUN[table])


def list_rows(
    session: Session,
    table: type[Subject],
    *,
    wanted: SubjectFilter | None = None,
    owner_id: str | None,
    cursor: str | None,
    limit: int,
) -> Rows[Subject]:
    """A page of rows, newest first; of one owner, or of all that can be seen.

    Raises:
        InvalidRequest: The cursor or the limit is not a valid one.
    """
    asked = _conditions(table, wanted or SubjectFilter())
    query = sa.select(table).where(visibility.condition(session, table), *asked)
    if owner_id is not None:
        query = query.where(table.owner_id == owner_id)
    return paging.fetch(session, query, table.id, cursor=cursor, limit=limit)


def edit(
    session: Session,
    table: type[Subject],
    subject_id: str,
    changes: SubjectEdit,
    *,
    version: int,
) -> Subject:
    """Change what people call it and say about it; fields that were not given stay.

    Raises:
        NotFound: There is none.
        PreconditionFailed: Somebody else changed it since that version.
    """
    get(session, table, subject_id)  # nobody changes what they cannot see
    edited = session.scalar(
        sa.update(table)
        .where(table.id == subject_id, table.version == version)
        .values(version=table.version + 1, **changes.model_dump(mode="json", exclude_unset=True))
        .returning(table.version)
        .execution_options(synchronize_session=False)
    )
    subject = get(session, table, subject_id)
    if edited is None:
        raise errors.PreconditionFailed(
            f"the {_NOUN[table]} is at version {subject.version}, not {version}: look at it again",
            expected=subject.version, received=version,
        )  # fmt: skip
    return subject


def get_ready(
    session: Session, table: type[Subject], subject_id: str, *, roles: Sequence[str] = ()
) -> Subject:
    """The row, if a job can use it; it is not deleted before the transaction ends.

    Where there are `roles`, a data set has to be declared as one of them.

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
    if roles and subject.options.get("role") not in roles:
        raise errors.Conflict(
            f"the {_NOUN[table]} {subject.name!r} was declared {subject.options.get('role')}, "
            f"and a {' or '.join(roles)} one is needed here",
            id=subject_id, received=subject.options.get("role"), expected=" or ".join(roles),
        )  # fmt: skip
    return subject


def count_repairs(
    session: Session, table: type[Subject], subject_ids: Sequence[str]
) -> dict[str, int]:
    """Id to the number of repairs that name it; without those that none does, and the trash.

    Of very many not all are counted: what is above `COUNTED` is only that.
    """
    column = _column(table)
    some = (
        sa.select(JobInput.job_id)
        .join(Job, Job.id == JobInput.job_id)
        .where(column == table.id, Job.deleted_at.is_(None), db.usual(Job.kind) == "repair")
        .where(visibility.condition(session, Job))
        .limit(_MOST_ROLES * (COUNTED + 1))
        .correlate(table)
        .subquery()
    )
    n_jobs = sa.select(sa.func.count(sa.distinct(some.c.job_id))).correlate(table)
    query = sa.select(table.id, n_jobs.scalar_subquery()).where(table.id.in_(subject_ids))
    return {subject_id: number for subject_id, number in session.execute(query) if number}


def last_sandbox(session: Session) -> Mapping[str, object] | None:
    """How the intake of the newest upload that can be seen was locked up; ``None`` without any."""
    found = [session.execute(_newest_facts(session, table)).one_or_none() for table in _TABLES]
    newest = max((row for row in found if row is not None), key=lambda row: row.id, default=None)
    facts: Mapping[str, Any] = (newest and newest.facts) or {}
    return facts.get("sandbox")


def ready(
    session: Session, job_id: str, *, facts: Mapping[str, object], canonical_sha256: str
) -> None:
    """What an intake checked can be used."""
    _settle(session, job_id, state="ready", facts=dict(facts), canonical_sha256=canonical_sha256)


def reject(session: Session, job_id: str, error: ProjectError) -> None:
    """What an intake checked cannot be used; nothing happens if the job is not an intake."""
    for thing in _settle(session, job_id, state="rejected", error=core_errors.to_json(error)):
        audit.record(session, "intake.refuse", thing, result=error.code)


def delete(session: Session, subject: Model | Dataset) -> None:
    """Forget it. Jobs that used it keep their results.

    Raises:
        ResourceInUse: A job that has not ended needs it.
    """
    column = _column(type(subject))
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
    name = type(subject).__tablename__.removesuffix("s")
    audit.record(session, f"{name}.delete", Thing(name, subject.id, subject.sha256))


def _newest_facts(
    session: Session, table: type[Model | Dataset]
) -> sa.Select[tuple[str, dict[str, Any] | None]]:
    seen = sa.and_(visibility.condition(session, table), table.state == "ready")
    return sa.select(table.id, table.facts).where(seen).order_by(table.id.desc()).limit(1)


def _conditions(table: type[Subject], wanted: SubjectFilter) -> list[sa.ColumnElement[bool]]:
    """What a filter asks for; neither database can index texts in JSON the same way."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.state:
        found.append(table.state.in_(wanted.state))
    if wanted.sha256:
        found.append(table.sha256 == wanted.sha256)
    if wanted.tag:
        tags = sa.cast(table.tags, sa.Text)
        found.append(tags.contains(json.dumps(wanted.tag), autoescape=True))
    if isinstance(wanted, DatasetFilter) and wanted.role:
        found.append(table.options["role"].as_string() == wanted.role)
    for word in (wanted.q or "").split():
        columns = (table.name, table.file_name, table.notes)
        found.append(sa.or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return found


def _column(table: type[object]) -> InstrumentedAttribute[str | None]:
    """Where jobs name their inputs of this kind."""
    return JobInput.model_id if table is Model else JobInput.dataset_id


def _options(request: ModelCreate | DatasetCreate) -> dict[str, object]:
    """How to read the file, as it was declared."""
    return request.model_dump(mode="json", exclude={"upload_id", "name"})


def _settle(session: Session, job_id: str, **values: object) -> list[Thing]:
    """What was settled: one, or nothing if the job is not an intake."""
    settled = []
    for table in _TABLES:
        rows = session.execute(
            sa.update(table)
            .where(table.intake_job_id == job_id, table.state == "checking")
            .values(**values)
            .returning(table.id, table.sha256)
            .execution_options(synchronize_session=False)
        )
        name = table.__tablename__.removesuffix("s")
        settled += [Thing(name, row.id, row.sha256) for row in rows]
    return settled
