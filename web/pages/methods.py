"""The repair methods: what each does, where it falls short, and its parameters."""

import flask

from core import catalogue

from . import recipes, rendering

blueprint = flask.Blueprint("methods", __name__)


@blueprint.get("/methods")
def show() -> flask.Response:
    """All methods."""
    schemas = {name: catalogue.json_schema(params) for name, params in catalogue.METHODS.items()}
    return rendering.page(
        "methods.html",
        families=recipes.families(),
        schemas=schemas,
        default=catalogue.DEFAULT_METHOD,
    )
