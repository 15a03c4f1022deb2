"""Models: model files that were uploaded, and what was understood of them."""

from uuid import UUID

import flask

from service import models, schemas

from .. import announcing, answering, reading, security, services
from ..idempotency import replayable
from ..openapi import Description, PostHeaders, describe
from ..reading import PageQuery

blueprint = flask.Blueprint("models", __name__)


@blueprint.post("/models")
@describe(
    Description(
        answers={202: schemas.ModelView},
        tag="models",
        body=schemas.ModelCreate,
        headers=PostHeaders,
    )
)
@replayable
def add_model() -> flask.Response:
    """Say that a complete upload is a model; it is checked, then ``ready`` or ``rejected``."""
    wanted = reading.body(schemas.ModelCreate)
    with services.session() as session:
        row = models.add(session, security.caller().user_id, wanted)
        announcing.after_this_request(session, str(row.intake_job_id))
        view = schemas.ModelView.of(row)
    address = flask.url_for("api.models.show_model", model_id=view.id)
    return answering.view(view, status=202, location=address)


@blueprint.get("/models")
@describe(
    Description(answers={200: schemas.Page[schemas.ModelView]}, tag="models", query=PageQuery)
)
def list_models() -> flask.Response:
    """Models, newest first."""
    wanted = reading.query(PageQuery)
    with services.session(read_only=True) as session:
        rows = models.list_models(session, cursor=wanted.cursor, limit=wanted.limit)
    return answering.page(rows, schemas.ModelView)


@blueprint.get("/models/<uuid:model_id>")
@describe(Description(answers={200: schemas.ModelView, 304: None}, tag="models"))
def show_model(model_id: UUID) -> flask.Response:
    """One model and what was understood of it."""
    with services.session(read_only=True) as session:
        view = schemas.ModelView.of(models.get(session, str(model_id)))
    return answering.cacheable(answering.view(view))


@blueprint.delete("/models/<uuid:model_id>")
@describe(Description(answers={204: None}, tag="models"))
def delete_model(model_id: UUID) -> flask.Response:
    """Forget a model that no waiting or running job needs."""
    with services.session() as session:
        models.delete(session, str(model_id))
    return answering.nothing()
