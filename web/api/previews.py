"""What a data set looks like: a sheet of small pictures, and figures."""

from typing import Any
from uuid import UUID

import flask
import pydantic
from pydantic import Field

from service import datasets, overviews, schemas

from .. import answering, policies, reading, services
from ..openapi import Description, describe

blueprint = flask.Blueprint("previews", __name__)

_PNG = "image/png"


class PreviewQuery(pydantic.BaseModel):
    """How many pictures to show."""

    model_config = pydantic.ConfigDict(extra="forbid")

    n: int = Field(default=16, ge=1, le=16, description="At least so many, where there are.")
    show: bool = Field(default=False, description="Also of a data set that shows people.")


@blueprint.get("/datasets/<uuid:dataset_id>/preview")
@describe(
    Description(
        policy=policies.READ_OWN, answers={200: _PNG, 304: None}, tag="datasets", query=PreviewQuery
    )
)
def show_preview(dataset_id: UUID) -> flask.Response:
    """A sheet of small pictures, of as many classes as there are."""
    wanted = reading.query(PreviewQuery)
    reading.accepted(_PNG)
    with services.session(read_only=True) as session:
        dataset = datasets.get(session, str(dataset_id))
        file = overviews.sheet(session, dataset, n=wanted.n, show_people=wanted.show)
    return answering.cacheable(flask.Response(_content(file), mimetype=_PNG))


@blueprint.get("/datasets/<uuid:dataset_id>/stats")
@describe(
    Description(
        policy=policies.READ_OWN, answers={200: schemas.DatasetStatsView, 304: None}, tag="datasets"
    )
)
def show_stats(dataset_id: UUID) -> flask.Response:
    """Images of each class, smallest and largest pixel, duplicates; and what the sheet shows."""
    with services.session(read_only=True) as session:
        file = overviews.stats(session, datasets.get(session, str(dataset_id)))
    view = schemas.DatasetStatsView.model_validate_json(_content(file))
    return answering.cacheable(answering.view(view))


def _content(file: Any) -> bytes:
    with services.current().storage.open(file.sha256) as stream:
        return stream.read()
