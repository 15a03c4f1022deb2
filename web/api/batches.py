"""Batches: submit, look, what came of them, cancel, try again."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import flask

from service import batches, outcomes, schemas

from .. import announcing, answering, policies, reading, security, services, spreadsheets
from ..idempotency import replayable
from ..openapi import Description, PostHeaders, describe
from ..reading import PageQuery
from .jobs import SubmitQuery

blueprint = flask.Blueprint("batches", __name__)


@blueprint.post("/batches")
@describe(
    Description(
        policy=policies.SUBMIT_JOBS,
        answers={200: schemas.Plan, 202: schemas.BatchView},
        tag="batches",
        body=schemas.BatchCreate,
        query=SubmitQuery,
        headers=PostHeaders,
    )
)
def submit_batch() -> flask.Response:
    """Submit a job for each combination of models, data, methods, budgets and seeds."""
    wanted = reading.body(schemas.BatchCreate)
    if reading.query(SubmitQuery).dry_run:
        return _planned(wanted)
    return _submit(wanted=wanted)


@blueprint.get("/batches")
@describe(
    Description(
        policy=policies.READ,
        answers={200: schemas.Page[schemas.BatchSummary]},
        tag="batches",
        query=PageQuery,
    )
)
def list_batches() -> flask.Response:
    """Batches, newest first."""
    wanted = reading.query(PageQuery)
    with services.session(read_only=True) as session:
        rows = batches.list_batches(session, cursor=wanted.cursor, limit=wanted.limit)
        page = outcomes.page(session, rows)
    return answering.listed(page)


@blueprint.get("/batches/<uuid:batch_id>")
@describe(
    Description(
        policy=policies.READ_OWN, answers={200: schemas.BatchView, 304: None}, tag="batches"
    )
)
def show_batch(batch_id: UUID) -> flask.Response:
    """How far one batch got, and the best job of each model."""
    with services.session(read_only=True) as session:
        view = outcomes.view(session, batches.get(session, str(batch_id)))
    return answering.cacheable(answering.view(view))


@blueprint.get("/batches/<uuid:batch_id>/results")
@describe(
    Description(policy=policies.READ_OWN, answers={200: schemas.Matrix, 304: None}, tag="batches")
)
def show_results(batch_id: UUID) -> flask.Response:
    """What came of each combination: a row for each model with its data."""
    return answering.cacheable(answering.view(_matrix(batch_id)))


@blueprint.get("/batches/<uuid:batch_id>/results.csv")
@describe(
    Description(policy=policies.READ_OWN, answers={200: spreadsheets.MEDIA_TYPE}, tag="batches")
)
def show_results_as_csv(batch_id: UUID) -> flask.Response:
    """The same as a table, for spreadsheets."""
    matrix = _matrix(batch_id)
    columns = [f"{column.label}: {name}" for column in matrix.columns for name in _CELL]
    name = f"batch-{batch_id}.csv"
    return spreadsheets.answer(name, ["model_id", "model", "data", *columns], _rows(matrix))


@blueprint.post("/batches/<uuid:batch_id>/cancel")
@describe(
    Description(
        policy=policies.SUBMIT_OWN,
        answers={200: schemas.BatchView, 202: schemas.BatchView},
        tag="batches",
    )
)
def cancel_batch(batch_id: UUID) -> flask.Response:
    """Ask for the end of all jobs: 200 if they have ended, 202 if workers have to be told."""
    batches.cancel(services.session, str(batch_id))
    with services.session(read_only=True) as session:
        view = outcomes.view(session, batches.get(session, str(batch_id)))
    return answering.view(view, status=202 if view.n_open else 200)


@blueprint.post("/batches/<uuid:batch_id>/retry-failed")
@describe(
    Description(
        policy=policies.SUBMIT_JOBS_OF_OWN,
        answers={200: schemas.BatchView, 202: schemas.BatchView},
        tag="batches",
        headers=PostHeaders,
    )
)
@replayable
def retry_failed_jobs(batch_id: UUID) -> flask.Response:
    """Do the jobs that failed again, in the same batch; 200 if none has failed."""
    with services.session() as session:
        made = batches.retry_failed(session, str(batch_id))
        for job in made[:1]:
            announcing.after_this_request(session, job.id)
        view = outcomes.view(session, batches.get(session, str(batch_id)))
    return answering.view(view, status=202 if made else 200)


def _planned(wanted: schemas.BatchCreate) -> flask.Response:
    with services.session(read_only=True) as session:
        plan = batches.plan(session, wanted, max_jobs=_max_jobs())
    return answering.view(plan)


@replayable
def _submit(wanted: schemas.BatchCreate) -> flask.Response:
    with services.session() as session:
        owner_id = security.caller().user_id
        batch = batches.submit(session, owner_id, wanted, max_jobs=_max_jobs())
        announcing.after_this_request(session, batches.jobs_of(session, batch.id)[0].id)
        view = outcomes.view(session, batch)
    address = flask.url_for("api.batches.show_batch", batch_id=view.id)
    return answering.view(view, status=202, location=address)


def _max_jobs() -> int:
    return services.current().settings.max_batch_jobs


def _matrix(batch_id: UUID) -> schemas.Matrix:
    with services.session(read_only=True) as session:
        return outcomes.matrix(session, batches.get(session, str(batch_id)))


def _rows(matrix: schemas.Matrix) -> Iterator[list[Any]]:
    for row, cells in zip(matrix.rows, matrix.cells, strict=True):
        figures = [getattr(cell, name, None) for cell in cells for name in _CELL]
        yield [row.model_id, row.model, row.data, *figures]


_CELL = (
    "state", "verdict", "clean_accuracy_before", "clean_accuracy_after",
    "attack_success_rate_before", "attack_success_rate_after", "job_id",
)  # fmt: skip
