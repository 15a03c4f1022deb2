"""Data sets: labelled images that were uploaded, and what was understood of them."""

from uuid import UUID

import flask

from service import datasets, schemas

from .. import announcing, answering, reading, security, services
from ..idempotency import replayable
from ..openapi import Description, PostHeaders, describe
from ..reading import PageQuery

blueprint = flask.Blueprint("datasets", __name__)


@blueprint.post("/datasets")
@describe(
    Description(
        answers={202: schemas.DatasetView},
        tag="datasets",
        body=schemas.DatasetCreate,
        headers=PostHeaders,
    )
)
@replayable
def add_dataset() -> flask.Response:
    """Say that a complete upload is a data set; it is checked, then ``ready`` or ``rejected``."""
    wanted = reading.body(schemas.DatasetCreate)
    with services.session() as session:
        row = datasets.add(session, security.caller().user_id, wanted)
        announcing.after_this_request(session, str(row.intake_job_id))
        view = schemas.DatasetView.of(row)
    address = flask.url_for("api.datasets.show_dataset", dataset_id=view.id)
    return answering.view(view, status=202, location=address)


@blueprint.get("/datasets")
@describe(
    Description(answers={200: schemas.Page[schemas.DatasetView]}, tag="datasets", query=PageQuery)
)
def list_datasets() -> flask.Response:
    """Data sets, newest first."""
    wanted = reading.query(PageQuery)
    with services.session(read_only=True) as session:
        rows = datasets.list_datasets(session, cursor=wanted.cursor, limit=wanted.limit)
    return answering.page(rows, schemas.DatasetView)


@blueprint.get("/datasets/<uuid:dataset_id>")
@describe(Description(answers={200: schemas.DatasetView, 304: None}, tag="datasets"))
def show_dataset(dataset_id: UUID) -> flask.Response:
    """One data set and what was understood of it."""
    with services.session(read_only=True) as session:
        view = schemas.DatasetView.of(datasets.get(session, str(dataset_id)))
    return answering.cacheable(answering.view(view))


@blueprint.delete("/datasets/<uuid:dataset_id>")
@describe(Description(answers={204: None}, tag="datasets"))
def delete_dataset(dataset_id: UUID) -> flask.Response:
    """Forget a data set that no waiting or running job needs."""
    with services.session() as session:
        datasets.delete(session, str(dataset_id))
    return answering.nothing()
