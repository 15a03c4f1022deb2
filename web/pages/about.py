"""What netmend is, in which version, and what its API offers."""

import importlib.metadata

import flask

from core.report import CAVEAT

from .. import openapi
from . import rendering

blueprint = flask.Blueprint("about", __name__)


@blueprint.get("/about")
def show() -> flask.Response:
    """What this is."""
    version = importlib.metadata.version("netmend")
    return rendering.page("about.html", version=version, caveat=CAVEAT)


@blueprint.get("/api")
def show_api() -> flask.Response:
    """Every operation of the API, from its own description."""
    paths = openapi.document(flask.current_app)["paths"]
    operations = [
        (method.upper(), path, operation["summary"], operation["tags"][0])
        for path, methods in sorted(paths.items())
        for method, operation in methods.items()
    ]
    tags = sorted({tag for *_, tag in operations})
    return rendering.page("api.html", operations=operations, tags=tags)
