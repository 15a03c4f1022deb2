"""The first page: what runs, what came out last, and who works."""

import flask

from service import jobs, schemas, workers

from .. import services
from . import rendering, stages

blueprint = flask.Blueprint("home", __name__)

_N_LATEST = 10


@blueprint.get("/")
def show() -> flask.Response:
    """What runs now, the latest verdicts, and the workers."""
    with services.session(read_only=True) as session:
        open_jobs = jobs.list_jobs(session, _OPEN, limit=_N_LATEST).rows
        ended = jobs.list_jobs(session, _ENDED, limit=_N_LATEST).rows
        seen = workers.list_workers(session, within_s=_WORKER_SEEN_S)
    return rendering.page(
        "home.html", open_jobs=open_jobs, ended=ended, workers=seen, doing=stages.sentence
    )


_WORKER_SEEN_S = 120.0
_OPEN = schemas.JobFilter(kind="repair", state=("queued", "starting", "running", "canceling"))
_ENDED = schemas.JobFilter(kind="repair", state=("succeeded", "failed", "canceled"))
