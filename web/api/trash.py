"""Jobs that are thrown away, brought back, or forgotten for good."""

from typing import Any
from uuid import UUID

import flask
import pydantic
from pydantic import Field

from service import jobs, schemas, trash

from .. import answering, policies, reading, services
from ..openapi import Description, describe

blueprint = flask.Blueprint("trash", __name__)


class DeleteQuery(pydantic.BaseModel):
    """How thoroughly."""

    model_config = pydantic.ConfigDict(extra="forbid")

    purge: bool = Field(default=False, description="For good, with all its files, at once.")


@blueprint.delete("/jobs/<uuid:job_id>")
@describe(
    Description(policy=policies.SUBMIT_OWN, answers={204: None}, tag="jobs", query=DeleteQuery)
)
def delete_job(job_id: UUID) -> flask.Response:
    """Put a job that has ended into the trash, from where it can be brought back for a while."""
    act = trash.purge if reading.query(DeleteQuery).purge else trash.discard
    with services.session() as session:
        act(session, str(job_id))
    return answering.nothing()


@blueprint.post("/jobs/<uuid:job_id>/restore")
@describe(Description(policy=policies.SUBMIT_OWN, answers={200: schemas.JobView}, tag="jobs"))
def restore_job(job_id: UUID) -> flask.Response:
    """Bring a job back from the trash; one that is not there stays as it is."""
    with services.session() as session:
        view = _view(session, trash.restore(session, str(job_id)))
    return answering.view(view)


def _view(session: Any, job: Any) -> schemas.JobView:
    return schemas.JobView.of(job, position=jobs.position(session, job))
