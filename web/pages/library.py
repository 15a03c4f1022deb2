"""What the pages of models and of data sets have in common: a list, and a page for each."""

import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import flask
import werkzeug

from core.errors import InvalidInput, ProjectError
from service import errors as service_errors
from service import jobs, schemas, subjects, uploads

from .. import announcing, error_pages, reading, services
from ..reading import PageQuery
from . import arriving, forms, rendering

_N_ROWS = 50
_N_JOBS = 20
#: What a form may say beside the fields of what is made of its file.
_FILE = "file"


class _Service(Protocol):
    """`service.models` and `service.datasets`."""

    get: Callable[..., Any]
    add: Callable[..., Any]
    known: Callable[..., Any]
    edit: Callable[..., Any]
    delete: Callable[..., None]
    count_repairs: Callable[..., dict[str, int]]


class LibraryQuery(PageQuery):
    """Which part of a library to show."""

    q: schemas.Name | None = None
    state: schemas.SubjectState | None = None
    tag: schemas.Tag | None = None
    role: str | None = None
    limit: int = _N_ROWS


@dataclass(frozen=True, kw_only=True)
class Library:
    """What models and data sets do not share."""

    #: ``model`` or ``dataset``: the templates, and the field of a filter of jobs.
    kind: str
    #: What people call one of them.
    noun: str
    #: Where their pages begin.
    address: str
    service: _Service
    create: type[schemas.ModelCreate] | type[schemas.DatasetCreate]
    #: A page of rows, for a query.
    rows: Callable[[Any, LibraryQuery], Any]
    #: What else the page of one of them shows.
    more: Callable[[Any, Any], Mapping[str, Any]]

    def address_of(self, subject_id: str) -> str:
        """The page of one of them."""
        return f"{self.address}/{subject_id}"


def show_list(library: Library, *, status: int = 200, **more: Any) -> flask.Response:
    """All of them, newest first, and a place to bring another one to."""
    wanted = reading.form(LibraryQuery, flask.request.args.to_dict(flat=False))
    with services.session(read_only=True) as session:
        found = library.rows(session, wanted)
        used = library.service.count_repairs(session, [row.id for row in found.rows])
    return rendering.page(
        f"{library.kind}s.html",
        status=status,
        library=library,
        wanted=wanted,
        found=found,
        used=used,
        counted=subjects.COUNTED,
        older=_older(library, found.next),
        **more,
    )


def add(library: Library) -> werkzeug.Response:
    """Files of a form become models or data sets; one that is here already is shown."""
    arrived = arriving.read()
    received = arrived.uploads.get(_FILE, ())
    if arrived.problems or not received:
        problem = arrived.problems.get(_FILE, "choose a file first")
        return show_list(library, status=422, problem=problem, fields=arrived.fields)
    try:
        rows = [put(library, upload, arrived.fields) for upload in received]
    except service_errors.InvalidRequest as error:
        return show_list(library, status=422, problem=str(error), fields=arrived.fields)
    return flask.redirect(
        library.address_of(rows[0].id) if len(rows) == 1 else library.address, 303
    )


def put(library: Library, upload: Any, fields: forms.Form) -> Any:
    """A complete upload as a model or data set; the same as before, if it was declared alike.

    Raises:
        InvalidRequest: A field of the form does not fit.
    """
    own = library.create.model_fields.keys() - {"upload_id"}
    given = {name: [forms.last(fields, name)] for name in own if name in fields}
    wanted = reading.form(library.create, {**given, "upload_id": [upload.id]})
    with services.session() as session:
        known = library.service.known(session, upload.owner_id, wanted)
        row = known or library.service.add(session, upload.owner_id, wanted)
        if known is None:
            announcing.after_this_request(session, str(row.intake_job_id))
    return row


def show(library: Library, subject_id: str, *, status: int = 200, **more: Any) -> flask.Response:
    """One of them: what was understood of it, or why it was refused, and what became of it."""
    with services.session(read_only=True) as session:
        row = library.service.get(session, subject_id)
        users = jobs.list_jobs(
            session,
            schemas.JobFilter.model_validate({"kind": "repair", library.kind: subject_id}),
            limit=_N_JOBS,
        )
        shown = library.more(session, row)
    return rendering.page(
        f"{library.kind}.html",
        status=status,
        **{
            "library": library,
            "row": row,
            "address": library.address_of(row.id),
            "users": users,
            "form": {},
            "problems": {},
            **shown,
            **more,
        },
    )


def edit(library: Library, subject_id: str) -> werkzeug.Response:
    """Change name, tags and notes; what was typed is shown again if that does not work."""
    form = flask.request.form
    tags = [tag.strip() for tag in form.get("tags", "").split(",") if tag.strip()]
    changes = {"name": form.get("name"), "tags": tags, "notes": form.get("notes", "")}
    try:
        wanted = reading.checked(schemas.SubjectEdit, changes)
        with services.session() as session:
            library.service.edit(session, subject_id, wanted, version=_version(form))
    except (service_errors.InvalidRequest, service_errors.PreconditionFailed) as error:
        return _again(library, subject_id, error, form=form, problems=forms.problems_of(error))
    flask.flash("Saved.", "success")
    return flask.redirect(library.address_of(subject_id), 303)


def delete(library: Library, subject_id: str) -> werkzeug.Response:
    """Forget it, unless a job needs it."""
    try:
        with services.session() as session:
            library.service.delete(session, subject_id)
    except service_errors.ResourceInUse as error:
        return _again(library, subject_id, error, in_use=error)
    flask.flash(f"The {library.noun} was deleted.", "success")
    return flask.redirect(library.address, 303)


def read_again(library: Library, subject_id: str, fields: forms.Form) -> Any:
    """The same file, declared otherwise: a model or data set of its own.

    Args:
        library: Of what it is.
        subject_id: What the file was taken for before.
        fields: How to read it now; what is not said stays as it was.

    Raises:
        NotFound: It is gone, or its file is.
        InvalidRequest: A field does not fit.
    """
    with services.session(read_only=True) as session:
        row = library.service.get(session, subject_id)
        upload = uploads.of_file(session, row.sha256, owner_id=row.owner_id)
    before = {name: str(value) for name, value in row.options.items() if value not in (None, "")}
    given = {name: value for name, value in fields.items() if value}
    return put(library, upload, type(fields)({"name": row.name, **before, **given}))


def show_again(library: Library, subject_id: str) -> werkzeug.Response:
    """Read a file again, and go to the page of what it is now."""
    try:
        row = read_again(library, subject_id, flask.request.form)
    except (service_errors.NotFound, InvalidInput, service_errors.InvalidRequest) as error:
        return _again(library, subject_id, error, problems=forms.problems_of(error))
    return flask.redirect(library.address_of(row.id), 303)


def _again(library: Library, subject_id: str, error: ProjectError, **more: Any) -> flask.Response:
    return show(library, subject_id, status=error_pages.status_of(type(error)), **more)


def _version(form: forms.Form) -> int:
    text = form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _older(library: Library, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    arguments = {**flask.request.args.to_dict(), "cursor": cursor}
    return f"{library.address}?{urllib.parse.urlencode(arguments)}"
