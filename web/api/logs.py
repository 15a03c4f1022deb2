"""The log of a job: its events as lines, and once it has ended what its children wrote."""

from typing import Annotated
from uuid import UUID

import flask
import pydantic
from pydantic import Field

from service import joblogs

from .. import answering, policies, reading, services
from ..openapi import Description, FileHeaders, describe

blueprint = flask.Blueprint("logs", __name__)

_TEXT = "text/plain"
_MAX_TAIL = 100_000

Offset = Annotated[int, Field(ge=0, lt=2**53)]


class LogQuery(pydantic.BaseModel):
    """Which part of a log."""

    model_config = pydantic.ConfigDict(extra="forbid")

    offset: Offset = Field(default=0, description="Bytes to leave out: ``Log-Size`` of before.")
    tail: int | None = Field(
        default=None, ge=1, le=_MAX_TAIL, description="Only so many lines, the last ones."
    )


@blueprint.get("/jobs/<uuid:job_id>/logs")
@describe(
    Description(
        policy=policies.READ_OWN,
        answers={200: _TEXT, 206: _TEXT, 304: None},
        tag="jobs",
        query=LogQuery,
        headers=FileHeaders,
    )
)
def show_log(job_id: UUID) -> flask.Response:
    """What happened to a job, a line an event; once it has ended, also what its work wrote."""
    wanted = reading.query(LogQuery)
    with services.session(read_only=True) as session:
        told, files = joblogs.pieces(session, str(job_id))
    whole = joblogs.text(told, files, services.current().storage)
    content = whole[wanted.offset :]
    if wanted.tail is not None:
        content = b"".join(content.splitlines(keepends=True)[-wanted.tail :])
    response = flask.Response(content, mimetype=_TEXT)
    response.headers["Log-Size"] = str(len(whole))
    return answering.cacheable(response, in_parts=True)
