"""Models: model files that were uploaded, and what was understood of them."""

from uuid import UUID

import flask

from service import models, schemas
from service.audit import Thing

from .. import (
    announcing,
    answering,
    auditing,
    forms,
    policies,
    reading,
    receiving,
    security,
    services,
)
from ..answering import BYTES
from ..idempotency import replayable
from ..openapi import Description, EditHeaders, FileHeaders, PostHeaders, describe
from ..reading import PageQuery

blueprint = flask.Blueprint("models", __name__)


class ModelQuery(schemas.SubjectFilter, PageQuery):
    """Which models to list, and which page of them."""

    def filters(self) -> schemas.SubjectFilter:
        """Which models, whatever the page."""
        return schemas.SubjectFilter(**self.model_dump(exclude=set(PageQuery.model_fields)))


@blueprint.post("/models")
@describe(
    Description(
        policy=policies.SUBMIT,
        answers={200: schemas.ModelView, 202: schemas.ModelView},
        tag="models",
        body=schemas.ModelCreate,
        form=schemas.ModelCreate,
        headers=PostHeaders,
    )
)
def add_model() -> flask.Response:
    """Say that a complete upload is a model; it is checked. 200: the same is here already."""
    if forms.is_sent():
        return _added(receiving.one_file(schemas.ModelCreate))
    return _added_once()


@replayable
def _added_once() -> flask.Response:
    return _added(reading.body(schemas.ModelCreate))


def _added(wanted: schemas.ModelCreate) -> flask.Response:
    with services.session() as session:
        owner_id = security.caller().user_id
        known = models.known(session, owner_id, wanted)
        row = known or models.add(session, owner_id, wanted)
        if known is None:
            announcing.after_this_request(session, str(row.intake_job_id))
        view = schemas.ModelView.of(row)
    address = flask.url_for("api.models.show_model", model_id=view.id)
    return answering.view(view, status=202 if known is None else 200, location=address)


@blueprint.get("/models")
@describe(
    Description(
        policy=policies.READ,
        answers={200: schemas.Page[schemas.ModelView]},
        tag="models",
        query=ModelQuery,
    )
)
def list_models() -> flask.Response:
    """Models, newest first."""
    wanted = reading.query(ModelQuery)
    with services.session(read_only=True) as session:
        rows = models.list_models(
            session, wanted.filters(), cursor=wanted.cursor, limit=wanted.limit
        )
    return answering.page(rows, schemas.ModelView)


@blueprint.get("/models/<uuid:model_id>")
@describe(
    Description(policy=policies.READ_OWN, answers={200: schemas.ModelView, 304: None}, tag="models")
)
def show_model(model_id: UUID) -> flask.Response:
    """One model and what was understood of it."""
    with services.session(read_only=True) as session:
        view = schemas.ModelView.of(models.get(session, str(model_id)))
    return answering.cacheable(answering.view(view), version=view.version)


@blueprint.patch("/models/<uuid:model_id>")
@describe(
    Description(
        policy=policies.SUBMIT_OWN,
        answers={200: schemas.ModelView},
        tag="models",
        body=schemas.SubjectEdit,
        headers=EditHeaders,
    )
)
def edit_model(model_id: UUID) -> flask.Response:
    """Change name, tags or notes of the version that ``If-Match`` names."""
    version, changes = reading.version(), reading.body(schemas.SubjectEdit)
    with services.session() as session:
        row = models.edit(session, str(model_id), changes, version=version)
        view = schemas.ModelView.of(row)
    return answering.cacheable(answering.view(view), version=view.version)


@blueprint.get("/models/<uuid:model_id>/content")
@describe(
    Description(
        policy=policies.READ_OWN,
        answers={200: BYTES, 206: BYTES, 304: None},
        tag="models",
        headers=FileHeaders,
    )
)
def download_model(model_id: UUID) -> flask.Response:
    """The file that was uploaded, or the part of it that ``Range`` asks for."""
    with services.session(read_only=True) as session:
        view = schemas.ModelView.of(models.get(session, str(model_id)))
    response = answering.file(
        services.current().storage.open(view.sha256),
        sha256=view.sha256,
        n_bytes=view.n_bytes,
        name=view.file_name,
        kind=BYTES,
    )
    return auditing.delivered(response, Thing("model", view.id, view.sha256))


@blueprint.delete("/models/<uuid:model_id>")
@describe(Description(policy=policies.SUBMIT_OWN, answers={204: None}, tag="models"))
def delete_model(model_id: UUID) -> flask.Response:
    """Forget a model that no waiting or running job needs."""
    with services.session() as session:
        models.delete(session, str(model_id))
    return answering.nothing()
