"""What people see in a browser: thin pages over the service, each subject in a file of its own."""

import flask

from . import (
    about,
    assets,
    batches,
    comparing,
    datasets,
    guard,
    home,
    job,
    jobs,
    methods,
    models,
    new_batch,
    new_repair,
    rendering,
    retrying,
    settings,
    signing_in,
    trying,
    users,
    webhooks,
    workers,
)

_SUBJECTS = (
    signing_in, home, jobs, comparing, batches, new_batch, job, retrying, trying,
    new_repair, models, datasets, methods, workers, settings, users, webhooks, about,
)  # fmt: skip


def register(app: flask.Flask) -> None:
    """Put the pages into an application; all but the way in need somebody who signed in."""
    pages = flask.Blueprint("pages", __name__)
    pages.before_request(guard.admit)
    for subject in _SUBJECTS:
        pages.register_blueprint(subject.blueprint)
    app.register_blueprint(pages)
    app.register_blueprint(assets.blueprint)
    rendering.register(app)
