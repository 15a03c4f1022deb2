"""Jobs: submit, list, look, edit, cancel, do again."""

from collections.abc import Iterator
from uuid import UUID

import flask
import pydantic
from pydantic import Field

from service import jobs, paging, planning, schemas
from service.jobs import inputs

from .. import answering, policies, reading, security, services, spreadsheets
from ..idempotency import replayable
from ..openapi import Description, EditHeaders, PostHeaders, SubmitHeaders, describe
from ..reading import PageQuery
from . import submitted

blueprint = flask.Blueprint("jobs", __name__)

#: Up to so many jobs of a list are counted.
_MOST_COUNTED = 10_000


class JobTableQuery(schemas.JobFilter):
    """Which jobs to list, and in which order."""

    sort: schemas.JobSort = "-created_at"

    def filters(self) -> schemas.JobFilter:
        """Which jobs, whatever the order and the page."""
        names = set(schemas.JobFilter.model_fields)
        return schemas.JobFilter(**self.model_dump(include=names))


class JobQuery(JobTableQuery, PageQuery):
    """Which jobs to list, in which order, and which page of them."""

    total: bool = Field(default=False, description="Count them too, up to 10,000.")


class SubmitQuery(pydantic.BaseModel):
    """How to submit."""

    model_config = pydantic.ConfigDict(extra="forbid")

    dry_run: bool = Field(default=False, description="Only say what would be made.")


class JobOrPlan(pydantic.RootModel[schemas.JobView | schemas.Plan]):
    """A job that ended while the caller waited; of a dry run, what would be made."""


@blueprint.post("/jobs")
@describe(
    Description(
        policy=policies.SUBMIT_JOBS,
        answers={200: JobOrPlan, 202: schemas.JobView},
        tag="jobs",
        body=schemas.JobCreate,
        query=SubmitQuery,
        headers=SubmitHeaders,
    )
)
def submit_job() -> flask.Response:
    """Submit a job; 202 means that it is kept, and will be done."""
    wanted = reading.body(schemas.JobCreate)
    if reading.query(SubmitQuery).dry_run:
        return _planned(wanted)
    return submitted.when_ended(_submit(wanted=wanted))


@blueprint.get("/jobs")
@describe(
    Description(
        policy=policies.READ,
        answers={200: schemas.Page[schemas.JobSummary]},
        tag="jobs",
        query=JobQuery,
    )
)
def list_jobs() -> flask.Response:
    """Jobs, newest first if not asked otherwise; those in the trash are left out."""
    wanted = reading.query(JobQuery)
    filters, total = wanted.filters(), None
    with services.session(read_only=True) as session:
        rows = jobs.list_jobs(
            session, filters, sort=wanted.sort, cursor=wanted.cursor, limit=wanted.limit
        )
        if wanted.total:
            total = jobs.count_jobs(session, filters, at_most=_MOST_COUNTED)
    return answering.page(rows, schemas.JobSummary, total=total)


@blueprint.get("/jobs.csv")
@describe(
    Description(
        policy=policies.READ,
        answers={200: spreadsheets.MEDIA_TYPE},
        tag="jobs",
        query=JobTableQuery,
    )
)
def list_jobs_as_csv() -> flask.Response:
    """All jobs of a list as a table, for spreadsheets."""
    wanted = reading.query(JobTableQuery)
    rows = _rows(services.readers(), wanted)
    return spreadsheets.answer("jobs.csv", _COLUMNS, rows)


@blueprint.get("/jobs/<uuid:job_id>")
@describe(
    Description(policy=policies.READ_OWN, answers={200: schemas.JobView, 304: None}, tag="jobs")
)
def show_job(job_id: UUID) -> flask.Response:
    """State and result of one job."""
    with services.session(read_only=True) as session:
        view = submitted.view(session, jobs.get(session, str(job_id)))
    return answering.cacheable(answering.view(view), version=view.version)


@blueprint.patch("/jobs/<uuid:job_id>")
@describe(
    Description(
        policy=policies.SUBMIT_OWN,
        answers={200: schemas.JobView},
        tag="jobs",
        body=schemas.JobEdit,
        headers=EditHeaders,
    )
)
def edit_job(job_id: UUID) -> flask.Response:
    """Change name, tags or notes of the version that ``If-Match`` names."""
    version, changes = reading.version(), reading.body(schemas.JobEdit)
    with services.session() as session:
        view = submitted.view(session, jobs.edit(session, str(job_id), changes, version=version))
    return answering.cacheable(answering.view(view), version=view.version)


@blueprint.post("/jobs/<uuid:job_id>/cancel")
@describe(
    Description(
        policy=policies.SUBMIT_OWN, answers={200: schemas.JobView, 202: schemas.JobView}, tag="jobs"
    )
)
def cancel_job(job_id: UUID) -> flask.Response:
    """Ask for the end of a job: 200 if it has ended, 202 if its worker has to be told."""
    with services.session() as session:
        view = submitted.view(session, jobs.cancel(session, str(job_id)))
    return answering.view(view, status=200 if view.state == "canceled" else 202)


@blueprint.post("/jobs/<uuid:job_id>/retry")
@describe(
    Description(
        policy=policies.SUBMIT_JOBS_OF_OWN,
        answers={202: schemas.JobView},
        tag="jobs",
        body=schemas.JobRetry,
        headers=PostHeaders,
    )
)
@replayable
def retry_job(job_id: UUID) -> flask.Response:
    """Do a job that has ended again, as a new job, with changes if there are any."""
    wanted = reading.optional_body(schemas.JobRetry)
    with services.session() as session:
        owner_id = security.caller().user_id
        job = jobs.retry(session, str(job_id), wanted.overrides, owner_id=owner_id)
        return submitted.accepted(session, job)


def _planned(wanted: schemas.JobCreate) -> flask.Response:
    with services.session(read_only=True) as session:
        found = inputs.find_of_job(session, wanted)
        plan = planning.plan(session, [wanted], found)
    return answering.view(plan)


@replayable
def _submit(wanted: schemas.JobCreate) -> flask.Response:
    with services.session() as session:
        job = jobs.submit(session, security.caller().user_id, wanted)
        return submitted.accepted(session, job)


_COLUMNS = (
    "id", "name", "state", "verdict", "kind", "method", "clean_accuracy_before",
    "clean_accuracy_after", "attack_success_rate_before", "attack_success_rate_after",
    "created_at", "started_at", "finished_at", "batch_id", "retry_of", "repaired_model_path",
)  # fmt: skip


def _rows(sessions: services.Sessions, wanted: JobTableQuery) -> Iterator[list[object]]:
    """A page after another, so that a long list is never held as a whole."""
    cursor = None
    while True:
        with sessions() as session:
            found = jobs.list_jobs(
                session, wanted.filters(), sort=wanted.sort, cursor=cursor, limit=paging.MAX_LIMIT
            )
        for job in found.rows:
            view = schemas.JobSummary.of(job).model_dump(mode="json")
            yield [view[column] for column in _COLUMNS]
        cursor = found.next
        if cursor is None:
            return
