"""The HTTP API under ``/api/v1``; each resource has a file of its own."""

import flask

from .. import security
from . import artifacts, datasets, events, jobs, methods, models, system, uploads, workers

_PREFIX = "/api/v1"


def register(app: flask.Flask) -> None:
    """Put the API into an application; all but the description of it needs a token."""
    guarded = flask.Blueprint("api", __name__, url_prefix=_PREFIX)
    guarded.before_request(security.identify)
    for resource in (uploads, models, datasets, methods, jobs, events, artifacts, workers):
        guarded.register_blueprint(resource.blueprint)
    app.register_blueprint(guarded)
    app.register_blueprint(system.blueprint)
