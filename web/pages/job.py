"""A job: what it does while it works, what came of it, and what can be done about it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import flask
import werkzeug

from core.errors import ProjectError
from service import errors as service_errors
from service import jobs, schemas, tables, trash, visibility

from .. import reading, services
from . import facts, forms, rendering
from .forms import Form

blueprint = flask.Blueprint("job", __name__, url_prefix="/jobs/<uuid:job_id>")


@dataclass(frozen=True, kw_only=True)
class Edited:
    """What somebody wrote about a job, when it could not be kept."""

    name: str
    tags: str
    notes: str
    problems: Mapping[str, str] = field(default_factory=dict)
    #: Whether it is only that somebody else was faster.
    is_conflict: bool = False


@blueprint.get("")
def show(job_id: UUID) -> flask.Response:
    """The page of a job."""
    return _page(str(job_id))


@blueprint.post("/edit")
def edit(job_id: UUID) -> werkzeug.Response:
    """Change name, tags and notes; what cannot be kept is shown again, with the reason."""
    form = flask.request.form
    try:
        _edit(str(job_id), form)
    except (service_errors.PreconditionFailed, service_errors.InvalidRequest) as error:
        status, edited = _not_kept(form, error)
        return _page(str(job_id), status=status, edited=edited)
    flask.flash("Saved.", "success")
    return _back(job_id)


@blueprint.post("/cancel")
def cancel(job_id: UUID) -> werkzeug.Response:
    """Ask for the end of a job."""
    try:
        with services.session() as session:
            jobs.cancel(session, str(job_id))
    except service_errors.JobNotCancelable as error:
        flask.flash(f"Not canceled: {error}.", "warning")
    return _back(job_id)


@blueprint.post("/discard")
def discard(job_id: UUID) -> werkzeug.Response:
    """Put a job into the trash."""
    try:
        with services.session() as session:
            trash.discard(session, str(job_id))
    except service_errors.Conflict as error:
        flask.flash(f"Not deleted: {error}.", "warning")
    return _back(job_id)


@blueprint.post("/restore")
def restore(job_id: UUID) -> werkzeug.Response:
    """Bring a job back from the trash."""
    with services.session() as session:
        trash.restore(session, str(job_id))
    flask.flash("Back from the trash.", "success")
    return _back(job_id)


@blueprint.post("/purge")
def purge(job_id: UUID) -> werkzeug.Response:
    """Forget a job for good."""
    with services.session() as session:
        trash.purge(session, str(job_id))
    flask.flash("Deleted for good.", "success")
    return flask.redirect("/jobs", 303)


def _page(job_id: str, *, status: int = 200, edited: Edited | None = None) -> flask.Response:
    with services.session(read_only=True) as session:
        job = visibility.find(session, tables.Job, job_id, noun="job")
        if job.deleted_at is not None:
            return rendering.page("job_trash.html", job=job, gone_at=_gone_at(job.deleted_at))
        values = facts.of_job(session, job)
    return rendering.page("job.html", status=status, job=job, edited=edited, **values)


def _gone_at(deleted_at: datetime.datetime) -> datetime.datetime:
    days = services.current().settings.keep_trash_days
    return deleted_at + datetime.timedelta(days=days)


def _edit(job_id: str, form: Form) -> None:
    changes = reading.checked(
        schemas.JobEdit,
        {
            "name": form.get("name", "").strip(),
            "tags": forms.words_of(form.get("tags", "")),
            "notes": form.get("notes", ""),
        },
    )
    with services.session() as session:
        version = form.get("version", type=int, default=0)
        jobs.edit(session, job_id, changes, version=version)


def _not_kept(form: Form, error: ProjectError) -> tuple[int, Edited]:
    is_conflict = isinstance(error, service_errors.PreconditionFailed)
    edited = Edited(
        name=form.get("name", ""),
        tags=form.get("tags", ""),
        notes=form.get("notes", ""),
        problems={} if is_conflict else forms.problems_of(error),
        is_conflict=is_conflict,
    )
    return (412 if is_conflict else 422), edited


def _back(job_id: UUID) -> werkzeug.Response:
    return flask.redirect(flask.url_for("pages.job.show", job_id=job_id), 303)
