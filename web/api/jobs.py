"""Jobs: submit, list, look, edit, cancel, do again."""

from typing import Any
from uuid import UUID

import flask

from service import jobs, schemas

from .. import announcing, answering, reading, security, services
from ..idempotency import replayable
from ..openapi import Description, EditHeaders, PostHeaders, describe
from ..reading import PageQuery

blueprint = flask.Blueprint("jobs", __name__)


class JobQuery(schemas.JobFilter, PageQuery):
    """Which jobs to list, and which page of them."""

    def filters(self) -> schemas.JobFilter:
        """Which jobs, whatever the page."""
        return schemas.JobFilter(**self.model_dump(exclude=set(PageQuery.model_fields)))


@blueprint.post("/jobs")
@describe(
    Description(
        answers={202: schemas.JobView}, tag="jobs", body=schemas.JobCreate, headers=PostHeaders
    )
)
@replayable
def submit_job() -> flask.Response:
    """Submit a job; 202 means that it is kept, and will be done."""
    wanted = reading.body(schemas.JobCreate)
    with services.session() as session:
        job = jobs.submit(session, security.caller().user_id, wanted)
        return _accepted(session, job)


@blueprint.get("/jobs")
@describe(Description(answers={200: schemas.Page[schemas.JobSummary]}, tag="jobs", query=JobQuery))
def list_jobs() -> flask.Response:
    """Jobs, newest first."""
    wanted = reading.query(JobQuery)
    with services.session(read_only=True) as session:
        rows = jobs.list_jobs(session, wanted.filters(), cursor=wanted.cursor, limit=wanted.limit)
    return answering.page(rows, schemas.JobSummary)


@blueprint.get("/jobs/<uuid:job_id>")
@describe(Description(answers={200: schemas.JobView, 304: None}, tag="jobs"))
def show_job(job_id: UUID) -> flask.Response:
    """State and result of one job."""
    with services.session(read_only=True) as session:
        view = _view(session, jobs.get(session, str(job_id)))
    return answering.cacheable(answering.view(view), version=view.version)


@blueprint.patch("/jobs/<uuid:job_id>")
@describe(
    Description(
        answers={200: schemas.JobView}, tag="jobs", body=schemas.JobEdit, headers=EditHeaders
    )
)
def edit_job(job_id: UUID) -> flask.Response:
    """Change name, tags or notes of the version that ``If-Match`` names."""
    version, changes = reading.version(), reading.body(schemas.JobEdit)
    with services.session() as session:
        view = _view(session, jobs.edit(session, str(job_id), changes, version=version))
    return answering.cacheable(answering.view(view), version=view.version)


@blueprint.post("/jobs/<uuid:job_id>/cancel")
@describe(Description(answers={200: schemas.JobView, 202: schemas.JobView}, tag="jobs"))
def cancel_job(job_id: UUID) -> flask.Response:
    """Ask for the end of a job: 200 if it has ended, 202 if its worker has to be told."""
    with services.session() as session:
        view = _view(session, jobs.cancel(session, str(job_id)))
    return answering.view(view, status=200 if view.state == "canceled" else 202)


@blueprint.post("/jobs/<uuid:job_id>/retry")
@describe(
    Description(
        answers={202: schemas.JobView}, tag="jobs", body=schemas.JobRetry, headers=PostHeaders
    )
)
@replayable
def retry_job(job_id: UUID) -> flask.Response:
    """Do a job that has ended again, as a new job, with changes if there are any."""
    wanted = reading.optional_body(schemas.JobRetry)
    with services.session() as session:
        owner_id = security.caller().user_id
        job = jobs.retry(session, str(job_id), wanted.overrides, owner_id=owner_id)
        return _accepted(session, job)


def _accepted(session: Any, job: Any) -> flask.Response:
    view = _view(session, job)
    announcing.after_this_request(session, view.id)
    address = flask.url_for("api.jobs.show_job", job_id=view.id)
    return answering.view(view, status=202, location=address)


def _view(session: Any, job: Any) -> schemas.JobView:
    return schemas.JobView.of(job, position=jobs.position(session, job))
