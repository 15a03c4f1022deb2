"""Who works, and how much waits."""

import dataclasses
from collections.abc import Sequence

import flask
import pydantic

from service import estimates, jobs, queue, schemas, workers

from .. import answering, policies, services
from ..openapi import Description, describe

blueprint = flask.Blueprint("workers", __name__)


#: Workers that were not heard of for so long, several heartbeats, are not there.
_SEEN_WITHIN_S = 60.0


class QueueView(pydantic.BaseModel):
    """A queue, what there is in it, and who works on it."""

    name: str
    n_queued: int
    n_running: int
    #: Workers that take jobs of it, and were heard of lately.
    n_workers: int
    #: Until a job that is submitted now is taken; ``None`` where that is not known.
    wait_seconds: float | None


class QueueList(pydantic.BaseModel):
    """All queues."""

    data: Sequence[QueueView]


class WorkerList(pydantic.BaseModel):
    """All workers that were heard of lately."""

    data: Sequence[schemas.WorkerView]


@blueprint.get("/workers")
@describe(Description(policy=policies.READ, answers={200: WorkerList, 304: None}, tag="workers"))
def list_workers() -> flask.Response:
    """Workers, and what each of them does."""
    with services.session(read_only=True) as session:
        seen = workers.list_workers(session, within_s=_SEEN_WITHIN_S)
        in_sight = workers.jobs_in_sight(session, seen)
        views = [schemas.WorkerView.of(row, in_sight) for row in seen]
    return answering.cacheable(answering.view(WorkerList(data=views)))


@blueprint.get("/queue")
@describe(Description(policy=policies.READ, answers={200: QueueList, 304: None}, tag="workers"))
def list_queues() -> flask.Response:
    """How many jobs wait and run in each queue."""
    with services.session(read_only=True) as session:
        counts = jobs.count_by_queue(session)
        loads = estimates.loads(session, counts, queue.QUEUES)
    views = [QueueView(name=name, **dataclasses.asdict(loads[name])) for name in queue.QUEUES]
    return answering.cacheable(answering.view(QueueList(data=views)))
