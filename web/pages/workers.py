"""Who works, and how much waits."""

import flask

from service import estimates, jobs, queue, workers

from .. import services
from . import rendering

blueprint = flask.Blueprint("workers", __name__)

#: Workers that were heard of within an hour are shown; those that are late are marked.
_SHOWN_S = 3600.0
_LATE_S = 60.0


@blueprint.get("/workers")
def show() -> flask.Response:
    """Workers and queues."""
    with services.session(read_only=True) as session:
        seen = workers.list_workers(session, within_s=_SHOWN_S)
        in_sight = workers.jobs_in_sight(session, seen)
        on_time = {row.id for row in workers.list_workers(session, within_s=_LATE_S)}
        counts = jobs.count_by_queue(session)
        loads = estimates.loads(session, counts, queue.QUEUES)
    return rendering.page(
        "workers.html",
        workers=seen,
        in_sight=in_sight,
        on_time=on_time,
        loads=loads,
        unlocked=sorted(
            {row.host for row in seen if row.sandbox and not all(row.sandbox.values())}
        ),
    )
