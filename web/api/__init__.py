"""The HTTP API under ``/api/v1``; each resource has a file of its own."""

import flask

from .. import security
from . import (
    artifacts,
    batches,
    capabilities,
    cards,
    compare,
    datasets,
    diagnoses,
    events,
    jobs,
    logs,
    me,
    methods,
    models,
    predict,
    previews,
    system,
    trash,
    uploads,
    users,
    webhooks,
    workers,
)

_PREFIX = "/api/v1"
_RESOURCES = (
    uploads, models, datasets, previews, methods, jobs, events, logs, artifacts, cards, predict,
    diagnoses, trash, batches, compare, workers, capabilities, webhooks, users, me,
)  # fmt: skip


def register(app: flask.Flask) -> None:
    """Put the API into an application; all but the description of it needs a token."""
    guarded = flask.Blueprint("api", __name__, url_prefix=_PREFIX)
    guarded.before_request(security.identify)
    for resource in _RESOURCES:
        guarded.register_blueprint(resource.blueprint)
    app.register_blueprint(guarded)
    app.register_blueprint(system.blueprint)
