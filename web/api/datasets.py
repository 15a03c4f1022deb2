"""Data sets: labelled images that were uploaded, and what was understood of them."""

from uuid import UUID

import flask

from service import datasets, schemas

from .. import announcing, answering, forms, policies, reading, receiving, security, services
from ..answering import BYTES
from ..idempotency import replayable
from ..openapi import Description, EditHeaders, FileHeaders, PostHeaders, describe
from ..reading import PageQuery

blueprint = flask.Blueprint("datasets", __name__)


class DatasetQuery(schemas.DatasetFilter, PageQuery):
    """Which data sets to list, and which page of them."""

    def filters(self) -> schemas.DatasetFilter:
        """Which data sets, whatever the page."""
        return schemas.DatasetFilter(**self.model_dump(exclude=set(PageQuery.model_fields)))


@blueprint.post("/datasets")
@describe(
    Description(
        policy=policies.SUBMIT,
        answers={200: schemas.DatasetView, 202: schemas.DatasetView},
        tag="datasets",
        body=schemas.DatasetCreate,
        form=schemas.DatasetCreate,
        headers=PostHeaders,
    )
)
def add_dataset() -> flask.Response:
    """Say that a complete upload is a data set; it is checked. 200: the same is here already."""
    if forms.is_sent():
        return _added(receiving.one_file(schemas.DatasetCreate))
    return _added_once()


@replayable
def _added_once() -> flask.Response:
    return _added(reading.body(schemas.DatasetCreate))


def _added(wanted: schemas.DatasetCreate) -> flask.Response:
    with services.session() as session:
        owner_id = security.caller().user_id
        known = datasets.known(session, owner_id, wanted)
        row = known or datasets.add(session, owner_id, wanted)
        if known is None:
            announcing.after_this_request(session, str(row.intake_job_id))
        view = schemas.DatasetView.of(row)
    address = flask.url_for("api.datasets.show_dataset", dataset_id=view.id)
    return answering.view(view, status=202 if known is None else 200, location=address)


@blueprint.get("/datasets")
@describe(
    Description(
        policy=policies.READ,
        answers={200: schemas.Page[schemas.DatasetView]},
        tag="datasets",
        query=DatasetQuery,
    )
)
def list_datasets() -> flask.Response:
    """Data sets, newest first."""
    wanted = reading.query(DatasetQuery)
    with services.session(read_only=True) as session:
        rows = datasets.list_datasets(
            session, wanted.filters(), cursor=wanted.cursor, limit=wanted.limit
        )
    return answering.page(rows, schemas.DatasetView)


@blueprint.get("/datasets/<uuid:dataset_id>")
@describe(
    Description(
        policy=policies.READ_OWN, answers={200: schemas.DatasetView, 304: None}, tag="datasets"
    )
)
def show_dataset(dataset_id: UUID) -> flask.Response:
    """One data set and what was understood of it."""
    with services.session(read_only=True) as session:
        view = schemas.DatasetView.of(datasets.get(session, str(dataset_id)))
    return answering.cacheable(answering.view(view), version=view.version)


@blueprint.patch("/datasets/<uuid:dataset_id>")
@describe(
    Description(
        policy=policies.SUBMIT_OWN,
        answers={200: schemas.DatasetView},
        tag="datasets",
        body=schemas.SubjectEdit,
        headers=EditHeaders,
    )
)
def edit_dataset(dataset_id: UUID) -> flask.Response:
    """Change name, tags or notes of the version that ``If-Match`` names."""
    version, changes = reading.version(), reading.body(schemas.SubjectEdit)
    with services.session() as session:
        row = datasets.edit(session, str(dataset_id), changes, version=version)
        view = schemas.DatasetView.of(row)
    return answering.cacheable(answering.view(view), version=view.version)


@blueprint.get("/datasets/<uuid:dataset_id>/content")
@describe(
    Description(
        policy=policies.READ_OWN,
        answers={200: BYTES, 206: BYTES, 304: None},
        tag="datasets",
        headers=FileHeaders,
    )
)
def download_dataset(dataset_id: UUID) -> flask.Response:
    """The file that was uploaded, or the part of it that ``Range`` asks for."""
    with services.session(read_only=True) as session:
        view = schemas.DatasetView.of(datasets.get(session, str(dataset_id)))
    return answering.file(
        services.current().storage.open(view.sha256),
        sha256=view.sha256,
        n_bytes=view.n_bytes,
        name=view.file_name,
        kind=BYTES,
    )


@blueprint.delete("/datasets/<uuid:dataset_id>")
@describe(Description(policy=policies.SUBMIT_OWN, answers={204: None}, tag="datasets"))
def delete_dataset(dataset_id: UUID) -> flask.Response:
    """Forget a data set that no waiting or running job needs."""
    with services.session() as session:
        datasets.delete(session, str(dataset_id))
    return answering.nothing()
