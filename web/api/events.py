"""What happened to a job: as JSON, or as a stream while it happens."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import flask
import pydantic
from pydantic import Field

from service import jobs, schemas

from .. import answering, policies, reading, services
from ..openapi import Description, StreamHeaders, describe
from ..services import Sessions
from ..streams import Message

blueprint = flask.Blueprint("events", __name__)

_STREAM = "text/event-stream"

Seq = Annotated[int, Field(ge=0, lt=2**31)]


class EventQuery(pydantic.BaseModel):
    """Which events."""

    model_config = pydantic.ConfigDict(extra="forbid")

    after: Seq = Field(default=0, description="Only events with a larger number.")


class EventList(pydantic.BaseModel):
    """Events in the order in which they happened."""

    data: Sequence[schemas.EventView]
    #: Number of the last event: what to ask with ``after`` the next time.
    last: int
    #: Whether the job has ended, so that no more will come once these are read.
    is_final: bool


@blueprint.get("/jobs/<uuid:job_id>/events")
@describe(
    Description(policy=policies.READ_OWN,
        answers={200: EventList, 204: None}, tag="jobs", query=EventQuery, headers=StreamHeaders,
        stream=_STREAM,
    )
)  # fmt: skip
def list_events(job_id: UUID) -> flask.Response:
    """Events of a job: JSON, or with ``Accept: text/event-stream`` a stream of them."""
    after = reading.query(EventQuery).after
    if flask.request.accept_mimetypes.best_match(["application/json", _STREAM]) != _STREAM:
        return answering.cacheable(answering.view(_events(services.readers(), str(job_id), after)))
    after = max(after, reading.last_event_id())
    return _stream(services.readers(), str(job_id), after)


def _stream(sessions: Sessions, job_id: str, after: int) -> flask.Response:
    """204 tells a browser not to come back: there is nothing more to come."""
    first = _events(sessions, job_id, after)
    if first.is_final and not first.data:
        return answering.nothing()

    def look(after: int) -> tuple[Sequence[Message], bool]:
        events = _events(sessions, job_id, after)
        messages = [
            Message(seq=event.seq, kind=event.type, data=event.model_dump_json())
            for event in events.data
        ]
        return messages, not events.is_final

    return services.current().streams.answer(look, after=after)


def _events(sessions: Sessions, job_id: str, after: int) -> EventList:
    """Events after a number, and whether they are the last; asked of one moment."""
    with sessions() as session:
        job = jobs.get(session, job_id)
        rows = jobs.events_after(session, job_id, after)
        views = [schemas.EventView.of(row) for row in rows]
    last = views[-1].seq if views else after
    is_final = job.state in schemas.FINAL_STATES and last >= job.n_events
    return EventList(data=views, last=last, is_final=is_final)
