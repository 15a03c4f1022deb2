"""The library of models."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import flask
import werkzeug

from service import models, schemas

from . import guard, library
from .library import Library, LibraryQuery

blueprint = flask.Blueprint("models", __name__, url_prefix="/models")


def _rows(session: Any, wanted: LibraryQuery) -> Any:
    asked = schemas.SubjectFilter(
        q=wanted.q, tag=wanted.tag, state=(wanted.state,) if wanted.state else ()
    )
    return models.list_models(session, asked, cursor=wanted.cursor, limit=wanted.limit)


def _more(_session: Any, _model: Any) -> Mapping[str, Any]:
    return {}


LIBRARY = Library(
    kind="model",
    noun="model",
    address="/models",
    service=models,
    create=schemas.ModelCreate,
    rows=_rows,
    more=_more,
)


@blueprint.get("")
def show_list() -> flask.Response:
    """All models."""
    return library.show_list(LIBRARY)


@blueprint.post("")
@guard.checks_its_form
def add() -> werkzeug.Response:
    """Bring a model."""
    return library.add(LIBRARY)


@blueprint.get("/<uuid:model_id>")
def show(model_id: UUID) -> flask.Response:
    """One model."""
    return library.show(LIBRARY, str(model_id))


@blueprint.post("/<uuid:model_id>")
def edit(model_id: UUID) -> werkzeug.Response:
    """Change what people call a model and say about it."""
    return library.edit(LIBRARY, str(model_id))


@blueprint.post("/<uuid:model_id>/again")
def read_again(model_id: UUID) -> werkzeug.Response:
    """Read a file of weights as an architecture that comes with netmend."""
    return library.show_again(LIBRARY, str(model_id))


@blueprint.post("/<uuid:model_id>/delete")
def delete(model_id: UUID) -> werkzeug.Response:
    """Forget a model."""
    return library.delete(LIBRARY, str(model_id))
