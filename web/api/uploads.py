"""Uploads: announced, received in parts of any size, completed.

Shaped like the IETF draft of resumable uploads (draft-ietf-httpbis-resumable-upload): the offset
that the server names is the truth, and a sender that was cut off asks for it and goes on there.
"""

from typing import Any
from uuid import UUID

import flask

from service import schemas, uploads

from .. import answering, forms, policies, reading, receiving, security, services
from ..idempotency import replayable
from ..openapi import ChunkHeaders, Description, FileAlone, PostHeaders, describe

blueprint = flask.Blueprint("uploads", __name__)

_BYTES = "application/octet-stream"


@blueprint.post("/uploads")
@describe(
    Description(
        policy=policies.SUBMIT,
        answers={201: schemas.UploadView},
        tag="uploads",
        body=schemas.UploadCreate,
        form=FileAlone,
        headers=PostHeaders,
    )
)
def create_upload() -> flask.Response:
    """Announce a file, whose bytes follow with PATCH or PUT; or send it at once, as a form."""
    return _received() if forms.is_sent() else _announced()


def _received() -> flask.Response:
    form = forms.read(at_most=services.current().settings.max_upload_bytes)
    upload = receiving.files(form, at_most=1)[0]
    view = schemas.UploadView.of(upload, upload.n_bytes)
    address = flask.url_for("api.uploads.show_upload", upload_id=view.id)
    return answering.view(view, status=201, location=address, upload_offset=str(view.offset))


@replayable
def _announced() -> flask.Response:
    wanted = reading.body(schemas.UploadCreate)
    receiving.count()
    with services.session() as session:
        upload = uploads.create(
            session,
            security.caller().user_id,
            wanted.file_name,
            n_bytes=wanted.n_bytes,
            max_bytes=services.current().settings.max_upload_bytes,
        )
        view = schemas.UploadView.of(upload, 0)
    address = flask.url_for("api.uploads.show_upload", upload_id=view.id)
    return answering.view(view, status=201, location=address, upload_offset="0")


@blueprint.get("/uploads/<uuid:upload_id>")
@describe(
    Description(policy=policies.READ_PRIVATE, answers={200: schemas.UploadView}, tag="uploads")
)
def show_upload(upload_id: UUID) -> flask.Response:
    """How much has arrived; HEAD gives the same in ``Upload-Offset``."""
    return _answer(_find(upload_id))


@blueprint.patch("/uploads/<uuid:upload_id>")
@describe(
    Description(
        policy=policies.SUBMIT_PRIVATE,
        answers={204: None},
        tag="uploads",
        headers=ChunkHeaders,
        raw_body=_BYTES,
    )
)
def append_to_upload(upload_id: UUID) -> flask.Response:
    """Send bytes that begin at ``Upload-Offset``; what arrived stays, also after a cut."""
    start = reading.upload_offset()
    received = _receive(_find(upload_id), start=start)
    return answering.nothing(upload_offset=str(received))


@blueprint.put("/uploads/<uuid:upload_id>")
@describe(
    Description(
        policy=policies.SUBMIT_PRIVATE,
        answers={200: schemas.UploadView},
        tag="uploads",
        raw_body=_BYTES,
    )
)
def put_upload(upload_id: UUID) -> flask.Response:
    """Send a whole file at once; it is complete then."""
    upload = _find(upload_id)
    _receive(upload, start=0)
    return _answer(receiving.complete(upload))


@blueprint.post("/uploads/<uuid:upload_id>/complete")
@describe(
    Description(
        policy=policies.SUBMIT_PRIVATE,
        answers={200: schemas.UploadView},
        tag="uploads",
        body=schemas.UploadComplete,
    )
)
def complete_upload(upload_id: UUID) -> flask.Response:
    """All bytes were sent; checks them against a SHA-256, if one is given. May be asked twice."""
    wanted = reading.optional_body(schemas.UploadComplete)
    return _answer(receiving.complete(_find(upload_id), sha256=wanted.sha256))


@blueprint.delete("/uploads/<uuid:upload_id>")
@describe(Description(policy=policies.SUBMIT_PRIVATE, answers={204: None}, tag="uploads"))
def delete_upload(upload_id: UUID) -> flask.Response:
    """Forget an upload; models and data sets that it became stay."""
    receiving.forget(_find(upload_id))
    return answering.nothing()


def _find(upload_id: UUID) -> Any:
    with services.session(read_only=True) as session:
        return uploads.get(session, str(upload_id), owner_id=security.caller().user_id)


def _receive(upload: Any, *, start: int) -> int:
    """Bytes of this request into the upload; a request that says it is too large is not read."""
    folder, limits = services.current().settings.upload_folder, receiving.limits()
    uploads.check_open(folder, upload)  # else the first byte would be too many
    most = limits.max_bytes if upload.n_bytes is None else upload.n_bytes
    stream = reading.stream(at_most=most - start)
    return uploads.append(folder, upload, stream, start=start, limits=limits)


def _answer(upload: Any) -> flask.Response:
    offset = uploads.offset(services.current().settings.upload_folder, upload)
    view = schemas.UploadView.of(upload, offset)
    return answering.view(view, upload_offset=str(offset))
