"""Who works, and how much waits."""

from collections.abc import Mapping, Sequence

import flask
import pydantic

from service import jobs, queue, schemas, workers

from .. import answering, services
from ..openapi import Description, describe

blueprint = flask.Blueprint("workers", __name__)


#: Workers that were not heard of for so long, several heartbeats, are not there.
_SEEN_WITHIN_S = 60.0


class QueueView(pydantic.BaseModel):
    """A queue, and how many jobs there are in it by state."""

    name: str
    n_queued: int
    n_running: int


class QueueList(pydantic.BaseModel):
    """All queues."""

    data: Sequence[QueueView]


class WorkerList(pydantic.BaseModel):
    """All workers that were heard of lately."""

    data: Sequence[schemas.WorkerView]


@blueprint.get("/workers")
@describe(Description(answers={200: WorkerList, 304: None}, tag="workers"))
def list_workers() -> flask.Response:
    """Workers, and what each of them does."""
    with services.session(read_only=True) as session:
        views = [
            schemas.WorkerView.of(row)
            for row in workers.list_workers(session, within_s=_SEEN_WITHIN_S)
        ]
    return answering.cacheable(answering.view(WorkerList(data=views)))


@blueprint.get("/queue")
@describe(Description(answers={200: QueueList, 304: None}, tag="workers"))
def list_queues() -> flask.Response:
    """How many jobs wait and run in each queue."""
    with services.session(read_only=True) as session:
        counts = jobs.count_by_queue(session)
    views = [_queue(name, counts.get(name, {})) for name in queue.QUEUES]
    return answering.cacheable(answering.view(QueueList(data=views)))


def _queue(name: str, counts: Mapping[str, int]) -> QueueView:
    n_queued = counts.get("queued", 0)
    return QueueView(name=name, n_queued=n_queued, n_running=sum(counts.values()) - n_queued)
