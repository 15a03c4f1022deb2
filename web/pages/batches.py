"""Batches: how far each got, and its matrix of models and methods."""

from uuid import UUID

import flask
import werkzeug

from service import batches, comparing, outcomes, schemas

from .. import announcing, policies, reading, services
from ..reading import PageQuery
from . import rendering

blueprint = flask.Blueprint("batches", __name__)


@blueprint.get("/batches")
def show_all() -> flask.Response:
    """Batches, newest first."""
    wanted = reading.query(PageQuery)
    with services.session(read_only=True) as session:
        rows = batches.list_batches(session, cursor=wanted.cursor, limit=wanted.limit)
        page = outcomes.page(session, rows)
    older = f"/batches?cursor={page.next}" if page.next else None
    return rendering.page("batches.html", batches=page.data, older=older)


@blueprint.get("/batches/<uuid:batch_id>")
def show(batch_id: UUID) -> flask.Response:
    """One batch."""
    with services.session(read_only=True) as session:
        row = batches.get(session, str(batch_id))
        view, matrix = outcomes.view(session, row), outcomes.matrix(session, row)
    return rendering.page("batch.html", batch=view, matrix=matrix, comparison=_comparison(matrix))


def _comparison(matrix: schemas.Matrix) -> str | None:
    """The address of its jobs beside each other, of as many as can be; ``None`` for fewer than two.

    Only those that succeeded: the others have nothing to compare.
    """
    cells = [cell for row in matrix.cells for cell in row if cell and cell.state == "succeeded"]
    if len(cells) < comparing.FEWEST:
        return None
    return flask.url_for(
        "pages.comparing.show", job=[cell.job_id for cell in cells[: comparing.MOST]]
    )


@blueprint.post("/batches/<uuid:batch_id>/cancel")
def cancel(batch_id: UUID) -> werkzeug.Response:
    """Ask for the end of all its jobs."""
    batches.cancel(services.session, str(batch_id))
    flask.flash("The jobs of the batch are being canceled.", "success")
    return flask.redirect(flask.url_for("pages.batches.show", batch_id=batch_id))


@blueprint.post("/batches/<uuid:batch_id>/retry-failed")
@policies.needs(policies.SUBMIT_JOBS)
def retry_failed(batch_id: UUID) -> werkzeug.Response:
    """Do the jobs that failed again."""
    with services.session() as session:
        made = batches.retry_failed(session, str(batch_id))
        for job in made[:1]:
            announcing.after_this_request(session, job.id)
    flask.flash(f"{len(made)} job(s) are tried again." if made else "No job has failed.", "success")
    return flask.redirect(flask.url_for("pages.batches.show", batch_id=batch_id))
